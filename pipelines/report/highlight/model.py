"""The highlight report as one model: frozen dataclasses, made from queries of the published marts. The renderings read nothing else."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from pipelines.report.charts import Point, points_of
from pipelines.report.highlight.cells import Cell, Part, cell, plain
from pipelines.report.highlight.period import Period, ReportError, choose_period
from pipelines.report.highlight.rules import Figures, Line, Token, apply, comparator_name, comparator_rows, summary_line, tokens
from pipelines.report.marts import Marts, Row

# Months that a chart of the report shows.
CHART_MONTHS = 36
LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Tile:
    """A figure in large, with its change beneath."""

    title: tuple[Part, ...]
    period: Cell | None
    value: tuple[Part, ...]
    change: tuple[Part, ...]
    tone: str


@dataclass(frozen=True)
class Bar:
    """One bar of a chart: its label, its length, and the cell that says it."""

    label: Part
    value: float
    cell: Cell


@dataclass(frozen=True)
class Chart:
    """A chart of the WHAT part.

    kind     spc: one series with mean and limits; lines: up to four series; bars
    points   of an spc chart; series of a lines chart: name and points; bars of a bar chart
    rows     the rows of the marts that it draws, for the table behind it
    """

    kind: str
    title: tuple[Part, ...]
    note: tuple[Part, ...]
    unit: str
    points: tuple[Point, ...] = ()
    series: tuple[tuple[str, tuple[Point, ...]], ...] = ()
    bars: tuple[Bar, ...] = ()
    rows: tuple[Row, ...] = ()

    @property
    def source(self) -> str:
        """The table and the key up to the part that varies along the chart."""
        if not self.rows:
            return ""
        row = self.rows[0]
        return f"{row.table}[{row.key}]" + (f" to [{self.rows[-1].key}]" if len(self.rows) > 1 else "")


@dataclass(frozen=True)
class Remark:
    """A sentence of the commentary: what it is, on what evidence, whose, and of when."""

    sentence: Cell
    type: Cell
    evidence: Cell | None
    owner: Cell | None
    due: Cell | None
    of_period: Cell | None
    listed_as_of: Cell

    @property
    def is_untested(self) -> bool:
        return self.type.text == "hypothesis" or (self.evidence is not None and self.evidence.text == "untested")


@dataclass(frozen=True)
class Caveat:
    """What a reader must know beside the figures that carry its letter."""

    letter: str
    text: Cell


@dataclass(frozen=True)
class Topic:
    """A slide: WHAT, DATA SUMMARY, SO WHAT, NOW WHAT."""

    topic_id: str
    title: Cell
    plan_priority: int
    tiles: tuple[Tile, ...]
    charts: tuple[Chart, ...]
    summary: tuple[Line, ...]
    so_what: tuple[Remark, ...]
    now_what: tuple[Remark, ...]
    caveats: tuple[Caveat, ...]
    has_stale_figures: bool


@dataclass(frozen=True)
class Item:
    """An outcome or a point of focus."""

    title: Cell
    when: Cell | None
    owner: Cell | None


@dataclass(frozen=True)
class Deliverable:
    """A deliverable in the version of the plan that the report shows; `state` is by rule."""

    title: Cell
    due: Cell
    read_as: Cell | None
    progress: Cell
    change: Cell | None
    state: str
    days_overdue: Cell | None
    owner: Cell | None
    blockers: Cell | None

    @property
    def progress_share(self) -> float:
        return float(self.progress.text.removesuffix("%")) / 100 if self.progress.text.endswith("%") else 0.0


@dataclass(frozen=True)
class Risk:
    """A risk or issue in the version of the register that the report shows."""

    risk_id: Cell
    kind: Cell
    title: Cell
    score: Cell | None
    band: Cell | None
    movement: Cell | None
    owner: Cell | None
    is_review_overdue: bool


@dataclass(frozen=True)
class Priority:
    """The opening page of a priority, and its topics."""

    number: int
    number_cell: Cell
    title: Cell
    outcomes: tuple[Item, ...]
    focus: tuple[Item, ...]
    deliverables: tuple[Deliverable, ...]
    risks: tuple[Risk, ...]
    topics: tuple[Topic, ...]


@dataclass(frozen=True)
class Term:
    term: Cell
    meaning: Cell


@dataclass(frozen=True)
class Node:
    """A box of the governance map, with the column and row that it stands in."""

    node_id: str
    name: Cell
    kind: Cell
    description: Cell | None
    column: int
    row: int


@dataclass(frozen=True)
class Arrow:
    from_node: str
    to_node: str
    relation: Cell
    from_name: Cell
    to_name: Cell


@dataclass(frozen=True)
class Notice:
    """What a reader must know before all else: a sentence, and what it is about."""

    text: tuple[Part, ...]
    items: tuple[tuple[Part, ...], ...] = ()


@dataclass(frozen=True)
class Report:
    """The whole report."""

    force: Cell
    force_code: str
    card: Row
    plan: Cell
    period: Period
    priorities: tuple[Priority, ...]
    terms: tuple[Term, ...]
    nodes: tuple[Node, ...]
    arrows: tuple[Arrow, ...]
    heartbeat: Row
    governance_as_of: Cell | None
    notices: tuple[Notice, ...]
    signed_by: str | None = None
    signed_on: date | None = None

    @property
    def topics(self) -> Iterable[Topic]:
        return (topic for priority in self.priorities for topic in priority.topics)

    @property
    def is_draft(self) -> bool:
        return self.signed_by is None

    def signed(self, by: str, on: date) -> Report:
        return replace(self, signed_by=by, signed_on=on)

    @property
    def digest(self) -> str:
        """Of what the report says: the same words and figures, the same digest. A sign-off is of this."""
        said = hashlib.sha256()
        for text in self._said():
            said.update(text.encode() + b"\0")
        return said.hexdigest()

    def _said(self) -> Iterable[str]:
        yield from (self.force_code, self.period.name, self.plan.text)
        for priority in self.priorities:
            yield f"{priority.number} {priority.title.text}"
            for item in (*priority.outcomes, *priority.focus):
                yield item.title.text
            for d in priority.deliverables:
                yield f"{d.title.text} {d.due.text} {d.progress.text} {d.state}"
            for r in priority.risks:
                yield f"{r.risk_id.text} {r.title.text} {r.score.text if r.score else ''}"
            for topic in priority.topics:
                for line in topic.summary:
                    yield plain(line.parts)
                for remark in (*topic.so_what, *topic.now_what):
                    yield remark.sentence.text
                for chart in topic.charts:
                    yield f"{plain(chart.title)} {[(p.month, p.value) for p in chart.points]} {[(b.label, b.value) for b in chart.bars]}"


# ---- building it


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
    governance = _Governance(marts, card, period)
    built = {row.topic_id: _topic(figures, row, [line for line in lines if line.topic_id == row.topic_id], governance) for row in topics}
    priorities = []
    for number in sorted({row.plan_priority for row in topics}):
        of_it = [row for row in topics if row.plan_priority == number]
        priorities.append(governance.priority(of_it[0], tuple(built[row.topic_id] for row in of_it)))
    nodes, arrows = _governance_map(marts)
    return Report(
        force=cell(card, "area_name"),
        force_code=card.force_code,
        card=card,
        plan=cell(card, "plan"),
        period=period,
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


def _topic(figures: Figures, row: Row, lines: list[Row], governance: _Governance) -> Topic:
    summary = [said for line in lines if line.part == "summary" and (said := summary_line(figures, line))]
    caveats: dict[str, Caveat] = {}
    marked = []
    for said in summary:
        letters = []
        for value in said.values:
            if value.caveat is None:
                continue
            note = caveats.setdefault(value.caveat, Caveat(LETTERS[len(caveats) % 26], cell(value, "caveat")))
            letters.append(note.letter)
        marked.append(replace(said, caveats=tuple(dict.fromkeys(letters))))
    so_what, now_what = governance.remarks(row.commentary_topic, row.plan_priority)
    return Topic(
        topic_id=row.topic_id,
        title=cell(row, "title"),
        plan_priority=row.plan_priority,
        tiles=tuple(tile for line in lines if line.part == "tile" for tile in _tiles(figures, line)),
        charts=tuple(chart for chart in _charts(figures, lines) if chart),
        summary=tuple(marked),
        so_what=so_what,
        now_what=now_what,
        caveats=tuple(caveats.values()),
        has_stale_figures=any(said.is_stale for said in summary),
    )


def _tiles(figures: Figures, line: Row) -> list[Tile]:
    """One tile a line, or one a segment."""
    words = tokens(line.shows, f"{line.topic_id} tile {line.line_order}")
    period_type = words[0].period or "month"
    segments = figures.segments(line.measure_id, line.area_id, period_type)[:3] if line.segment == "*" else [line.segment]
    found = []
    for segment in segments:
        value = figures.value(line.measure_id, line.area_id, segment, period_type)
        if value is None:
            continue
        change, tone = _tile_change(figures, line, segment, words[1:])
        title: tuple[Part, ...] = (cell(line, "title"),) if segment == "all" else (cell(line, "title"), ", ", cell(value, "segment"))
        found.append(Tile(title, cell(value, "period_end", "period"), (cell(value, "value", value.unit),), change, tone))
    return found


def _tile_change(figures: Figures, line: Row, segment: str, words: list[Token]) -> tuple[tuple[Part, ...], str]:
    for word in words:
        value = figures.value(line.measure_id, line.area_id, segment, word.period or "month")
        for said in apply(figures, line, value, word):
            return said.parts, next((tone for tone in said.tones if tone != "neutral"), "neutral")
    return (), "neutral"


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
    note: list[Part] = ["by month to ", cell(rows[-1], "month", "short month")]
    if rows[-1].target is not None:
        note += ["; target ", cell(rows[-1], "target", line.unit)]
    if rows[-1].limits_status != "established":
        note += [f"; limits: {rows[-1].limits_status}"]
    return Chart("spc", _title(line), tuple(note), line.unit, points=tuple(points_of(rows)), rows=tuple(rows))


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
    found = [(line, _series(figures, line, period_type)) for line in group]
    found = [(line, rows) for line, rows in found if rows]
    if not found:
        return None
    line, rows = found[0]
    series = tuple((of.area_name, tuple(Point(row.period_end.replace(day=1), row.value) for row in of_rows)) for of, of_rows in found)
    note: tuple[Part, ...] = (
        {"r12m": "rolling twelve months, to ", "month": "by month to "}[period_type],
        cell(rows[-1], "period_end", "short month"),
    )
    title = (cell(line, "title"),) if line.is_card_area else (cell(line, "title"), " by district")
    return Chart("lines", title, note, line.unit, series=series, rows=tuple(row for _, of_rows in found for row in of_rows))


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
        for of in group:
            value = figures.value(of.measure_id, of.area_id, of.segment, period_type)
            if value is not None:
                bars.append(Bar(cell(of, "area_name"), value.value, cell(value, "value", value.unit)))
                rows.append(value)
    if not rows:
        return None
    by = " by type" if line.segment == "*" else " by district"
    return Chart("bars", (cell(line, "title"), by), (cell(rows[0], "period_end", "period"),), line.unit, bars=tuple(bars), rows=tuple(rows))


def _comparators(figures: Figures, line: Row, period_type: str) -> Chart | None:
    value = figures.value(line.measure_id, line.area_id, line.segment, period_type)
    if value is None:
        return None
    others = [row for row in comparator_rows(figures, line, period_type) if row.period_end == value.period_end]
    bars = [Bar(cell(line, "area_name"), value.value, cell(value, "value", value.unit))]
    bars += [Bar(comparator_name(row.comparator_id), row.value, cell(row, "value", row.unit)) for row in others]
    return Chart("bars", _title(line), (cell(value, "period_end", "period"),), line.unit, bars=tuple(bars), rows=(value, *others))


# ---- governance, in the version of the workbook that the report's quarter has


class _Governance:
    """What the workbook says: the newest version up to the end of the quarter, else the oldest that there is."""

    def __init__(self, marts: Marts, card: Row, period: Period) -> None:
        self.marts, self.period = marts, period
        self.frameworks = [name.strip() for name in (card.shows_items_of or card.framework).split(";")]
        versions = [
            row.listed_as_of
            for row in marts.rows(
                "select distinct listed_as_of from governance.deliverables union select distinct first_listed_as_of from governance.deliverables"
            )
        ] + [row.as_of for row in marts.rows("select distinct as_of from governance.deliverable_history")]
        upto = [v for v in versions if v <= period.quarter_end]
        self.version: date | None = max(upto) if upto else min(versions, default=None)
        self.is_of_another_quarter = self.version is not None and not period.quarter_start <= self.version <= period.quarter_end
        newest = marts.rows("select * from governance.deliverable_history where as_of = ? order by all limit 1", [self.version])
        self.as_of = cell(newest[0], "as_of") if newest else None

    def _listed(self, table: str, priority: int) -> list[Row]:
        if self.version is None:
            return []
        return self.marts.rows(
            f"""
            select * from governance.{table}
            where plan_priority = $priority and framework in (select unnest($frameworks))
                and first_listed_as_of <= $version and listed_as_of >= $version
            order by all
            """,
            {"priority": priority, "frameworks": self.frameworks, "version": self.version},
        )

    def priority(self, topic: Row, topics: tuple[Topic, ...]) -> Priority:
        number = topic.plan_priority
        outcomes = [
            row
            for row in self._listed("outcomes", number)
            # what an earlier version listed was an outcome of an earlier quarter
            if row.first_listed_as_of == self.version or (row.achieved_on and self.period.quarter_start <= row.achieved_on <= self.period.quarter_end)
        ]
        return Priority(
            number=number,
            number_cell=cell(topic, "plan_priority"),
            title=cell(topic, "plan_priority_title"),
            outcomes=tuple(Item(cell(row, "title"), _some(row, "achieved_on"), None) for row in outcomes),
            focus=tuple(Item(cell(row, "title"), _some(row, "due_raw"), _some(row, "owner")) for row in self._listed("focus", number)),
            deliverables=tuple(self._deliverables(number)),
            risks=tuple(self._risks(number)),
            topics=topics,
        )

    def _deliverables(self, priority: int) -> Iterable[Deliverable]:
        plans = {row.deliverable_id: row for row in self.marts.rows("select * from governance.deliverables")}
        history = self.marts.rows(
            """
            select * from governance.deliverable_history
            where as_of = $version and plan_priority = $priority and framework in (select unnest($frameworks)) and row_state <> 'withdrawn'
            order by due_date nulls last, deliverable_id
            """,
            {"version": self.version, "priority": priority, "frameworks": self.frameworks},
        )
        for row in history:
            plan = plans.get(row.deliverable_id)
            if plan is None:
                continue
            is_current = row.is_latest_version and row.due_raw == plan.due_raw
            state = "overdue" if row.is_overdue else "complete" if row.progress_pct == 100 else "on track"
            if is_current and state == "on track":
                state = "at risk" if plan.is_at_risk else "no date" if plan.due_date is None else state
            yield Deliverable(
                title=cell(plan, "title"),
                due=cell(row, "due_raw"),
                read_as=_some(row, "due_date"),
                progress=cell(row, "progress_pct", "pct"),
                change=cell(row, "progress_change", "signed") if row.progress_change is not None else None,
                state=state,
                days_overdue=cell(plan, "days_overdue") if is_current and state == "overdue" and plan.days_overdue is not None else None,
                owner=_some(plan, "owner"),
                blockers=_some(plan, "blockers") if is_current else None,
            )

    def _risks(self, priority: int) -> Iterable[Risk]:
        for row in self.marts.rows(
            """
            select * from governance.risk_history
            where as_of = $version and plan_priority = $priority and framework in (select unnest($frameworks))
                and row_state <> 'withdrawn' and status not in ('closed', 'managed')
            order by current_score desc nulls last, risk_id
            """,
            {"version": self.version, "priority": priority, "frameworks": self.frameworks},
        ):
            yield Risk(
                risk_id=cell(row, "risk_id"),
                kind=cell(row, "kind"),
                title=cell(row, "title"),
                score=_some(row, "current_score"),
                band=_some(row, "current_band"),
                movement=_some(row, "movement"),
                owner=_some(row, "owner"),
                is_review_overdue=bool(row.is_review_overdue),
            )

    def remarks(self, topic: str | None, priority: int) -> tuple[tuple[Remark, ...], tuple[Remark, ...]]:
        """SO WHAT and NOW WHAT of a topic."""
        rows = [row for row in self._listed("commentary", priority) if row.topic == topic]
        said = {"so_what": [], "now_what": []}  # type: dict[str, list[Remark]]
        for row in sorted(rows, key=lambda row: row.commentary_id):
            if row.kind in said:
                said[row.kind].append(
                    Remark(
                        sentence=cell(row, "sentence"),
                        type=cell(row, "type"),
                        evidence=_some(row, "evidence", "plain"),
                        owner=_some(row, "owner"),
                        due=_some(row, "due_raw"),
                        of_period=_some(row, "period_end", "short month"),
                        listed_as_of=cell(row, "listed_as_of"),
                    )
                )
        return tuple(said["so_what"]), tuple(said["now_what"])


def _some(row: Row, column: str, form: str | None = None) -> Cell | None:
    return None if row[column] is None else cell(row, column, form)


def _governance_map(marts: Marts) -> tuple[tuple[Node, ...], tuple[Arrow, ...]]:
    """The boxes that arrows join, in columns: each stands to the right of all that lead to it (arrows of what comes back do not count)."""
    arrows = marts.rows("select * from governance.governance_map order by link_id")
    boxes = {row.node_id: row for row in marts.rows("select * from governance.governance_nodes where not is_withdrawn order by node_id")}
    arrows = [a for a in arrows if a.from_node in boxes and a.to_node in boxes]
    forward = [(a.from_node, a.to_node) for a in arrows if a.relation != "holds_to_account"]
    joined_nodes = sorted({n for a in arrows for n in (a.from_node, a.to_node)})
    column = dict.fromkeys(joined_nodes, 0)
    for _ in joined_nodes:  # longest path; a circle ends with the loop
        for start, end in forward:
            column[end] = max(column[end], min(column[start] + 1, len(joined_nodes)))
    columns = sorted(set(column.values()))
    nodes = []
    for at, level in enumerate(columns):
        for row, node_id in enumerate(n for n in joined_nodes if column[n] == level):
            box = boxes[node_id]
            nodes.append(Node(node_id, cell(box, "name"), cell(box, "kind"), _some(box, "description"), at, row))
    found = [Arrow(a.from_node, a.to_node, cell(a, "relation", "plain"), cell(a, "from_name"), cell(a, "to_name")) for a in arrows]
    return tuple(nodes), tuple(found)


# ---- what a reader must know before all else


def _notices(marts: Marts, period: Period, lines: list[Row], topics: Iterable[Topic], governance: _Governance) -> tuple[Notice, ...]:
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
        notices.append(Notice(("Some extracts were late when these marts were published; figures that rest on them carry a note.",), late))
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
