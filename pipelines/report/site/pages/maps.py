"""Maps of areas: of a measure's values, and of what the measures of each area say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from markupsafe import Markup, escape

from pipelines.report.area_map import Place, area_map
from pipelines.report.formatting import cell_text
from pipelines.report.marts import Row
from pipelines.report.palette import TONES
from pipelines.report.plane import WARM, Figure
from pipelines.report.site.content import TILES, Content, Series
from pipelines.report.site.pages.measure_rows import SeriesRows
from pipelines.report.trace import origin

# Fewer areas than this are told in a sentence, not on a map.
LEAST = 3
CONCERNS = "select count(*) from measures.measure_narratives where is_latest and segment = 'all' and tone = 'concern' and area_id = '{}'"


def measure_map(content: Content, measure: Row, of_measure: Mapping[Series, SeriesRows]) -> tuple[Row, Markup] | None:
    """(a row of the period, map) of the newest values of a measure, of the level that has the most areas; None where there are too few."""
    newest: dict[tuple[str, str], list[tuple[Series, Row]]] = {}
    for series, figures in of_measure.items():
        area = content.areas.get(series.area_id)
        if area is None or series.segment != "all" or area.is_unallocated or area.level == "force":
            continue
        rows = [row for row in figures.latest if row.period_type == measure.headline_period and row.value is not None]
        newest.setdefault((area.force_code, area.level), []).extend((series, row) for row in rows)
    if not newest:
        return None
    best = max(newest.values(), key=len)
    last = max((row.period_end for _, row in best), default=None)
    best = [(series, row) for series, row in best if row.period_end == last]
    if len(best) < LEAST:
        return None
    low, high = min(row.value for _, row in best), max(row.value for _, row in best)
    root = "../" * content.measure_path(measure.measure_id).count("/")
    places = []
    for series, row in sorted(best, key=lambda each: content.areas[each[0].area_id].area_name):
        told = of_measure[series].narrative
        figure = Figure(cell_text(row.value, row, measure.unit), f'{origin(row)} data-col="value" data-as="{measure.unit}"')
        sentence = Figure(told.headline, f'{origin(told)} data-col="headline"') if told is not None else None
        share = (row.value - low) / (high - low) if high > low else 0.5
        places.append(
            Place(series.area_id, _name(content, series.area_id), root + content.series_path(series), figure, share, _word(told), sentence),
        )
    return best[0][1], area_map(places, content.outlines.rings, TILES, f"Map: {measure.title}")


def _name(content: Content, area_id: str) -> Figure:
    area = content.areas[area_id]
    return Figure(area.area_name, f'{origin(area)} data-col="area_name"')


def _word(told: Row | None) -> str:
    """The signal of an area in a word, with its mark."""
    _, _, mark, words = TONES[told.tone if told is not None else "none"]
    return f"{mark} {words.partition(',')[0]}" if words else ""


def areas_map(content: Content, level: str, force_code: str, own: str | None = None) -> Markup:
    """The areas of a level of a force that have a page, with the count of their concerns; nothing where they are too few."""
    areas = [area for area in content.areas_told if area.level == level and area.force_code == force_code]
    if len(areas) < LEAST or level == "force":
        return Markup("")
    counts = {area.area_id: content.marts.value(CONCERNS.format(area.area_id)) for area in areas}
    most = max(counts.values()) or 1
    places = [
        Place(
            area.area_id,
            _name(content, area.area_id),
            f"{area.area_id}.html",
            Figure(f"{counts[area.area_id]}", f'data-sql="{escape(CONCERNS.format(area.area_id))}"'),
            counts[area.area_id] / most,
            "concern" if counts[area.area_id] == 1 else "concerns",
            is_own=area.area_id == own,
        )
        for area in areas
    ]
    return area_map(places, content.outlines.rings, TILES, "Map of areas", WARM)


def maps_of_levels(content: Content) -> Sequence[tuple[str, Markup]]:
    """(level, map) of each kind of area that has enough of them."""
    kinds = groupby(content.areas_told, key=lambda area: (area.level, area.force_code))
    drawn = [(level, areas_map(content, level, force)) for (level, force), _ in kinds]
    return [(level, drawing) for level, drawing in drawn if drawing]
