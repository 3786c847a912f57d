"""The report as slides for PowerPoint: native, editable charts and tables; each slide's notes say where its figures come from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pptx import Presentation
from pptx.enum.dml import MSO_LINE
from pptx.enum.shapes import MSO_CONNECTOR, MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls
from pptx.presentation import Presentation as Deck
from pptx.shapes.autoshape import Shape
from pptx.slide import Slide
from pptx.util import Inches, Pt

from pipelines.report.formatting import MARKING, date_text
from pipelines.report.highlight.cells import Cell, Part, plain
from pipelines.report.highlight.html import TONE_MARKS
from pipelines.report.highlight.model import MOST_TO_WATCH, Deliverable, Priority, Remark, Report, Risk, Tile, Topic
from pipelines.report.highlight.rules import Line
from pipelines.report.highlight.slide_charts import chart_frame
from pipelines.report.highlight.slide_text import (
    BOTTOM,
    LEFT,
    TOP,
    WIDTH,
    Block,
    Paragraph,
    block_size,
    fill_with,
    fitting_size,
    fitting_table,
    heading,
    height_of,
    native_table,
    outline,
    rgb,
    stacked,
    table_height,
    text_box,
    unstyled,
    write_paragraphs,
)
from pipelines.report.palette import BRAND, CONCERN_DARK, IMPROVEMENT_DARK, INK, NEUTRAL, PALE, SOFT, TARGET, TONES

# Can be edited in PowerPoint. Its master has shapes named Foot and Watermark; its colours are those of palette.py.
TEMPLATE = Path(__file__).parent / "templates" / "slides.pptx"


def write(report: Report, path: Path) -> None:
    """Write the slides."""
    deck = _Deck(report)
    deck.cover()
    deck.summary()
    for priority in report.priorities:
        deck.opening(priority)
        for topic in priority.topics:
            deck.topic(priority, topic)
    deck.terms()
    deck.governance()
    deck.basis()
    deck.presentation.save(str(path))


# The smallest text of a topic; where even that does not fit, the topic goes on over a second slide.
READABLE = 8.0

HOW_TO_TRACE = (
    "The notes of each slide list its figures with the table, key and column of the published marts that they were read from. "
    "`scorecards explain` with a measure's name says what it counts, what it rests on and which source files its rows came from. "
    "Charts and tables are native: their data can be opened.",
    "Changes are tested against chance and say so. Monthly charts show the mean and the limits of a process behaviour chart. "
    "A hypothesis is nobody's finding until it has been tested.",
)


def _from_template(report: Report) -> Deck:
    """The template (theme, master, a cover and a slide with a title) with the foot of this report; its watermark is for drafts only."""
    presentation = Presentation(str(TEMPLATE))
    shapes = {shape.name: shape for shape in presentation.slide_master.shapes}
    foot = f"{MARKING}   ·   {report.force.text}   ·   {report.period.title}   ·   run {report.heartbeat.run_id}"
    if report.heartbeat.demonstration_date:
        foot += f"   ·   Demonstration data, as at {report.heartbeat.demonstration_date:%-d %B %Y}"
    if report.is_draft:
        foot += "   ·   Draft: not signed off"
    else:
        watermark = shapes["Watermark"]._element
        watermark.getparent().remove(watermark)
    shapes["Foot"].text_frame.paragraphs[0].runs[0].text = foot
    return presentation


class _Deck:
    def __init__(self, report: Report) -> None:
        self.report = report
        self.presentation = _from_template(report)
        self.presentation.core_properties.title = f"Quarterly highlight report, {report.force.text}, {report.period.title}"
        self.presentation.core_properties.author = report.card.owner
        self.presentation.core_properties.subject = report.plan.text
        self.presentation.core_properties.keywords = f"run {report.heartbeat.run_id}"

    # ---- slides

    def cover(self) -> None:
        report = self.report
        slide = self._titled(0, "Quarterly highlight report")
        rows: list[Paragraph] = [
            [(report.plan.text, 1.5, False, INK)],
            [(report.force.text, 1.5, True, INK)],
            [(f"{report.period.title}; figures to {date_text(report.period.month_end)}", 1.1, False, SOFT)],
            [("Draft: not signed off", 1.1, True, CONCERN_DARK)]
            if report.is_draft or report.signed_on is None
            else [(f"Signed off by {report.signed_by} on {date_text(report.signed_on)}", 1.1, True, IMPROVEMENT_DARK)],
        ]
        text_box(slide, rows, LEFT + 0.3, 2.35, 11.8, 1.3, 12)
        contents: list[Paragraph] = []
        for priority in report.priorities:
            contents.append([(f"Priority {priority.number}: {priority.title.text}", 1.0, True, BRAND)])
            contents.append([(" · ".join(topic.title.text for topic in priority.topics), 0.92, False, INK)])
        text_box(slide, contents, LEFT + 0.3, 3.85, 7.4, 3.1, fitting_size(contents, 7.4, 3.1, 12))
        if report.notices:
            notices: list[Paragraph] = [[("Before you read", 1.0, True, BRAND)]]
            notices += [[(f"• {plain(notice.text)}", 1.0, False, INK)] for notice in report.notices]
            text_box(slide, notices, 8.4, 3.85, 4.5, 3.1, fitting_size(notices, 4.3, 2.9, 11), fill=PALE)
        _notes(slide, report, [], [])

    def summary(self) -> None:
        """The report on one slide: its sentences, what the figures say of each topic, and what to watch."""
        report = self.report
        slide = self._slide("Summary", "What needs attention")
        left, right, x = 6.6, 5.55, 7.33
        y = TOP
        if report.summary:
            y = heading(slide, "In five sentences", LEFT, y, left)
            sentences: list[Paragraph] = [[(f"• {sentence.text}", 1.0, False, INK)] for sentence in report.summary]
            size = fitting_size(sentences, left, 1.6, 10)
            y += text_box(slide, sentences, LEFT, y, left, height_of(sentences, left, size), size) + 0.1
        topics = [(topic.title.text, "  ".join(filter(None, (plain(topic.finding), TONE_MARKS[topic.tone])))) for topic in report.topics]
        widths = (1.75, left - 1.75)
        y = heading(slide, "What the figures say", LEFT, y, left)
        native_table(slide, "Findings", ("Topic", "Finding"), topics, LEFT, y, widths, fitting_table(topics, widths, BOTTOM - y))
        watched = [(_owned(d.title, d.owner), d.due.text, *_rags(d)) for d in report.deliverables_to_watch[:MOST_TO_WATCH]]
        risks = [_risk(r) for r in report.risks_to_watch[:MOST_TO_WATCH]]
        action_widths, risk_widths = (2.65, 0.85, 0.6, 1.45), (0.8, 3.1, 0.9, 0.75)
        size = next(
            (s for s in (9.0, 8.5, 8.0) if table_height(watched, action_widths, s) + table_height(risks, risk_widths, s) < BOTTOM - TOP - 0.75), 7.5
        )
        y = heading(slide, "Deliverables to watch", x, TOP, right)
        if watched:
            y += native_table(slide, "Deliverables to watch", ("Action", "Date due", "Stated", "By rule"), watched, x, y, action_widths, size)
        else:
            y += text_box(slide, [_nothing("Every deliverable is on track, and stated so.")], x, y, right, 0.3, 10)
        y = heading(slide, "Risks and issues to watch", x, y + 0.12, right)
        if risks:
            native_table(slide, "Risks and issues to watch", RISK_HEADS, risks, x, y, risk_widths, size)
        else:
            text_box(slide, [_nothing("None is high, has moved up or is due for review.")], x, y, right, 0.3, 10)
        lines: list[tuple[Part, ...]] = [(sentence,) for sentence in report.summary] + [topic.finding for topic in report.topics]
        lines += [(d.title, " ", d.due) for d in report.deliverables_to_watch] + [(r.risk_id, " ", r.title) for r in report.risks_to_watch]
        _notes(slide, report, lines, [])

    def _titled(self, layout: int, title: str) -> Slide:
        slide: Slide = self.presentation.slides.add_slide(self.presentation.slide_layouts[layout])
        assert slide.shapes.title is not None  # both layouts of the template have one
        slide.shapes.title.text_frame.text = title
        return slide

    def _slide(self, kicker: str, title: str) -> Slide:
        slide = self._titled(1, title)
        text_box(slide, [[(kicker, 1.0, False, SOFT)]], LEFT, 0.13, 9.5, 0.23, 10)
        return slide

    def opening(self, priority: Priority) -> None:
        title = f"Priority {priority.number}: {priority.title.text}"
        slide = self._slide("Plan delivery and governance", title)
        outcomes: list[Paragraph] = [_bullet((item.title,), [item.when]) for item in priority.outcomes]
        focus: list[Paragraph] = [_bullet((item.title,), [item.when, item.owner]) for item in priority.focus]
        stacked(
            slide,
            [
                ("Outcomes achieved this quarter", outcomes or [_nothing("None is recorded for this quarter.")]),
                ("PCC focus next quarter", focus or [_nothing("None is recorded.")]),
            ],
            LEFT,
            TOP,
            5.7,
            BOTTOM - TOP,
            largest=13.0,
        )
        x, w = 6.45, 6.43
        deliverables = [
            (_owned(d.title, d.owner), d.due.text, d.progress.text + (f" ({d.change.text})" if d.change else ""), *_rags(d))
            for d in priority.deliverables
        ]
        risks = [_risk(r) for r in priority.risks]
        action_widths, risk_widths = (2.6, 0.93, 0.85, 0.7, 1.35), (0.95, 3.53, 1.0, 0.95)
        size = next(
            (
                s
                for s in (10.0, 9.5, 9.0, 8.5, 8.0)
                if table_height(deliverables, action_widths, s) + table_height(risks, risk_widths, s) < BOTTOM - TOP - 0.9
            ),
            8.0,
        )
        y = heading(slide, "Deliverables: progress", x, TOP, w)
        y += (
            native_table(slide, "Deliverables", ("Action", "Date due", "Progress", "Stated", "By rule"), deliverables, x, y, action_widths, size)
            if deliverables
            else text_box(slide, [_nothing("None is recorded.")], x, y, w, 0.3, 10)
        )
        if y + 0.5 + table_height(risks, risk_widths, size) > BOTTOM and risks:
            _notes_of_priority(slide, self.report, priority)
            slide = self._slide("Plan delivery and governance", f"Priority {priority.number}: risks and issues")
            x, y, risk_widths = LEFT, TOP - 0.15, (1.0, 8.6, 1.4, 1.43)
        y = heading(slide, "Risks and issues", x, y + 0.15, sum(risk_widths))
        if risks:
            native_table(slide, "Risks and issues", RISK_HEADS, risks, x, y, risk_widths, size)
        else:
            text_box(slide, [_nothing("None is recorded.")], x, y, w, 0.3, 10)
        _notes_of_priority(slide, self.report, priority)

    def topic(self, priority: Priority, topic: Topic) -> None:
        kicker = f"Priority {priority.number}: {priority.title.text}"
        slide = self._slide(kicker, topic.title.text)
        left_width = 6.75
        right = LEFT + left_width + 0.3
        right_width = WIDTH - right - LEFT
        shown = topic.charts[:6]
        across = 2 if len(shown) <= 4 else 3
        chart_rows = -(-len(shown) // across)
        has_key = any(chart.kind == "spc" for chart in shown)
        above = TOP + 0.28 + (0.86 if topic.tiles else 0) + (0.2 if has_key else 0)
        now: Block = (
            "Now what? What action do we need to take, or are taking?",
            [_remark(r) for r in topic.now_what] or [_nothing("No action is recorded for this topic and quarter.")],
        )
        so: Block = (
            "So what? What is happening, what does the analysis tell us?",
            [_remark(r) for r in topic.so_what] or [_nothing("Nobody has written commentary on this topic for this quarter.")],
        )
        leads: list[Paragraph] = [[(topic.headline.text, 1.0, True, INK)]] if topic.headline else []
        summary: Block = ("Data summary", [*leads, *(_summary(line) for line in topic.summary)])
        beside: Block = ("Beside the figures", [[(f"{c.letter} ", 0.85, True, SOFT), (c.text.text, 0.85, False, SOFT)] for c in topic.caveats])
        notes = [beside] if topic.caveats else []

        def sizes(height: float, left: list[Block], to_the_right: list[Block]) -> tuple[float, float]:
            return block_size(left, left_width, BOTTOM - above - chart_rows * height), block_size(to_the_right, right_width, BOTTOM - TOP)

        # the largest text that fits: charts shrink before text becomes unreadable, notes go where there is room
        arrangements = [
            (height, left, to_the_right)
            for height in (1.62, 1.45, 1.3)
            for left, to_the_right in (([now, *notes], [summary, so]), ([now], [summary, so, *notes]))
        ]
        chart_height, left, to_the_right = next((a for a in arrangements if min(sizes(*a)) >= 9.5), None) or max(
            arrangements, key=lambda a: (min(sizes(*a)), a[0])
        )
        is_continued = min(sizes(chart_height, left, to_the_right)) < READABLE
        if is_continued:  # what is said has a slide of its own
            chart_height, left, to_the_right = arrangements[0][0], notes, [summary]
        y = heading(slide, "What? What is the situation?", LEFT, TOP, left_width)
        if topic.tiles:
            draw_tiles(slide, topic.tiles, LEFT, y, left_width, 0.78)
            y += 0.86
        for n, chart in enumerate(shown):
            chart_frame(
                slide,
                chart,
                LEFT + (n % across) * (left_width / across + 0.05),
                y + (n // across) * chart_height,
                left_width / across - 0.05,
                chart_height - 0.04,
            )
        y += chart_rows * chart_height
        if has_key:
            text_box(slide, [KEY], LEFT, y - 0.02, left_width, 0.2, 7.5)
            y += 0.18
        stacked(slide, left, LEFT, y + 0.02, left_width, BOTTOM - y - 0.02)
        stacked(slide, to_the_right, right, TOP, right_width, BOTTOM - TOP)
        _notes(
            slide,
            self.report,
            [line.parts for line in topic.summary] + [(*tile.title, " ", *tile.value) for tile in topic.tiles],
            [c.source for c in topic.charts],
        )
        if is_continued:
            slide = self._slide(kicker, f"{topic.title.text}: so what, now what")
            half = (WIDTH - 2 * LEFT - 0.3) / 2
            stacked(slide, [so], LEFT, TOP, half, BOTTOM - TOP, largest=13.0)
            stacked(slide, [now], LEFT + half + 0.3, TOP, half, BOTTOM - TOP, largest=13.0)
            _notes(slide, self.report, [(remark.sentence,) for remark in (*topic.so_what, *topic.now_what)], [])

    def terms(self) -> None:
        per_slide = 34
        terms = self.report.terms
        for start in range(0, max(len(terms), 1), per_slide):
            slide = self._slide("Reference", "Terminology" + (" (continued)" if start else ""))
            shown = terms[start : start + per_slide]
            half = (len(shown) + 1) // 2
            for n, part in enumerate((shown[:half], shown[half:])):
                if part:
                    rows = [(term.term.text, term.meaning.text) for term in part]
                    native_table(slide, "Terminology", ("Term", "Meaning"), rows, LEFT + n * 6.3, TOP - 0.05, (1.15, 4.95), 9.0)
            _notes(slide, self.report, [(term.term,) for term in shown], [])

    def governance(self) -> None:
        slide = self._slide("Reference", "Governance and decision making")
        nodes = self.report.nodes
        if not nodes:
            text_box(slide, [_nothing("No governance map has come in with the governance workbook.")], LEFT, TOP, 12, 0.4, 11)
            return
        columns = max(node.column for node in nodes) + 1
        step = (WIDTH - 2 * LEFT) / columns
        boxes: dict[str, Shape] = {}
        at: dict[str, tuple[int, float]] = {}
        for node in nodes:
            count = sum(1 for other in nodes if other.column == node.column)
            y = TOP + 0.3 + (BOTTOM - TOP - 0.6) * (node.row + 0.5) / count - 0.32
            box = slide.shapes.add_shape(MSO_SHAPE.ROUNDED_RECTANGLE, Inches(LEFT + node.column * step), Inches(y), Inches(step - 0.38), Inches(0.64))
            box.name = f"Box: {node.name.text}"
            fill_with(box, PALE)
            outline(box, BRAND, 1)
            unstyled(box)
            frame = box.text_frame
            frame.word_wrap = True
            frame.margin_left = frame.margin_right = Inches(0.05)
            write_paragraphs(frame, [[(node.name.text, 1.0, False, INK)]], 10, PP_ALIGN.CENTER)
            frame.vertical_anchor = MSO_ANCHOR.MIDDLE
            boxes[node.node_id], at[node.node_id] = box, (node.column, y)
        for arrow in self.report.arrows:
            start, end = at[arrow.from_node], at[arrow.to_node]
            line = slide.shapes.add_connector(MSO_CONNECTOR.STRAIGHT, Inches(0), Inches(0), Inches(0), Inches(0))
            line.name = f"{arrow.from_name.text} {arrow.relation.text} {arrow.to_name.text}"
            unstyled(line)
            forward = end[0] > start[0]
            line.begin_connect(boxes[arrow.from_node], 3 if forward else 1)
            line.end_connect(boxes[arrow.to_node], 1 if forward else 3)
            line.line.color.rgb = rgb(SOFT)
            line.line.width = Pt(1)
            if arrow.relation.text == "holds to account":
                line.line.dash_style = MSO_LINE.DASH
            line.line._get_or_add_ln().append(parse_xml(f'<a:tailEnd {nsdecls("a")} type="triangle"/>'))
            slide.shapes._spTree.insert(2, line._element)  # behind the boxes
        _notes(slide, self.report, [(a.from_name, " ", a.relation, " ", a.to_name) for a in self.report.arrows], [])

    def basis(self) -> None:
        report, beat = self.report, self.report.heartbeat
        slide = self._slide("Reference", "What the figures rest on")
        facts = [
            ("Published", f"{beat.published_at:%d %b %Y %H:%M} UTC"),
            ("Data to", date_text(beat.data_to) if beat.data_to else ""),
            *([("As known on", str(beat.as_at))] if beat.as_at else []),
            ("Run", beat.run_id),
            ("Version", beat.package_version + (f" ({beat.code_commit[:12]})" if beat.code_commit else "")),
            ("Source files", f"{beat.files:,}"),
            ("Checks that warned", f"{beat.warnings:,}"),
            *([("Governance workbook", report.governance_as_of.text)] if report.governance_as_of else []),
        ]
        height = native_table(slide, "This publication", ("This publication", ""), facts, LEFT, TOP, (1.7, 4.3), 10)
        how: list[Paragraph] = [
            [("How to trace a figure", 1.1, True, BRAND)],
            *([(words, 1.0, False, INK)] for words in HOW_TO_TRACE),
        ]
        text_box(slide, how, LEFT, TOP + height + 0.15, 6.0, 2.4, 10.5)
        paragraphs: list[Paragraph] = []
        for notice in report.notices:
            paragraphs.append([(plain(notice.text), 1.05, True, BRAND)])
            paragraphs += [[(f"• {plain(item)}", 1.0, False, INK)] for item in notice.items]
        if paragraphs:
            text_box(slide, paragraphs, 6.75, TOP, 6.1, BOTTOM - TOP, fitting_size(paragraphs, 6.1, BOTTOM - TOP, 10.5))
        _notes(slide, report, [], [])


# ---- what stands on them


def _bullet(parts: tuple[Part, ...], by: Sequence[Cell | None]) -> Paragraph:
    beside = " · ".join(cell.text for cell in by if cell is not None)
    return [(f"• {plain(parts)}", 1.0, False, INK), *([(f"  {beside}", 0.85, False, SOFT)] if beside else [])]


RISK_HEADS = ("No.", "Risk or issue", "Score", "Moved")


def _owned(title: Cell, owner: Cell | None) -> str:
    return title.text + (f" ({owner.text})" if owner else "")


def _rags(d: Deliverable) -> tuple[str, str]:
    """The RAG of a deliverable as stated, and by rule."""
    by_rule = d.state + (f" by {d.days_overdue.text} days" if d.days_overdue else "")
    return d.stated.text if d.stated else "–", f"{d.rag.text}: {by_rule}" if d.rag else by_rule


def _risk(r: Risk) -> tuple[str, str, str, str]:
    score = f"{r.score.text} {r.band.text if r.band else ''}".strip() if r.score else r.kind.text
    return (
        r.risk_id.text,
        _owned(r.title, r.owner),
        score,
        (r.movement.text if r.movement else "") + (", review overdue" if r.is_review_overdue else ""),
    )


def _nothing(words: str) -> Paragraph:
    return [(words, 1.0, False, SOFT)]


def _remark(remark: Remark) -> Paragraph:
    kind = remark.type.text + (", untested" if remark.is_untested else f", {remark.evidence.text}" if remark.evidence else "")
    by = [kind, remark.owner.text if remark.owner else "author not given"]
    by += [f"due {remark.due.text}"] if remark.due else ["no due date"] if remark.lacks_due_date else []
    by.append(f"written {remark.listed_as_of.text}")
    return [
        (f"• {remark.sentence.text}", 1.0, False, INK),
        (f"  {by[0]}", 0.8, remark.is_untested, NEUTRAL if remark.is_untested else SOFT),
        (" · " + " · ".join(by[1:]), 0.8, False, SOFT),
        *((f"  Against the figures: {issue.message.text}", 0.8, True, CONCERN_DARK) for issue in remark.issues),
    ]


def _summary(line: Line) -> Paragraph:
    _, dark, mark, _ = TONES[line.tone]
    runs: Paragraph = [(f"{mark} ", 1.0, True, dark)]
    if line.lead:
        runs += [(plain(line.lead), 1.0, True, INK), (" – ", 1.0, False, INK)]
    runs.append((plain(line.statement), 1.0, False, INK))
    if line.is_stale:
        runs.append(("  older than this report's month", 0.85, False, CONCERN_DARK))
    if line.caveats:
        runs.append((f"  [{', '.join(line.caveats)}]", 0.8, False, SOFT))
    return runs


KEY: Paragraph = [
    ("thin line: month   ", 1.0, False, SOFT),
    ("black: mean   ", 1.0, False, SOFT),
    ("dashed: limits   ", 1.0, False, SOFT),
    ("red dashes: target   ", 1.0, False, TARGET),
    ("● improvement   ", 1.0, True, IMPROVEMENT_DARK),
    ("■ concern   ", 1.0, True, CONCERN_DARK),
    ("▲ neither way is better", 1.0, True, NEUTRAL),
]


def draw_tiles(slide: Slide, tiles: Sequence[Tile], x: float, y: float, w: float, h: float) -> None:
    gap = 0.08
    each = (w - gap * (len(tiles) - 1)) / len(tiles)
    for n, tile in enumerate(tiles):
        left = x + n * (each + gap)
        box = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, Inches(left), Inches(y), Inches(each), Inches(h))
        box.name = f"Tile: {plain(tile.title)}"
        fill_with(box, PALE)
        box.line.fill.background()
        unstyled(box)
        edge = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, Inches(left), Inches(y), Inches(0.06), Inches(h))
        fill_with(edge, TONES[tile.tone][0])
        edge.line.fill.background()
        unstyled(edge)
        edge.name = f"Tone: {tile.tone}"
        frame = box.text_frame
        frame.word_wrap = True
        frame.vertical_anchor = MSO_ANCHOR.MIDDLE
        frame.margin_left, frame.margin_right, frame.margin_top, frame.margin_bottom = Inches(0.12), Inches(0.03), Inches(0.02), Inches(0.02)
        change = "  ".join(words for words in (plain(tile.change), TONE_MARKS[tile.tone]) if words)
        rows: list[Paragraph] = [
            [(plain(tile.title), 0.94, False, INK)],
            [(plain(tile.value), 1.85, True, BRAND), (f"  {tile.period.text}" if tile.period else "", 0.82, False, SOFT)],
        ]
        if change:
            rows.append([(change, 0.88, False, INK)])
        write_paragraphs(frame, rows, 8, PP_ALIGN.LEFT)
        for paragraph in frame.paragraphs:
            paragraph.space_after = Pt(0)


# ---- notes


def _notes(slide: Slide, report: Report, lines: Sequence[tuple[Part, ...]], charts: Sequence[str]) -> None:
    """Where the figures come from, in the slide's notes."""
    rows = [f"From the published marts of run {report.heartbeat.run_id}. Each figure: table[key].column."]
    for parts in lines:
        cells = [part for part in parts if isinstance(part, Cell)]
        rows.append(f"{plain(parts)}: " + "; ".join(dict.fromkeys(cell.source for cell in cells)))
    rows += [f"Chart: {source}" for source in charts]
    notes = slide.notes_slide.notes_text_frame
    assert notes is not None  # the template of notes has a place for text
    notes.text = "\n".join(rows)


def _notes_of_priority(slide: Slide, report: Report, priority: Priority) -> None:
    lines: list[tuple[Part, ...]] = [(item.title,) for item in (*priority.outcomes, *priority.focus)]
    lines += [(d.title, " ", d.due, " ", d.progress) for d in priority.deliverables]
    lines += [(r.risk_id, " ", r.title) for r in priority.risks]
    _notes(slide, report, lines, [])
