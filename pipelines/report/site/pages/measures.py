"""A page for each measure, and one for each of its other areas and segments; the list of all measures; the values as CSV."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any

from dateutil.relativedelta import relativedelta
from markupsafe import Markup, escape

from pipelines.report.charts import BY_MONTH, Event, Label, Point, bar, line_chart, points_of, spc_chart
from pipelines.report.formatting import cell_text
from pipelines.report.marts import Marts, Row
from pipelines.report.site.content import Content, Series
from pipelines.report.trace import column, origin, table_origin

# Charts of the time between events, which are not monthly.
BETWEEN_EVENTS = ("t", "g")
CHART_NAMES = {
    "xmr": "Individual values (XmR chart)",
    "p_prime": "Shares, whose limits follow the denominator (P′ chart)",
    "u_prime": "Rates, whose limits follow the denominator (U′ chart)",
    "t": "Months without limits: so rare an event is judged by the days between two of them (T chart)",
    "g": "Months without limits: so rare an event is judged by the days between two of them (G chart)",
    "none": "Months without limits: too few events to judge",
}
PERIODS = {"r12m": "twelve months", "snapshot": "count on a day"}
MOST_DRIVERS = 8
# A chart opens on the months that its window can hold; the whole history is one step away.
MONTHS_SHOWN = 36

SPC = """
select measure_id, area_id, segment, month, value, value_adjusted, is_seasonally_adjusted, numerator, denominator, phase, rebase_no, is_excluded,
    mean, lpl_display, upl_display, special_cause, variation, target, assurance, limits_status, is_latest, recommended_chart, has_headline_icon, note
from measures.measure_spc
where measure_id in (select unnest($measures::varchar[]))
order by measure_id, area_id, segment, month
"""
ALTERNATIVES = """
select measure_id, area_id, segment, chart, point_no, month, value, numerator, denominator, phase, rebase_no, is_excluded, centre,
    lpl_display, upl_display, special_cause, variation, limits_status, is_latest
from measures.spc_alternatives
where is_recommended and measure_id in (select unnest($measures::varchar[]))
order by measure_id, area_id, segment, point_no
"""
LATEST = """
select * from measures.measure_values
where is_complete and measure_id in (select unnest($measures::varchar[]))
qualify period_end = max(period_end) over (partition by measure_id, area_id, segment, period_type)
order by measure_id, area_id, segment, period_type
"""
# Every figure of a series that is not monthly.
RARE = """
select * from measures.measure_values as every
where measure_id in (select unnest($measures::varchar[])) and period_type <> 'month'
    and not exists (
        select 1 from measures.measure_spc as charted
        where every.measure_id = charted.measure_id and every.area_id = charted.area_id and every.segment = charted.segment
    )
