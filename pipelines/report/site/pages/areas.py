"""A page for each area: what its measures say now, the gravest concern first, and where it lies among areas of its kind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import groupby

from markupsafe import Markup

from pipelines.report.marts import Row
from pipelines.report.place_charts import peers_strip
from pipelines.report.site.content import Content
from pipelines.report.site.pages.maps import areas_map, maps_of_levels
from pipelines.report.units import UNITS

LATEST = """
select told.measure_id, told.area_id, told.segment, told.period_type, told.period_end, told.tone, told.headline, figures.value
from measures.measure_narratives as told
inner join measures.measure_values as figures using (measure_id, area_id, segment, period_type, period_end)
inner join core.dim_measure as measures using (measure_id)
left join (
    -- of any period: a figure of twelve months leads with what the chart of its months says
    select measure_id, area_id, segment, lead_class, max(k) as months
    from measures.measure_findings
    where is_latest and lead_class is not null
    group by all
) as leads using (measure_id, area_id, segment, lead_class)
where told.is_latest and told.segment = 'all'
order by told.area_id, told.lead_class nulls last, leads.months desc nulls last, measures.title
"""
PARTS = (
    ("Concerns", "concern"),
    ("Improvements", "improvement"),
    ("Signals where neither way is better", "neutral signal"),
    ("Every other measure", "none"),
)


def pages(content: Content) -> Iterator[tuple[str, str]]:
    rows = content.marts.rows(LATEST, table="measures.measure_narratives") if content.marts.has("measures.measure_narratives") else []
    values = _values(content, rows)
    of_area = {area: list(together) for area, together in groupby(rows, key=lambda r: r.area_id)}
    levels = [(level, list(together)) for level, together in groupby(content.areas_told, key=lambda a: a.level)]
    yield content.page(
        "areas.html.j2", "areas/index.html", section="areas", levels=levels, maps=dict(maps_of_levels(content)), problems=content.outlines.problems
    )
    for area in content.areas_told:
        told = of_area[area.area_id]
        parts = [(name, [(row, _strip(content, values, row)) for row in told if row.tone == tone]) for name, tone in PARTS]
        yield content.page(
            "area.html.j2",
            f"areas/{area.area_id}.html",
            section="areas",
            area=area,
            drawing=areas_map(content, area.level, area.force_code, area.area_id),
            parts=[part for part in parts if part[1]],
            has_strips=any(strip for _, part in parts for _, strip in part),
        )


def _values(content: Content, rows: list[Row]) -> dict[tuple[str, str], dict[str, float]]:
    """(measure, level) -> area -> value, of the figures that can be compared."""
    values: dict[tuple[str, str], dict[str, float]] = defaultdict(dict)
    for row in rows:
        area = content.areas.get(row.area_id)
        unit = content.measures[row.measure_id].unit
        if area is not None and not area.is_unallocated and row.value is not None and not UNITS[unit].grows_with_area:
            values[row.measure_id, area.level][row.area_id] = row.value
    return values


def _strip(content: Content, values: dict[tuple[str, str], dict[str, float]], row: Row) -> Markup:
    """Where the area lies among those of its level; nothing for fewer than three."""
    peers = values.get((row.measure_id, content.areas[row.area_id].level), {})
    return peers_strip(peers, row.area_id) if len(peers) >= 3 and row.area_id in peers else Markup("")
