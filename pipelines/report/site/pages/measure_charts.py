"""The charts of a measure's page, and the tables behind them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from dateutil.relativedelta import relativedelta
from markupsafe import Markup, escape

from pipelines.report.charts import BY_MONTH, Beside, Event, bar, between_chart, line_chart, points_of, spc_chart
from pipelines.report.formatting import NO_VALUE, cell_text, comparator_text
from pipelines.report.marts import Row
from pipelines.report.place_charts import Estimate, Limits, Place, Week, estimates_chart, funnel_chart, week_chart
from pipelines.report.plane import Figure, Label, Point
from pipelines.report.site.content import ADJUSTED, LEVELS, Content, Series
from pipelines.report.site.lines import latest_figure, small_chart_of
from pipelines.report.site.pages.measure_rows import SeriesRows, Shared
from pipelines.report.trace import cell, column, origin, table_origin
from pipelines.report.units import UNITS

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
MOST_AREAS = 24
WIDTH, HEIGHT = 1080, 400
# A chart opens on the months that its window can hold; the whole history is one step away.
MONTHS_SHOWN = 36

# ---- the chart of a series, and the table behind it


@dataclass(frozen=True)
class Shown:
    """How a series is shown: its chart of the last three years and the one of its whole history where that is longer, which kind it is, its latest
    point, the lettered events, the rows behind it, and the charts of what drove it.
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
    between: tuple[Markup, Markup] | None = None  # the chart of days between rare events, and the table behind it
    beside: Beside | None = None  # the same figures adjusted, or raw
    is_revised: bool = False


def shown(shared: Shared, content: Content, measure: Row, series: Series | None, figures: SeriesRows) -> Shown:
    """The charts and the table of a series' page."""
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
    first_shown = points[-1].month - relativedelta(months=MONTHS_SHOWN - 1)
    recent = [p for p in points if p.month >= first_shown]
    figure = latest_figure(rows[-1], measure.unit)
    other = _counterpart(shared, content, series)
    first = _first_said(figures.revisions)
    said = first.values if first else None

    def drawn(some: Sequence[Point]) -> Markup:
        return spc_chart(some, measure.unit, label, letters, WIDTH, HEIGHT, figure, other, said)

    longer = drawn(points) if len(recent) < len(points) else None
    is_adjusted = any(p.adjusted is not None for p in points)
    table = _table(rows, measure.unit, chart, is_adjusted, [each for each in (other, first) if each])
    has_rebases = len({p.rebase_no for p in points}) > 1
    between = _between(figures.alternatives) if chart in BETWEEN_EVENTS and figures.alternatives else None
    return Shown(drawn(recent), chart, rows, judged, is_adjusted, events, drivers, table, longer, has_rebases, between, other, first is not None)


def _counterpart(shared: Shared, content: Content, series: Series | None) -> Beside | None:
    """The same figures of a series adjusted, or raw."""
    other = content.counterpart(series.measure_id) if series else None
    rows = shared.counterparts.get(Series(other, series.area_id, series.segment)) if other and series else None
    return (
        Beside("adjusted" if other and other.endswith(ADJUSTED) else "raw", {month: row.value for month, row in rows.items()}, rows) if rows else None
    )


def _first_said(revisions: Sequence[Row]) -> Beside | None:
    """The months that were first published with another value."""
    rows = {row.period_end.replace(day=1): row for row in revisions if row.period_type == "month" and row.first_value is not None}
    return Beside("first published", {month: row.first_value for month, row in rows.items()}, rows, "first_value") if rows else None


def _between(rows: Sequence[Row]) -> tuple[Markup, Markup]:
    """Chart and table of the days between events."""
    chart = between_chart(points_of(rows), Label("Days between events", "One point per event, in their order; the table below it has every point."))
    return chart, _rows_table(
        rows, [("month", "short month", "Month"), ("value", "number", "Days since the one before"), *_judgement("centre", "number")]
    )