qualify row_number() over (partition by measure_id, area_id, segment, period_type order by period_end desc) <= 40
order by measure_id, area_id, segment, period_type, period_end
"""
FINDINGS = """
select measure_id, area_id, segment, period_type, period_end, kind, section, finding_order, evidence, sentence
from measures.measure_findings
where is_latest and is_said and measure_id in (select unnest($measures::varchar[]))
order by measure_id, area_id, segment, period_type = 'month' desc, period_type, section, finding_order
"""
NARRATIVES = """
select * from measures.measure_narratives
where is_latest and measure_id in (select unnest($measures::varchar[]))
order by measure_id, area_id, segment
"""
COMPARISONS = """
with newest as (
    select measure_id, area_id, segment, period_type, max(period_end) as period_end
    from measures.measure_values
    where is_complete and measure_id in (select unnest($measures::varchar[]))
    group by measure_id, area_id, segment, period_type
)
select every.* from measures.measure_comparisons as every
inner join newest using (measure_id, area_id, segment, period_type, period_end)
order by measure_id, area_id, segment, period_type, comparison
"""
DRIVERS = """
select * from measures.drivers
where measure_id in (select unnest($measures::varchar[]))
qualify period_end = max(period_end) over (partition by measure_id, area_id, set_id, period_type)
order by measure_id, area_id, set_id, period_type, driver_kind, rank, value_1, value_2
"""
COMPARATORS = """
select * from measures.comparator_values
where measure_id in (select unnest($measures::varchar[]))
qualify row_number() over (partition by measure_id, comparator_id, segment, period_type order by period_end desc) = 1
order by measure_id, comparator_id, segment, period_type
"""
CORRELATIONS = """
select * from measures.correlations
where measure_a in (select unnest($measures::varchar[])) or measure_b in (select unnest($measures::varchar[]))
qualify period_end = max(period_end) over (partition by pair_id)
order by pair_id
"""
REVISIONS = """
select * from measures.revisions
where measure_id in (select unnest($measures::varchar[]))
qualify row_number() over (partition by measure_id, area_id, segment order by period_end desc, period_type) <= 24
order by measure_id, area_id, segment, period_end desc, period_type
"""
CANDIDATES = """
select * from measures.rebase_candidates
where measure_id in (select unnest($measures::varchar[]))
order by effective_month desc, area_id, segment
"""
REVIEWS = """
select * from quality.limit_review_queue
where cause_no = 1 and measure_id in (select unnest($measures::varchar[]))
"""
CHANGES = "select * from measures.profile_changes where measure_id in (select unnest($measures::varchar[])) order by event_month, event_id, area_id"

# A spreadsheet would take a text that begins with one of these for a formula.
VALUES = r"""
select measure_id, area_id, regexp_replace(segment, '^([=+\-@\t\r])', '''\1') as segment, period_type, period_end,
    numerator, denominator, value, margin, unit, is_complete, quality_grade, regexp_replace(caveat, '^([=+\-@\t\r])', '''\1') as caveat
from measures.measure_values
where measure_id in (select unnest($measures::varchar[]))
order by measure_id, area_id, measure_values.segment, period_type, period_end
"""


@dataclass
class SeriesRows:
    """The rows of one series."""

    spc: list[Row] = field(default_factory=list)
    alternatives: list[Row] = field(default_factory=list)
    latest: list[Row] = field(default_factory=list)
    rare: list[Row] = field(default_factory=list)
    findings: list[Row] = field(default_factory=list)
    narratives: list[Row] = field(default_factory=list)
    comparisons: list[Row] = field(default_factory=list)
    drivers: list[Row] = field(default_factory=list)
    revisions: list[Row] = field(default_factory=list)
    candidates: list[Row] = field(default_factory=list)
    reviews: list[Row] = field(default_factory=list)

    @property
    def narrative(self) -> Row | None:
        """What is to be said of the series now."""
        return self.narratives[0] if self.narratives else None


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
    figures = _figures(content.marts, chosen)
    shared = _Shared(content, chosen)
    for measure_id in chosen:
        of_measure = figures.get(measure_id, {})
        headline = content.headline_series.get(measure_id)
        others = sorted((s for s in of_measure if s != headline), key=lambda s: _place(content, s))
        yield measure_id, *_measure_page(content, shared, measure_id, headline, of_measure, others)
        for series in others:
            yield measure_id, *_series_page(content, shared, series, of_measure, headline)
    yield from _csv_files(content.marts, chosen)


def _figures(marts: Marts, chosen: Sequence[str]) -> dict[str, dict[Series, SeriesRows]]:
    """measure -> series -> figures, each large table read once."""
    figures: dict[str, dict[Series, SeriesRows]] = defaultdict(lambda: defaultdict(SeriesRows))
    large = (
        ("spc", SPC, "measures.measure_spc"),
        ("alternatives", ALTERNATIVES, "measures.spc_alternatives"),
        ("latest", LATEST, "measures.measure_values"),
        ("rare", RARE, "measures.measure_values"),
        ("findings", FINDINGS, "measures.measure_findings"),
        ("narratives", NARRATIVES, "measures.measure_narratives"),
        ("comparisons", COMPARISONS, "measures.measure_comparisons"),
    )
    for name, sql, table in large:
        for series, together in groupby(marts.rows(sql, {"measures": list(chosen)}, table), key=Series.of):
            setattr(figures[series.measure_id][series], name, list(together))
    for row in marts.rows(DRIVERS, {"measures": list(chosen)}):
        figures[row.measure_id][Series(row.measure_id, row.area_id)].drivers.append(row)
    small = (
        ("revisions", "measures.revisions", REVISIONS),
        ("candidates", "measures.rebase_candidates", CANDIDATES),
        ("reviews", "quality.limit_review_queue", REVIEWS),
    )
    for name, table, sql in small:
        if marts.has(table):
            for row in marts.rows(sql, {"measures": list(chosen)}):
                getattr(figures[row.measure_id][Series.of(row)], name).append(row)
    # a series without values or chart (with a comparison only, say) has no page
    return {m: {s: f for s, f in of_measure.items() if f.latest or f.spc or f.rare} for m, of_measure in figures.items()}


class _Shared:
    """Rows shared by the pages of all measures: events, comparators, correlations, commentary, feeds."""

    def __init__(self, content: Content, chosen: Sequence[str]) -> None:
        marts = content.marts
        self.events = {row.event_id: row for row in marts.table("governance.events", "event_date, event_id") if not row.is_withdrawn}
        self.comparators = _by_measure(marts.rows(COMPARATORS, {"measures": list(chosen)}))
        self.changes = _by_measure(marts.rows(CHANGES, {"measures": list(chosen)}) if marts.has("measures.profile_changes") else [])
        self.correlations: dict[str, list[Row]] = defaultdict(list)
        for row in marts.rows(CORRELATIONS, {"measures": list(chosen)}) if marts.has("measures.correlations") else []:
            for measure in {row.measure_a, row.measure_b}:
                self.correlations[measure].append(row)
        self.commentary = _by_measure(
            [
                c
                for c in marts.table("governance.commentary", "period_end desc nulls last, kind, commentary_id")
                if c.measure_id and not c.is_withdrawn
            ]
        )
        self.issues: dict[str, list[Row]] = defaultdict(list)
        for row in marts.rows("select * from quality.narrative_issues where source = 'commentary' order by all"):
            self.issues[row.source_id].append(row)
        self.newest_file = {
            row.feed: row
            for row in marts.rows(
                """
                select * from quality.feed_outcomes where status = 'loaded'
                qualify row_number() over (partition by feed order by loaded_at desc, file_path desc, load_id desc) = 1
                """
            )
        }
        self.lines: dict[str, list[tuple[Row, Row]]] = defaultdict(list)
        for card in content.cards:
            for line in content.lines[card.scorecard_id]:
                self.lines[line.measure_id].append((card, line))


def _by_measure(rows: Sequence[Row]) -> dict[str, list[Row]]:
    grouped: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row.measure_id].append(row)
    return grouped


def _place(content: Content, series: Series) -> tuple[Any, ...]:
    """Sort key of the series of a measure: the force, its districts, their parts; a whole before its segments."""
    area = content.areas.get(series.area_id)
    return (content.area_rank(series.area_id), bool(area and area.is_unallocated), series.area_id, series.segment != "all", series.segment)


def _measure_page(
    content: Content, shared: _Shared, measure_id: str, headline: Series | None, of_measure: Mapping[Series, SeriesRows], others: Sequence[Series]
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
        shown=_shown(shared, content, measure, headline, figures),
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
        chart_names=CHART_NAMES,
    )


def _series_page(
    content: Content, shared: _Shared, series: Series, of_measure: Mapping[Series, SeriesRows], headline: Series | None
) -> tuple[str, str]:
    measure, figures = content.measures[series.measure_id], of_measure[series]
    return content.page(
        "measure.html.j2",
        content.series_path(series),
        section="measures",
        measure=measure,
        series=series,
        area=content.areas.get(series.area_id),
        shown=_shown(shared, content, measure, series, figures),
        choices=[],
        figures=figures,
        whole=False,
        chart_names=CHART_NAMES,
    )


def _choices(content: Content, series: Sequence[Series]) -> list[tuple[Row | None, list[Series]]]:
    """(area, series) for the list of a measure's other pages."""
    return [(content.areas.get(area), list(together)) for area, together in groupby(series_by_place(content, series), key=lambda s: s.area_id)]


def series_by_place(content: Content, series: Sequence[Series]) -> list[Series]:
    return sorted(series, key=lambda s: _place(content, s))


# ---- the chart of a series, and the table behind it


@dataclass(frozen=True)
class Shown:
    """How a series is shown: its chart of the last three years and the one of its whole history where that is longer, which kind it is, its latest
    point, the lettered events, the rows behind it.
    """

    drawing: Markup
    chart: str
    rows: Sequence[Row]
    latest: Row | None
    is_adjusted: bool
    events: Sequence[tuple[str, Row]]
    drivers: Sequence[Sequence[tuple[Row, Markup]]]
    table: Markup | None = None
    history: Markup | None = None
    has_rebases: bool = False


def _shown(shared: _Shared, content: Content, measure: Row, series: Series | None, figures: SeriesRows) -> Shown:
    label = Label(measure.title, "Chart; the table below it has every point.", f'{origin(measure)} data-col="title"')
    latest = next((row for row in reversed(figures.spc) if row.is_latest), figures.spc[-1] if figures.spc else None)
    chart = (latest.recommended_chart or "xmr") if latest is not None else ""
    drivers = _drivers(figures.drivers)
    if latest is None:
        return Shown(_rare_chart(measure, figures.rare, label), "", figures.rare, None, False, [], drivers)
    rows: Sequence[Row] = figures.spc
    judged = latest
    if chart in BY_MONTH and figures.alternatives:
        rows = figures.alternatives
        judged = rows[-1]
    points = points_of(rows)
    if chart in (*BETWEEN_EVENTS, "none"):
        points = [Point(p.month, p.value, target=p.target) for p in points]
        judged = figures.alternatives[-1] if figures.alternatives else latest
    events = _events(shared, content, measure, series, points)
    letters = [Event(_first(row.event_date), letter) for letter, row in events]
    recent = [p for p in points if p.month > points[-1].month - relativedelta(months=MONTHS_SHOWN)]
    drawing = spc_chart(recent, measure.unit, label, letters, width=1080, height=340)
    history = spc_chart(points, measure.unit, label, letters, width=1080, height=340) if len(recent) < len(points) else None
    is_adjusted = any(p.adjusted is not None for p in points)
    table = _table(rows, measure.unit, chart, is_adjusted)
    has_rebases = len({p.rebase_no for p in points}) > 1
    return Shown(drawing, chart, rows, judged, is_adjusted, events, drivers, table, history, has_rebases)


def _first(day: date) -> date:
    return day.replace(day=1)


def _events(shared: _Shared, content: Content, measure: Row, series: Series | None, points: Sequence[Point]) -> list[tuple[str, Row]]:
    """The dated events that name the measure, within the time of the chart and its area, each with its letter."""
    named = {i for i in content.links["event", measure.measure_id]}
    wanted = [
        row
        for row in shared.events.values()
        if row.event_id in named
        and points
        and points[0].month <= _first(row.event_date) <= points[-1].month
        and (row.area_id is None or series is None or row.area_id == series.area_id)
    ]
    return [(chr(ord("A") + i), row) for i, row in enumerate(wanted[:26])]


def _rare_chart(measure: Row, rows: Sequence[Row], label: Label) -> Markup:
    """Lines through figures that are not monthly; nothing where there are fewer than three."""
    series = []
    for period_type, together in groupby(rows, key=lambda r: r.period_type):
        points = [Point(_first(r.period_end), r.value) for r in together if r.value is not None]
        if len(points) >= 3 and len({p.month for p in points}) == len(points):
            series.append((PERIODS.get(period_type, period_type), points))
    return line_chart(series[:3], measure.unit, label, width=1080, gap=12) if series else Markup("")


def _drivers(rows: Sequence[Row]) -> list[list[tuple[Row, Markup]]]:
    """For each decomposition of a change: its largest parts, each with a bar."""
    decompositions = []
    for _, together in groupby(rows, key=lambda r: (r.set_id, r.period_type, r.driver_kind)):
        parts = [r for r in together if r.total_effect is not None][:MOST_DRIVERS]
        if parts:
            low, high = min(0.0, *(r.total_effect for r in parts)), max(0.0, *(r.total_effect for r in parts))
            decompositions.append([(r, bar(r.total_effect, low, high)) for r in parts])
    return decompositions


def _table(rows: Sequence[Row], unit: str, chart: str, is_adjusted: bool) -> Markup:
    """The table behind a monthly chart: the newest month first. Written here rather than in the template, because there are thousands."""
    first = rows[0]
    parts = 4 if "point_no" in first else 3
    columns: list[tuple[str, str, str]] = [("month", "short month", "Month"), ("value", unit, "Value")]
    if is_adjusted:
        columns.append(("value_adjusted", unit, "Without season"))
    columns += [(name, "whole", name.capitalize()) for name in ("numerator", "denominator") if any(r[name] is not None for r in rows)]
    if columns[-1][0] == "numerator" and unit == "count":
        columns.pop()  # a count is its own numerator
    if chart not in BETWEEN_EVENTS and chart != "none":
        columns.append(("centre" if "centre" in first else "mean", unit, "Mean"))
        columns += [("lpl_display", unit, "Lower limit"), ("upl_display", unit, "Upper limit"), ("variation", "plain", "Signal")]
    head = Markup("").join(Markup('<th scope="col" {}>{}</th>').format(column(name, form), title) for name, form, title in columns)
    body = []
    for row in reversed(rows):
        key = (row.key or "").split("|", parts)[parts]
        cells = [str(escape(cell_text(row[name], row, form))) for name, form, _ in columns]
        body.append(f'<tr data-key="|{key}"><th scope="row">{cells[0]}</th><td>{"</td><td>".join(cells[1:])}</td></tr>')
    table = Markup('<table class="figures" {}><caption>{}</caption><thead><tr>{}</tr></thead><tbody>').format(
        table_origin(first, parts), "Every point of the chart, the newest first", head
    )
    return table + Markup("\n".join(body)) + Markup("</tbody></table>")


# ---- the values to take away


def _csv_files(marts: Marts, chosen: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """One CSV per measure with all its values."""
    frame = marts.frame(VALUES, {"measures": list(chosen)})
    for (measure_id,), part in frame.partition_by("measure_id", as_dict=True, maintain_order=True).items():
        yield str(measure_id), f"measures/{measure_id}.csv", part.write_csv()
