"""The highlight report as one model: frozen dataclasses, made by build.py from the published marts. The renderings read nothing else."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from pipelines.report.highlight.cells import Cell, Part, plain
from pipelines.report.highlight.period import Period
from pipelines.report.highlight.rules import Line
from pipelines.report.marts import Row
from pipelines.report.plane import Point


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
    """One bar of a chart: its label, its length, the cell of its value, and the margin of error of an estimate."""

    label: Part
    value: float
    cell: Cell
    margin: float | None = None


@dataclass(frozen=True)
class Chart:
    """A chart of the WHAT part.

    kind     spc: one series with mean and limits; lines: up to four series; bars
    points   of an spc chart; series of a lines chart: name and points; bars of a bar chart
    rows     the rows of the marts that it draws, for the table behind it
    areas    the names of the areas that it sets side by side, by area_id; empty for a chart of one area
    """

    kind: str
    title: tuple[Part, ...]
    note: tuple[Part, ...]
    unit: str
    points: tuple[Point, ...] = ()
    series: tuple[tuple[str, tuple[Point, ...]], ...] = ()
    bars: tuple[Bar, ...] = ()
    rows: tuple[Row, ...] = ()
    areas: Mapping[str, Cell] = field(default_factory=dict)

    @property
    def source(self) -> str:
        """The table and the key up to the part that varies along the chart."""
        if not self.rows:
            return ""
        row = self.rows[0]
        return f"{row.table}[{row.key}]" + (f" to [{self.rows[-1].key}]" if len(self.rows) > 1 else "")


@dataclass(frozen=True)
class Issue:
    """What the marts hold against a sentence (quality.narrative_issues), for the person who keeps it."""

    message: Cell
    way_out: Cell
    sheet_row: Cell | None

    @property
    def text(self) -> str:
        where = f"{self.sheet_row.text}: " if self.sheet_row else ""
        return f"{where}{self.message.text}; {self.way_out.text}"


@dataclass(frozen=True)
class Remark:
    """A sentence of the commentary, with its type, evidence, owner and period."""

    sentence: Cell
    type: Cell
    evidence: Cell | None
    owner: Cell | None
    due: Cell | None
    of_period: Cell | None
    listed_as_of: Cell
    issues: tuple[Issue, ...] = ()

    @property
    def lacks_due_date(self) -> bool:
        """An action that nobody has set a date for."""
        return self.type.text == "action" and self.due is None

    @property
    def is_untested(self) -> bool:
        return self.type.text == "hypothesis" or (self.evidence is not None and self.evidence.text == "untested")


@dataclass(frozen=True)
class Caveat:
    """A caveat on the figures that carry its letter."""

    letter: str
    text: Cell


# Deliverables, and risks, that page one has room for.
MOST_TO_WATCH = 7
# Characters of a data summary and its So what? that fill a sheet.
LONG = 2600


@dataclass(frozen=True)
class Topic:
    """A slide: WHAT, DATA SUMMARY, SO WHAT, NOW WHAT. `headline` leads it, as it leads the measure's line on the card, in its measure's tone."""

    topic_id: str
    title: Cell
    headline: Cell | None
    tone: str
    plan_priority: int
    tiles: tuple[Tile, ...]
    charts: tuple[Chart, ...]
    summary: tuple[Line, ...]
    so_what: tuple[Remark, ...]
    now_what: tuple[Remark, ...]
    caveats: tuple[Caveat, ...]
    has_stale_figures: bool

    @property
    def is_long(self) -> bool:
        """So much is said that on paper the text is set smaller."""
        said = [plain(line.parts) for line in self.summary]
        said += [text for remark in self.so_what for text in (remark.sentence.text, " " * 60, *(issue.message.text for issue in remark.issues))]
        return len("".join(said)) > LONG

    @property
    def finding(self) -> tuple[Part, ...]:
        """What a summary of the report says of the topic: its headline, else the first line of its data summary."""
        if self.headline is not None:
            return (self.headline,)
        return self.summary[0].parts if self.summary else ()


@dataclass(frozen=True)
class Item:
    """An outcome or a point of focus."""

    title: Cell
    when: Cell | None
    owner: Cell | None
    issues: tuple[Issue, ...] = ()


@dataclass(frozen=True)
class Deliverable:
    """A deliverable in the version of the plan that the report shows: its RAG as its owner states it, and by rule (`rag`, `state`)."""

    title: Cell
    due: Cell
    read_as: Cell | None
    progress: Cell
    change: Cell | None
    stated: Cell | None
    rag: Cell | None
    state: str
    days_overdue: Cell | None
    owner: Cell | None
    blockers: Cell | None
    issues: tuple[Issue, ...] = ()

    @property
    def needs_attention(self) -> bool:
        """Overdue or at risk by rule, or stated otherwise than the rule has it."""
        return self.state in ("overdue", "at risk") or self.is_stated_otherwise

    @property
    def is_stated_otherwise(self) -> bool:
        return self.stated is not None and self.rag is not None and self.stated.text != self.rag.text

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
    issues: tuple[Issue, ...] = ()

    @property
    def needs_attention(self) -> bool:
        """A high score, one that has moved up, or a review that is overdue."""
        return self.is_review_overdue or any(cell is not None and cell.text in ("high", "up") for cell in (self.band, self.movement))


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
    """A notice at the top of the report: a sentence, and the items it is about."""

    text: tuple[Part, ...]
    items: tuple[tuple[Part, ...], ...] = ()


@dataclass(frozen=True)
class Report:
    """The whole report. `summary` is that of the card, where the report is of the card's month."""

    force: Cell
    force_code: str
    card: Row
    plan: Cell
    period: Period
    summary: tuple[Cell, ...]
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
    def deliverables_to_watch(self) -> list[Deliverable]:
        """Those that need attention, overdue ones first."""
        found = [d for priority in self.priorities for d in priority.deliverables if d.needs_attention]
        return sorted(found, key=lambda d: d.state != "overdue")

    @property
    def risks_to_watch(self) -> list[Risk]:
        """Those that need attention, high ones first; each once, for a risk may stand under several priorities."""
        found = {r.risk_id.text: r for priority in self.priorities for r in priority.risks if r.needs_attention}
        return sorted(found.values(), key=lambda r: r.band is None or r.band.text != "high")

    @property
    def is_draft(self) -> bool:
        return self.signed_by is None

    def signed(self, by: str, on: date) -> Report:
        return replace(self, signed_by=by, signed_on=on)

    @property
    def objections(self) -> list[str]:
        """Why the report cannot be signed off: what is still to be written, and sentences that the marts contradict."""
        found = []
        for priority in self.priorities:
            items: list[Item | Deliverable | Risk] = [*priority.outcomes, *priority.focus, *priority.deliverables, *priority.risks]
            found += [issue.text for item in items for issue in item.issues]
            for topic in priority.topics:
                for part, remarks in (("So what?", topic.so_what), ("Now what?", topic.now_what)):
                    if not remarks:
                        found.append(f'"{part}" of {topic.title.text} is empty; write it in sheet commentary')
                    found += [issue.text for remark in remarks for issue in remark.issues]
        return found

    @property
    def digest(self) -> str:
        """Digest of the report's words and figures: equal reports have equal digests. A sign-off refers to it."""
        digest = hashlib.sha256()
        for text in self._statements():
            digest.update(text.encode() + b"\0")
        return digest.hexdigest()

    def _statements(self) -> Iterable[str]:
        yield from (self.force_code, self.period.name, self.plan.text)
        yield from (sentence.text for sentence in self.summary)
        for priority in self.priorities:
            yield f"{priority.number} {priority.title.text}"
            for item in (*priority.outcomes, *priority.focus):
                yield item.title.text
            for d in priority.deliverables:
                yield f"{d.title.text} {d.due.text} {d.progress.text} {d.stated.text if d.stated else ''} {d.state}"
            for r in priority.risks:
                yield f"{r.risk_id.text} {r.title.text} {r.score.text if r.score else ''}"
            for topic in priority.topics:
                yield topic.headline.text if topic.headline else ""
                for line in topic.summary:
                    yield plain(line.parts)
                for remark in (*topic.so_what, *topic.now_what):
                    yield remark.sentence.text
                    yield from (issue.text for issue in remark.issues)
                for chart in topic.charts:
                    yield f"{plain(chart.title)} {[(p.month, p.value) for p in chart.points]} {[(b.label, b.value) for b in chart.bars]}"
