"""A page for each measure, and one for each of its other areas and segments; the list of all measures; the values as CSV."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from pipelines.report.marts import Marts, Row
from pipelines.report.site.content import Content, Series
from pipelines.report.site.pages.maps import measure_map
from pipelines.report.site.pages.measure_charts import CHART_NAMES, estimates, funnels, shown, side_by_side, weeks
from pipelines.report.site.pages.measure_rows import LATEST, SeriesRows, Shared, figures_by_measure

# A spreadsheet would take a text that begins with one of these for a formula.
VALUES = r"""
select measure_id, area_id, regexp_replace(segment, '^([=+\-@\t\r])', '''\1') as segment, period_type, period_end,
    numerator, denominator, value, margin, unit, is_complete, quality_grade, regexp_replace(caveat, '^([=+\-@\t\r])', '''\1') as caveat
from measures.measure_values
where measure_id in (select unnest($measures::varchar[]))
order by measure_id, area_id, measure_values.segment, period_type, period_end
"""


def index_page(content: Content) -> tuple[str, str]:
    """The list of all measures, each with its signal and latest headline figure."""
    lines: dict[str, Row] = {}
    for line in content.one_line_per_series:
        if line.status == "collected":
            lines.setdefault(line.measure_id, line)
    latest: dict[str, Row] = {}
    for row in content.marts.rows(LATEST, {"measures": list(content.measures)}, "measures.measure_values"):
        if content.headline_series.get(row.measure_id) == Series.of(row):
            known = latest.get(row.measure_id)
            if known is None or row.period_type == content.measures[row.measure_id].headline_period:
                latest[row.measure_id] = row
    domains = {domain: list(rows) for domain, rows in groupby(sorted(content.measures.values(), key=lambda m: m.domain), key=lambda m: m.domain)}
    return content.page("measures.html.j2", "measures/index.html", section="measures", domains=domains, lines=lines, latest=latest)


def pages(content: Content, measures: Collection[str] | None = None) -> Iterator[tuple[str, str, str]]:
    """(measure, path, text) of the pages and files of these measures; of all by default."""
    chosen = sorted(content.measures) if measures is None else sorted(measures)
    if not chosen:
        return
    figures = figures_by_measure(content.marts, chosen)
    shared = Shared(content, chosen)
    for measure_id in chosen:
        of_measure = figures.get(measure_id, {})
        headline = content.headline_series.get(measure_id)
        others = sorted((s for s in of_measure if s != headline), key=lambda s: _place(content, s))
        yield measure_id, *_measure_page(content, shared, measure_id, headline, of_measure, others)
        for series in others:
            yield measure_id, *_series_page(content, shared, series, of_measure, headline)
    yield from _csv_files(content.marts, chosen)


def _place(content: Content, series: Series) -> tuple[Any, ...]:
    """Sort key of the series of a measure: the force, its districts, their parts; a whole before its segments."""
    area = content.areas.get(series.area_id)
    return (content.area_rank(series.area_id), bool(area and area.is_unallocated), series.area_id, series.segment != "all", series.segment)


def _measure_page(
    content: Content, shared: Shared, measure_id: str, headline: Series | None, of_measure: Mapping[Series, SeriesRows], others: Sequence[Series]
) -> tuple[str, str]:
    measure = content.measures[measure_id]
    figures = of_measure.get(headline, SeriesRows()) if headline else SeriesRows()
    feeds = [(feed, shared.newest_file.get(feed)) for feed in content.feeds_of(measure)]
    return content.page(
        "measure.html.j2",
        content.measure_path(measure_id),
        section="measures",
        measure=measure,
        series=headline,
        area=content.areas.get(headline.area_id) if headline else None,
        shown=shown(shared, content, measure, headline, figures),
        choices=_choices(content, [headline, *others]) if headline and others else [],
        figures=figures,
        whole=True,
        comparators=shared.comparators.get(measure_id, []),
        correlations=shared.correlations.get(measure_id, []),
        changes=[c for c in shared.changes.get(measure_id, []) if headline and c.area_id == headline.area_id],
        commentary=shared.commentary.get(measure_id, []),
        issues=shared.issues,
        risks=[content.risks[i] for i in content.links["risk", measure_id] if i in content.risks],
        deliverables=[content.deliverables[i] for i in content.links["deliverable", measure_id] if i in content.deliverables],
        lines=shared.lines.get(measure_id, []),
        feeds=feeds,
        figures_of=of_measure,
        late=_late(content, measure),
        areas=side_by_side(content, measure, of_measure),
        funnels=funnels(shared, content, measure),
        on_map=measure_map(content, measure, of_measure),
        weeks=weeks(shared.profiles.get((measure_id, headline.area_id), [])) if headline else [],
        estimates=estimates(measure, figures, shared.comparators.get(measure_id, [])),
        chart_names=CHART_NAMES,
    )


def _series_page(
    content: Content, shared: Shared, series: Series, of_measure: Mapping[Series, SeriesRows], headline: Series | None
) -> tuple[str, str]:
    measure, figures = content.measures[series.measure_id], of_measure[series]
    return content.page(
        "measure.html.j2",
        content.series_path(series),
        section="measures",
        measure=measure,
        series=series,
        area=content.areas.get(series.area_id),
        shown=shown(shared, content, measure, series, figures),
        choices=[],
        figures=figures,
        whole=False,
        late=_late(content, measure),
        areas=[],
        funnels=[],
        on_map=None,
        weeks=[],
        changes=[],
        estimates="",
        chart_names=CHART_NAMES,
    )


def _late(content: Content, measure: Row) -> list[Row]:
    """What is overdue of the feeds that the measure rests on."""
    feeds = content.feeds_of(measure)
    return [row for row in content.late_feeds if row.feed in feeds]


def _choices(content: Content, series: Sequence[Series]) -> list[tuple[Row | None, list[Series]]]:
    """(area, series) for the list of a measure's other pages."""
    return [(content.areas.get(area), list(together)) for area, together in groupby(series_by_place(content, series), key=lambda s: s.area_id)]


def series_by_place(content: Content, series: Sequence[Series]) -> list[Series]:
    return sorted(series, key=lambda s: _place(content, s))


# ---- the values to take away


def _csv_files(marts: Marts, chosen: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """One CSV per measure with all its values."""
    frame = marts.frame(VALUES, {"measures": list(chosen)})
    for (measure_id,), part in frame.partition_by("measure_id", as_dict=True, maintain_order=True).items():
        yield str(measure_id), f"measures/{measure_id}.csv", part.write_csv()