def _judgement(centre: str, form: str) -> list[tuple[str, str, str]]:
    """The columns of a table that say how a point was judged."""
    limits = [(centre, form, "Mean" if centre == "mean" else "Centre"), ("lpl_display", form, "Lower limit"), ("upl_display", form, "Upper limit")]
    return [*limits, ("variation", "plain", "Signal"), ("special_cause", "plain", "By rule")]


def side_by_side(content: Content, measure: Row, of_measure: Mapping[Series, SeriesRows]) -> list[tuple[Row, Series, Markup]]:
    """(area, series, small chart) of each area that has a monthly chart, on one scale; nothing for fewer than two."""
    charted = [(s, f.spc[-MONTHS_SHOWN:]) for s, f in of_measure.items() if s.segment == "all" and len(f.spc) > 1 and _is_place(content, s)]
    charted.sort(key=lambda each: (content.area_rank(each[0].area_id), each[0].area_id))
    numbers = [v for _, rows in charted for row in rows for v in (row.value, row.lpl_display, row.upl_display, row.target) if v is not None]
    if len(charted) < 2 or not numbers:
        return []
    # counts of a force and of its parts have no scale in common
    scale = None if UNITS[measure.unit].grows_with_area else (min(numbers), max(numbers))
    return [(content.areas[s.area_id], s, small_chart_of(rows, measure.unit, scale)) for s, rows in charted[:MOST_AREAS]]


@dataclass(frozen=True)
class Funnel:
    """Places of one kind about the value of all of them together: the heading, the rows from the largest place to the smallest, and the chart."""

    heading: str
    places: Sequence[Row]
    drawing: Markup


def funnels(shared: Shared, content: Content, measure: Row) -> list[Funnel]:
    """The funnels of a measure, of the smallest places first."""
    limits: dict[str, list[Limits]] = defaultdict(list)
    for row in shared.funnel_limits.get(measure.measure_id, []):
        limits[row.peer_group].append(
            Limits(row.denominator, row.centre, row.alarm_lower, row.alert_lower, row.alert_upper, row.alarm_upper),
        )
    label = Label(
        measure.title,
        "Places by size and value, within the limits that chance allows; the table below has each.",
        f'{origin(measure)} data-col="title"',
    )
    size = "Size of the place: its denominator, of which the value is a share" if measure.unit == "pct" else "Size of the place: its denominator"
    drawn = []
    for group, together in groupby(shared.funnel_places.get(measure.measure_id, []), key=lambda r: r.peer_group):
        rows = list(together)
        areas = [content.areas[row.area_id] for row in rows]
        places = [
            Place(Figure(area.area_name, f'{origin(area)} data-col="area_name"'), row.denominator, row.value, row.funnel_state)
            for row, area in zip(rows, areas, strict=True)
        ]
        chart = funnel_chart(places, limits[group], measure.unit, size, label)
        drawn.append((content.area_rank(areas[0].area_id), Funnel(LEVELS.get(areas[0].level, areas[0].level.capitalize()), rows[::-1], chart)))
    return [funnel for _, funnel in sorted(drawn, key=lambda each: -each[0])]


def weeks(profiles: Sequence[Row]) -> list[tuple[list[Row], Markup]]:
    """(rows, heat map) of each profile of hours and weekdays; those before and after an event share their tints.

    A side on which nothing happened has no shares, and no map.
    """
    label = Label("Share of the week by hour and weekday", "Darker is more; the table below has every hour.")
    drawn = []
    for _, together in groupby(profiles, key=lambda r: r.event_id):
        rows = [row for row in together if row.share_pct is not None]
        most = max((row.share_pct for row in rows), default=0)
        for _, window in groupby(rows, key=lambda r: r.window_name):
            cells = list(window)
            drawn.append((cells, week_chart(Week({(r.local_weekday, r.local_hour): r.share_pct for r in cells}, most), label)))
    return drawn


def _is_place(content: Content, series: Series) -> bool:
    """Whether a series is of an area that people know, and not of what could be given to none."""
    area = content.areas.get(series.area_id)
    return area is not None and not area.is_unallocated


