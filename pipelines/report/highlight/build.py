"""Builds the highlight report from queries of the published marts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from pipelines.report.charts import BY_MONTH, points_of
from pipelines.report.formatting import comparator_text
from pipelines.report.highlight.cells import Cell, Part, cell
from pipelines.report.highlight.governance import Governance, governance_map
from pipelines.report.highlight.model import Bar, Caveat, Chart, Notice, Report, Term, Tile, Topic
from pipelines.report.highlight.period import Period, ReportError, choose_period
from pipelines.report.highlight.rules import Figures, Token, apply, comparator_rows, summary_line, tokens
from pipelines.report.marts import Marts, Row
from pipelines.report.plane import Point

# Months that a chart of the report shows.
CHART_MONTHS = 36
MARGINS = "; a line across the end of a bar is the margin of error"
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def build(marts: Marts, force: str | None = None, quarter: date | None = None, month: date | None = None) -> Report:
    """The report of a force (the only one with a plan's card, where none is named) for a quarter, a month, or the latest month.

    quarter   last day of a calendar quarter
    month     any day of a month
    Raises ReportError where the force, its topics or the period are not there; the message says what is.
    """
    card = _card(marts, force)
    topics = marts.rows(
        "select * from scorecards.report_topics where scorecard_id = ? order by plan_priority, topic_order, topic_id", [card.scorecard_id]
    )
    lines = marts.rows(
        "select * from scorecards.report_lines where scorecard_id = ? order by topic_id, part, line_order, area_id", [card.scorecard_id]
    )
    if not topics:
        raise ReportError(
            f"no topics are configured for the card {card.scorecard_id} of {card.area_name}: add them to seeds highlight_topics and highlight_lines"
        )
    period = choose_period(_months(marts, card, lines), quarter, month, card.area_name)
    figures = Figures(marts, lines, period)
    governance = Governance(marts, card, period)
    built = {row.topic_id: _topic(figures, row, [line for line in lines if line.topic_id == row.topic_id], governance) for row in topics}
    priorities = []
    for number in sorted({row.plan_priority for row in topics}):
        rows = [row for row in topics if row.plan_priority == number]
        priorities.append(governance.priority(rows[0], tuple(built[row.topic_id] for row in rows)))
    nodes, arrows = governance_map(marts)
    return Report(
        force=cell(card, "area_name"),
        force_code=card.force_code,
        card=card,
        plan=cell(card, "plan"),
        period=period,
        summary=_summary(marts, card, period),
        priorities=tuple(priorities),
        terms=tuple(
            Term(cell(row, "term"), cell(row, "meaning"))
            for row in marts.rows("select * from governance.glossary where not is_withdrawn order by lower(term), term")
        ),
        nodes=nodes,
        arrows=arrows,
        heartbeat=marts.rows("select * from quality.heartbeat")[0],
        governance_as_of=governance.as_of,
        notices=_notices(marts, period, lines, built.values(), governance),
    )


def _card(marts: Marts, force: str | None) -> Row:
    for table in ("scorecards.cards", "scorecards.report_topics", "scorecards.report_lines"):
        if not marts.has(table):
            raise ReportError(f"{table} is not published yet: `scorecards run` does it")
    cards = marts.rows("select * from scorecards.cards where table_name = 'scorecards.opcc' order by scorecard_id")
    there_are = ", ".join(f"{c.force_code} ({c.area_name})" for c in cards) or "none"
    if force is not None:
        named = [c for c in cards if force.strip().lower() in (c.force_code.lower(), c.area_name.lower())]
        if not named:
            raise ReportError(
                f"there is no report for the force {force!r}: forces with a card of a plan are {there_are}. docs/scorecards.md says how to add one"
            )
        return named[0]
    with_topics = {row.scorecard_id for row in marts.rows("select * from scorecards.report_topics")}
    cards = [c for c in cards if c.scorecard_id in with_topics] or cards
    if len({c.force_code for c in cards}) != 1:
        raise ReportError(f"which force? Name it with --force: {there_are}")
    return cards[0]


def _months(marts: Marts, card: Row, lines: list[Row]) -> list[date]:
    """Last days of the months of which at least half of the charted series of the card's area have a complete figure."""
    charted = sorted({line.measure_id for line in lines if line.part == "chart" and line.shows == "spc"})
    rows = marts.rows(
        """
        select period_end, count(distinct measure_id) as measures from measures.measure_values
        where area_id = $area and segment = 'all' and period_type = 'month' and is_complete and value is not null
            and measure_id in (select unnest($measures))
        group by period_end
        order by period_end
        """,
        {"area": card.area_id, "measures": charted},
    )
    most = max((row.measures for row in rows), default=0)
    return [row.period_end for row in rows if 2 * row.measures >= most]


# ---- a topic


def _topic(figures: Figures, row: Row, lines: list[Row], governance: Governance) -> Topic:
    summary = [summarised for line in lines if line.part == "summary" and (summarised := summary_line(figures, line))]
    caveats: dict[str, Caveat] = {}
    marked = []
    for summarised in summary:
        letters = []
        for value in summarised.values:
            if value.caveat is None:
                continue
            note = caveats.setdefault(value.caveat, Caveat(LETTERS[len(caveats) % 26], cell(value, "caveat")))
            letters.append(note.letter)
        marked.append(replace(summarised, caveats=tuple(dict.fromkeys(letters))))
    so_what, now_what = governance.remarks(row.commentary_topic, row.plan_priority)
    headline, tone = _headline(figures, lines)
    return Topic(
        topic_id=row.topic_id,
        title=cell(row, "title"),
        headline=headline,
        tone=tone,
        plan_priority=row.plan_priority,
        tiles=tuple(tile for line in lines if line.part == "tile" for tile in _tiles(figures, line)),
        charts=tuple(chart for chart in _charts(figures, lines) if chart),
        summary=tuple(marked),
        so_what=so_what,
        now_what=now_what,
        caveats=tuple(caveats.values()),
        has_stale_figures=any(summarised.is_stale for summarised in summary),
    )


def _summary(marts: Marts, card: Row, period: Period) -> tuple[Cell, ...]:
    """The five sentences of the card, where they are of the report's month."""
    rows = marts.rows("select * from scorecards.summaries where scorecard_id = ? and period_end = ?", [card.scorecard_id, period.month_end])
    return tuple(cell(row, f"sentence_{n}") for row in rows for n in range(1, 6))


def _headline(figures: Figures, lines: list[Row]) -> tuple[Cell | None, str]:
    """The headline and the tone of the first measure of the data summary that has one at the report's month."""
    for line in lines:
        narrative = figures.narrative(line) if line.part == "summary" else None
        if narrative is not None:
            return cell(narrative, "headline"), figures.tone([narrative])
    return None, "none"


def _tiles(figures: Figures, line: Row) -> list[Tile]:
    """One tile per line, or one per segment."""
    words = tokens(line.shows, f"{line.topic_id} tile {line.line_order}")
    period_type = words[0].period or "month"
    segments = figures.segments(line.measure_id, line.area_id, period_type)[:3] if line.segment == "*" else [line.segment]
    tiles = []
    for segment in segments:
        value = figures.value(line.measure_id, line.area_id, segment, period_type)
        if value is None:
            continue
        change = _tile_change(figures, line, segment, words[1:])
        title: tuple[Part, ...] = (cell(line, "title"),) if segment == "all" else (cell(line, "title"), ", ", cell(value, "segment"))
        tiles.append(Tile(title, cell(value, "period_end", "period"), (cell(value, "value", value.unit),), change, figures.tone([value])))
    return tiles


def _tile_change(figures: Figures, line: Row, segment: str, words: list[Token]) -> tuple[Part, ...]:
    for word in words:
        value = figures.value(line.measure_id, line.area_id, segment, word.period or "month")
        for statement in apply(figures, line, value, word):
            return statement.parts
    return ()


def _charts(figures: Figures, lines: list[Row]) -> Iterable[Chart | None]:
    orders = sorted({line.line_order for line in lines if line.part == "chart"})
    for order in orders:
        group = [line for line in lines if line.part == "chart" and line.line_order == order]
        kind, _, period_type = group[0].shows.partition(":")
        if kind == "spc":
            yield _spc(figures, group[0])
        elif kind == "lines":
            yield _lines(figures, group, period_type)
        elif kind == "bars":
            yield _bars(figures, group, period_type)
        elif kind == "comparators":
            yield _comparators(figures, group[0], period_type)
        else:
            raise ReportError(f"{group[0].topic_id} chart {order}: {group[0].shows!r} is no chart; docs/highlight-report.md lists them")


def _title(line: Row) -> tuple[Part, ...]:
    return (cell(line, "title"),) if line.is_card_area else (cell(line, "title"), ", ", cell(line, "area_name"))


def _spc(figures: Figures, line: Row) -> Chart | None:
    rows = figures.marts.rows(
        """
        select * from (
            select * from measures.measure_spc
            where measure_id = $measure and area_id = $area and segment = $segment and month <= $until::date
            order by month desc
            limit $months
        )
        order by month
        """,
        {"measure": line.measure_id, "area": line.area_id, "segment": line.segment, "until": figures.period.month_end, "months": CHART_MONTHS},
    )
    if not rows:
        return None
    latest, points = rows[-1], points_of(rows)
    if latest.recommended_chart in BY_MONTH:
        targets = {point.month: point.target for point in points}
        rows = figures.marts.rows(
            """
            select * from measures.spc_alternatives
            where measure_id = $measure and area_id = $area and segment = $segment and is_recommended and month between $from::date and $until::date
            order by point_no
            """,
            {"measure": line.measure_id, "area": line.area_id, "segment": line.segment, "from": rows[0].month, "until": latest.month},
        )
        points = [replace(point, target=targets.get(point.month)) for point in points_of(rows)]
    elif latest.recommended_chart != "xmr":
        points = [Point(row.month, row.value, target=row.target) for row in rows]
    note: list[Part] = ["by month to ", cell(latest, "month", "short month")]
    if latest.target is not None:
        note += ["; target ", cell(latest, "target", line.unit)]
    if rows[-1].limits_status != "established":
        note += [f"; limits: {rows[-1].limits_status}"]
    if latest.is_seasonally_adjusted and latest.recommended_chart not in BY_MONTH:
        note += ["; judged with the season removed (thin line)"]
    if latest.is_latest and _is_review_due(figures.marts, line):
        note += ["; limits due for review"]
    return Chart("spc", _title(line), tuple(note), line.unit, points=tuple(points), rows=tuple(rows))


def _is_review_due(marts: Marts, line: Row) -> bool:
    """Whether the limits of the chart are due for review as of now."""
    return marts.has("quality.limit_review_queue") and bool(
        marts.value(
            "select count(*) from quality.limit_review_queue where is_review_due and measure_id = ? and area_id = ? and segment = ?",
            [line.measure_id, line.area_id, line.segment],
        )
    )


def _series(figures: Figures, line: Row, period_type: str) -> list[Row]:
    return figures.marts.rows(
        """
        select * from (
            select * from measures.measure_values
            where measure_id = $measure and area_id = $area and segment = $segment and period_type = $period_type and is_complete
                and value is not null and period_end <= $until::date
            order by period_end desc
            limit $months
        )
        order by period_end
        """,
        {
            "measure": line.measure_id,
            "area": line.area_id,
            "segment": line.segment,
            "period_type": period_type,
            "until": figures.period.month_end,
            "months": CHART_MONTHS,
        },
    )


def _lines(figures: Figures, group: list[Row], period_type: str) -> Chart | None:
    drawn = [(line, _series(figures, line, period_type)) for line in group]
    drawn = [(line, rows) for line, rows in drawn if rows]
    if not drawn:
        return None
    line, rows = drawn[0]
    series = tuple((each.area_name, tuple(Point(row.period_end.replace(day=1), row.value) for row in each_rows)) for each, each_rows in drawn)
    note: tuple[Part, ...] = (
        {"r12m": "rolling twelve months, to ", "month": "by month to "}[period_type],
        cell(rows[-1], "period_end", "short month"),
    )
    title = (cell(line, "title"),) if line.is_card_area else (cell(line, "title"), " by district")
    areas = _areas([each for each, _ in drawn])
    return Chart("lines", title, note, line.unit, series=series, rows=tuple(row for _, each_rows in drawn for row in each_rows), areas=areas)


def _areas(lines: Sequence[Row]) -> dict[str, Cell]:
    """The names of the areas of several lines; nothing where they are of one area."""
    names = {line.area_id: cell(line, "area_name") for line in lines}
    return names if len(names) > 1 else {}


def _bars(figures: Figures, group: list[Row], period_type: str) -> Chart | None:
    line = group[0]
    bars, rows = [], []
    if line.segment == "*":
        for segment in figures.segments(line.measure_id, line.area_id, period_type)[:8]:
            value = figures.value(line.measure_id, line.area_id, segment, period_type)
            if value is not None:
                bars.append(Bar(cell(value, "segment"), value.value, cell(value, "value", value.unit)))
                rows.append(value)
    else:
        for each in group:
            value = figures.value(each.measure_id, each.area_id, each.segment, period_type)
            if value is not None:
                bars.append(Bar(cell(each, "area_name"), value.value, cell(value, "value", value.unit)))
                rows.append(value)
    if not rows:
        return None
    by = " by type" if line.segment == "*" else " by district"
    period = (cell(rows[0], "period_end", "period"),)
    return Chart("bars", (cell(line, "title"), by), period, line.unit, bars=tuple(bars), rows=tuple(rows), areas=_areas(group))


def _comparators(figures: Figures, line: Row, period_type: str) -> Chart | None:
    value = figures.value(line.measure_id, line.area_id, line.segment, period_type)
    if value is None:
        return None
    rows = comparator_rows(figures, line, period_type)
    if rows and value.period_end not in {row.period_end for row in rows}:
        # others are published later: all of them at the newest period that they have
        newest = max(row.period_end for row in rows)
        value = next((row for row in _series(figures, line, period_type) if row.period_end == newest), value)
    others = [row for row in rows if row.period_end == value.period_end]
    bars = [Bar(cell(line, "area_name"), value.value, cell(value, "value", value.unit), value.margin)]
    bars += [Bar(comparator_text(row.comparator_id), row.value, cell(row, "value", row.unit), row.margin) for row in others]
    note: tuple[Part, ...] = (cell(value, "period_end", "period"), *([MARGINS] if any(bar.margin for bar in bars) else []))
    return Chart("bars", _title(line), note, line.unit, bars=tuple(bars), rows=(value, *others))


# ---- what a reader must know before all else


def _notices(marts: Marts, period: Period, lines: list[Row], topics: Iterable[Topic], governance: Governance) -> tuple[Notice, ...]:
    notices: list[Notice] = []
    if period.is_quarter and period.month_end < period.quarter_end:
        notices.append(Notice(("The quarter is not complete: its latest month with figures is shown.",)))
    stale: dict[str, Cell] = {}
    for topic in topics:
        for line in topic.summary:
            if line.is_stale:
                stale.setdefault(line.measure_id, cell(min(line.values, key=lambda value: value.period_end), "period_end", "period"))
    if stale:
        titles = {line.measure_id: cell(line, "title") for line in lines}
        items = tuple((titles[measure], ": ", when) for measure, when in stale.items())
        notices.append(
            Notice(
                ("Some figures are older than the month of this report, because nothing newer has come in. They are marked where they stand.",), items
            )
        )
    of_the_report = marts.rows(
        "select * from core.dim_measure where measure_id in (select unnest($measures))", {"measures": sorted({line.measure_id for line in lines})}
    )
    feeds = {feed for measure in of_the_report for feed in (measure.source_feeds or "").split(",")}
    checks = marts.rows("select * from quality.check_results where check_name = 'fresh' and status in ('warned', 'failed') order by all")
    late = tuple((cell(row, "message"),) for row in checks if row.feed in feeds)
    if late:
        notices.append(Notice(("Some extracts were late when these marts were published; figures that rest on them end early.",), late))
    if governance.version is None:
        notices.append(Notice(("No governance workbook has come in: there are no outcomes, deliverables, risks or commentary to show.",)))
    elif governance.is_of_another_quarter and governance.as_of is not None:
        notices.append(
            Notice(
                (
                    "Outcomes, deliverables, risks and commentary are those of the governance workbook as of ",
                    governance.as_of,
                    ": of another quarter than this report.",
                )
            )
        )
    return tuple(notices)