def estimates(measure: Row, figures: SeriesRows, comparators: Sequence[Row]) -> Markup:
    """The latest estimates of a survey with their intervals, beside those of others for the same period; nothing where none has a margin."""
    own = [row for row in figures.rare if row.margin is not None and row.value is not None]
    if not own:
        return Markup("")
    now = own[-1]
    others = [
        r
        for r in comparators
        if r.value is not None and r.segment == now.segment and (r.period_type, r.period_end) == (now.period_type, now.period_end)
    ]
    drawn = [Estimate("this force", now.value, now.margin, latest_figure(now, measure.unit))]
    drawn += [Estimate(comparator_text(r.comparator_id), r.value, r.margin, latest_figure(r, measure.unit)) for r in others]
    return estimates_chart(drawn, measure.unit, Label("The latest estimate with its interval, beside others"))


def _first(day: date) -> date:
    return day.replace(day=1)


def _events(shared: Shared, content: Content, measure: Row, series: Series | None, points: Sequence[Point]) -> list[tuple[str, Row]]:
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
        points = [
            Point(_first(r.period_end), r.value, lower=r.value - r.margin if r.margin else None, upper=r.value + r.margin if r.margin else None)
            for r in together
            if r.value is not None
        ]
        if len(points) >= 3 and len({p.month for p in points}) == len(points):
            series.append(("estimate" if measure.statistic == "estimate" else PERIODS.get(period_type, period_type), points))
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


def _table(rows: Sequence[Row], unit: str, chart: str, is_adjusted: bool, beside: Sequence[Beside]) -> Markup:
    """The table behind a monthly chart."""
    columns: list[tuple[str, str, str]] = [("month", "short month", "Month"), ("value", unit, "Value")]
    if is_adjusted:
        columns.append(("value_adjusted", unit, "Without season"))
    columns += [(name, "whole", name.capitalize()) for name in ("numerator", "denominator") if any(r[name] is not None for r in rows)]
    if columns[-1][0] == "numerator" and unit == "count":
        columns.pop()  # a count is its own numerator
    if chart not in BETWEEN_EVENTS and chart != "none":
        columns += _judgement("centre" if "centre" in rows[0] else "mean", unit)
    return _rows_table(rows, columns, beside, unit)


def _rows_table(rows: Sequence[Row], columns: Sequence[tuple[str, str, str]], beside: Sequence[Beside] = (), unit: str = "") -> Markup:
    """A table of these columns (name, form, heading), the newest row first, and of other figures of the same months at their end.

    Written here rather than in the template, because there are thousands.
    """
    first = rows[0]
    parts = 4 if "point_no" in first else 3
    head = Markup("").join(Markup('<th scope="col" {}>{}</th>').format(column(name, form), title) for name, form, title in columns)
    for other in beside:
        head += Markup('<th scope="col">{}</th>').format(other.name.capitalize())
    body = []
    for row in reversed(rows):
        key = (row.key or "").split("|", parts)[parts]
        cells = [str(escape(cell_text(row[name], row, form))) for name, form, _ in columns]
        more = "".join(_beside_cell(other, row, unit) for other in beside)
        body.append(f'<tr data-key="|{key}"><th scope="row">{cells[0]}</th><td>{"</td><td>".join(cells[1:])}</td>{more}</tr>')
    table = Markup('<table class="figures" {}><caption>{}</caption><thead><tr>{}</tr></thead><tbody>').format(
        table_origin(first, parts), "Every point of the chart, the newest first", head
    )
    return table + Markup("\n".join(body)) + Markup("</tbody></table>")


def _beside_cell(beside: Beside, row: Row, unit: str) -> str:
    """The cell of another figure of the same month, which is of another row of the marts than its neighbours."""
    other = beside.rows.get(row.month)
    return f"<td>{cell(other, beside.column, unit, with_origin=True)}</td>" if other is not None else f"<td>{NO_VALUE}</td>"
