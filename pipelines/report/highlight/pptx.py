"""The report as slides for PowerPoint: native, editable charts and tables on a master made here; each slide's notes say where its figures come from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lxml import etree
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION, XL_MARKER_STYLE, XL_TICK_LABEL_POSITION, XL_TICK_MARK
from pptx.enum.dml import MSO_LINE
from pptx.enum.shapes import MSO_CONNECTOR, MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.opc.constants import RELATIONSHIP_TYPE as RT
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Inches, Pt

from pipelines.report.charts import CONCERN, IMPROVEMENT, NEUTRAL, OUTLINES, nice_ticks
from pipelines.report.highlight.cells import Cell, Part, plain
from pipelines.report.highlight.html import TONE_MARKS
from pipelines.report.highlight.model import Chart, Priority, Remark, Report, Tile, Topic
from pipelines.report.words import date_text

FONT = "Arial"
NAVY, INK, SOFT, PALE, RULE = "12436D", "1C2733", "4B5B69", "F3F6F9", "CFD7DE"
TONES = {"improvement": "00B0F0", "concern": "E46C0A", "neutral": "8896A3"}
SERIES = ("12436D", "B34700", "490092", "3D3D3D")
WIDTH, HEIGHT = 13.333, 7.5
LEFT, TOP, BOTTOM = 0.45, 1.0, 7.02
# Height of a line and widths of characters, in parts of the size of the font: near enough to Arial's to know what fits.
LINE = 1.17
NARROW, WIDE, MIDDLE = 0.27, 0.84, 0.54
WIDTHS = dict.fromkeys("ijlft.,:;'|!()[]- I·", NARROW) | dict.fromkeys("mwMW%–—±▲■●", WIDE) | dict.fromkeys("ABCDEGHKNOPQRSUVXYZ&", 0.7)
SMALLEST, LARGEST = 7.5, 11.0
# Inches that a heading and the room after its block take.
HEADING = 0.38

# A hyphen before a number is a minus, and must not end a line.
MINUS = re.compile(r"(?<!\w)-(?=\d)")

# A paragraph: runs of text with size factor, weight and colour.
Run = tuple[str, float, bool, str]
Paragraph = list[Run]


def write(report: Report, path: Path) -> None:
    """Write the slides."""
    deck = _Deck(report)
    deck.cover()
    for priority in report.priorities:
        deck.opening(priority)
        for topic in priority.topics:
            deck.topic(priority, topic)
    deck.terms()
    deck.governance()
    deck.basis()
    deck.presentation.save(str(path))


class _Deck:
    def __init__(self, report: Report) -> None:
        self.report = report
        self.presentation: Any = Presentation()
        self.presentation.slide_width, self.presentation.slide_height = Inches(WIDTH), Inches(HEIGHT)
        _master(self.presentation, report)
        self.presentation.core_properties.title = f"Quarterly highlight report, {report.force.text}, {report.period.title}"
        self.presentation.core_properties.author = report.card.owner
        self.presentation.core_properties.subject = report.plan.text
        self.presentation.core_properties.keywords = f"run {report.heartbeat.run_id}"

    # ---- slides

    def cover(self) -> None:
        report = self.report
        slide = self.presentation.slides.add_slide(self.presentation.slide_layouts[0])
        slide.shapes.title.text = "Quarterly highlight report"
        slide.shapes.title.text_frame.paragraphs[0].font.size = Pt(38)
        rows: list[Paragraph] = [
            [(report.plan.text, 1.5, False, INK)],
            [(report.force.text, 1.5, True, INK)],
            [(f"{report.period.title}; figures to {date_text(report.period.month_end)}", 1.1, False, SOFT)],
            [("Draft: not signed off", 1.1, True, "9C4700")]
            if report.is_draft or report.signed_on is None
            else [(f"Signed off by {report.signed_by} on {date_text(report.signed_on)}", 1.1, True, "006A94")],
        ]
        _text(slide, rows, LEFT + 0.3, 2.35, 11.8, 1.7, 14)
        contents: list[Paragraph] = []
        for priority in report.priorities:
            contents.append([(f"Priority {priority.number}: {priority.title.text}", 1.0, True, NAVY)])
            contents.append([(" · ".join(topic.title.text for topic in priority.topics), 0.92, False, INK)])
        _text(slide, contents, LEFT + 0.3, 4.05, 7.4, 2.8, 11)
        if report.notices:
            notices: list[Paragraph] = [[("Before you read", 1.0, True, NAVY)]]
            notices += [[(f"• {plain(notice.text)}", 1.0, False, INK)] for notice in report.notices]
            _text(slide, notices, 8.4, 4.05, 4.5, 2.8, 10.5, fill=PALE)
        _notes(slide, report, [], [])

    def _slide(self, kicker: str, title: str) -> Any:
        slide = self.presentation.slides.add_slide(self.presentation.slide_layouts[1])
        slide.shapes.title.text = title
        _text(slide, [[(kicker, 1.0, False, SOFT)]], LEFT, 0.17, 9.5, 0.26, 10)
        return slide

    def opening(self, priority: Priority) -> None:
        title = f"Priority {priority.number}: {priority.title.text}"
        slide = self._slide("Plan delivery and governance", title)
        outcomes: list[Paragraph] = [_bullet((item.title,), [item.when]) for item in priority.outcomes]
        focus: list[Paragraph] = [_bullet((item.title,), [item.when, item.owner]) for item in priority.focus]
        _stacked(
            slide,
            [
                ("Outcomes achieved this quarter", outcomes or [_nothing("None is recorded for this quarter.")]),
                ("PCC focus next quarter", focus or [_nothing("None is recorded.")]),
            ],
            LEFT,
            TOP,
            5.7,
            BOTTOM - TOP,
        )
        x, w = 6.45, 6.43
        deliverables = [
            (
                d.title.text + (f" ({d.owner.text})" if d.owner else ""),
                d.due.text,
                d.progress.text + (f" ({d.change.text})" if d.change else ""),
                _state(d),
            )
            for d in priority.deliverables
        ]
        risks = [
            (
                r.risk_id.text,
                r.title.text + (f" ({r.owner.text})" if r.owner else ""),
                f"{r.score.text} {r.band.text if r.band else ''}".strip() if r.score else r.kind.text,
                (r.movement.text if r.movement else "") + (", review overdue" if r.is_review_overdue else ""),
            )
            for r in priority.risks
        ]
        heads = ("Action", "Date due", "Progress", "By rule"), ("No.", "Risk or issue", "Score", "Moved")
        widths = (3.35, 1.15, 0.93, 1.0), (0.85, 3.75, 0.93, 0.9)
        size = next(
            (s for s in (9.5, 9.0, 8.5, 8.0) if _table_height(deliverables, widths[0], s) + _table_height(risks, widths[1], s) < BOTTOM - TOP - 0.9),
            8.0,
        )
        y = _heading(slide, "Deliverables: progress", x, TOP, w)
        y += (
            _table(slide, "Deliverables", heads[0], deliverables, x, y, widths[0], size)
            if deliverables
            else _text(slide, [_nothing("None is recorded.")], x, y, w, 0.3, 10)
        )
        if y + 0.5 + _table_height(risks, widths[1], size) > BOTTOM and risks:
            _notes_of_priority(slide, self.report, priority)
            slide = self._slide("Plan delivery and governance", f"{title}: risks and issues")
            x, y, widths = LEFT, TOP - 0.15, ((), (1.0, 8.6, 1.4, 1.43))
        y = _heading(slide, "Risks and issues", x, y + 0.15, sum(widths[1]))
        if risks:
            _table(slide, "Risks and issues", heads[1], risks, x, y, widths[1], size)
        else:
            _text(slide, [_nothing("None is recorded.")], x, y, w, 0.3, 10)
        _notes_of_priority(slide, self.report, priority)

    def topic(self, priority: Priority, topic: Topic) -> None:
        kicker = f"Priority {priority.number}: {priority.title.text}"
        slide = self._slide(kicker, topic.title.text)
        left_width = 6.75
        right = LEFT + left_width + 0.3
        right_width = WIDTH - right - LEFT
        shown = topic.charts[:4]
        chart_rows = (len(shown) + 1) // 2
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
        summary: Block = ("Data summary", [_summary(line) for line in topic.summary])
        beside: Block = ("Beside the figures", [[(f"{c.letter} ", 0.85, True, SOFT), (c.text.text, 0.85, False, SOFT)] for c in topic.caveats])
        notes = [beside] if topic.caveats else []

        def sizes(height: float, left: list[Block], to_the_right: list[Block]) -> tuple[float, float]:
            return _block_size(left, left_width, BOTTOM - above - chart_rows * height), _block_size(to_the_right, right_width, BOTTOM - TOP)

        # as large as the text allows: charts give way to text that could not be read, notes go where there is room
        arrangements = [
            (height, left, to_the_right)
            for height in (1.62, 1.45, 1.3)
            for left, to_the_right in (([now, *notes], [summary, so]), ([now], [summary, so, *notes]))
        ]
        chart_height, left, to_the_right = next((a for a in arrangements if min(sizes(*a)) >= 9.5), None) or max(
            arrangements, key=lambda a: (min(sizes(*a)), a[0])
        )
        y = _heading(slide, "What? What is the situation?", LEFT, TOP, left_width)
        if topic.tiles:
            _tiles(slide, topic.tiles, LEFT, y, left_width, 0.78)
            y += 0.86
        for n, chart in enumerate(shown):
            _chart(slide, chart, LEFT + (n % 2) * (left_width / 2 + 0.05), y + (n // 2) * chart_height, left_width / 2 - 0.05, chart_height - 0.04)
        y += chart_rows * chart_height
        if has_key:
            _text(slide, [KEY], LEFT, y - 0.02, left_width, 0.2, 7.5)
            y += 0.18
        _stacked(slide, left, LEFT, y + 0.02, left_width, BOTTOM - y - 0.02)
        _stacked(slide, to_the_right, right, TOP, right_width, BOTTOM - TOP)
        _notes(
            slide,
            self.report,
            [line.parts for line in topic.summary] + [(*tile.title, " ", *tile.value) for tile in topic.tiles],
            [c.source for c in topic.charts],
        )

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
                    _table(slide, "Terminology", ("Term", "Meaning"), rows, LEFT + n * 6.3, TOP - 0.05, (1.15, 4.95), 9.0)
            _notes(slide, self.report, [(term.term,) for term in shown], [])

    def governance(self) -> None:
        slide = self._slide("Reference", "Governance and decision making")
        nodes = self.report.nodes
        if not nodes:
            _text(slide, [_nothing("No governance map has come in with the governance workbook.")], LEFT, TOP, 12, 0.4, 11)
            return
        columns = max(node.column for node in nodes) + 1
        step = (WIDTH - 2 * LEFT) / columns
        boxes: dict[str, Any] = {}
        at: dict[str, tuple[int, float]] = {}
        for node in nodes:
            count = sum(1 for other in nodes if other.column == node.column)
            y = TOP + 0.3 + (BOTTOM - TOP - 0.6) * (node.row + 0.5) / count - 0.32
            box = slide.shapes.add_shape(MSO_SHAPE.ROUNDED_RECTANGLE, Inches(LEFT + node.column * step), Inches(y), Inches(step - 0.38), Inches(0.64))
            box.name = f"Box: {node.name.text}"
            _fill(box, PALE)
            _outline(box, NAVY, 1)
            _plain(box)
            frame = box.text_frame
            frame.word_wrap = True
            frame.margin_left = frame.margin_right = Inches(0.05)
            _paragraphs(frame, [[(node.name.text, 1.0, False, INK)]], 10, PP_ALIGN.CENTER)
            frame.vertical_anchor = MSO_ANCHOR.MIDDLE
            boxes[node.node_id], at[node.node_id] = box, (node.column, y)
        for arrow in self.report.arrows:
            start, end = at[arrow.from_node], at[arrow.to_node]
            line = slide.shapes.add_connector(MSO_CONNECTOR.STRAIGHT, 0, 0, 0, 0)
            line.name = f"{arrow.from_name.text} {arrow.relation.text} {arrow.to_name.text}"
            forward = end[0] > start[0]
            line.begin_connect(boxes[arrow.from_node], 3 if forward else 1)
            line.end_connect(boxes[arrow.to_node], 1 if forward else 3)
            line.line.color.rgb = RGBColor.from_string(SOFT)
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
        height = _table(slide, "This publication", ("This publication", ""), facts, LEFT, TOP, (1.7, 4.3), 10)
        how: list[Paragraph] = [
            [("How to trace a figure", 1.1, True, NAVY)],
            [
                (
                    "The notes of each slide list its figures with the table, key and column of the published marts that they were read from. ",
                    1.0,
                    False,
                    INK,
                ),
                ("scorecards explain", 1.0, True, INK),
                (
                    " with a measure's name says what it counts, what it rests on and which source files its rows came from. Charts and tables are native: their data can be opened.",
                    1.0,
                    False,
                    INK,
                ),
            ],
            [
                (
                    "Changes are tested against chance and say so. Monthly charts show the mean and the limits of a process behaviour chart. A hypothesis is nobody's finding until it has been tested.",
                    1.0,
                    False,
                    INK,
                )
            ],
        ]
        _text(slide, how, LEFT, TOP + height + 0.15, 6.0, 2.4, 10.5)
        paragraphs: list[Paragraph] = []
        for notice in report.notices:
            paragraphs.append([(plain(notice.text), 1.05, True, NAVY)])
            paragraphs += [[(f"• {plain(item)}", 1.0, False, INK)] for item in notice.items]
        if paragraphs:
            _text(slide, paragraphs, 6.75, TOP, 6.1, BOTTOM - TOP, _fitting(paragraphs, 6.1, BOTTOM - TOP, 10.5))
        _notes(slide, report, [], [])


# ---- the master


def _master(presentation: Any, report: Report) -> None:
    """One theme, one master, two layouts: a cover, and a title with free room beneath."""
    master = presentation.slide_master
    theme = next(rel.target_part for rel in master.part.rels.values() if rel.reltype == RT.THEME)
    theme._blob = _theme(theme.blob)
    layouts = presentation.slide_layouts
    cover, title_only = layouts.get_by_name("Title Slide"), layouts.get_by_name("Title Only")
    for layout in [one for one in layouts if one not in (cover, title_only)]:
        layouts.remove(layout)
    for holder in [*master.placeholders, *cover.placeholders, *title_only.placeholders]:
        if holder.placeholder_format.type is not None and holder.placeholder_format.idx in (10, 11, 12, 13, 2, 3, 4):
            holder._element.getparent().remove(holder._element)  # date, footer and number: the master's own line says them
    for holder in list(cover.placeholders):
        if holder.placeholder_format.idx == 1:
            holder._element.getparent().remove(holder._element)
    _place(master.placeholders[0], LEFT, 0.36, WIDTH - 2 * LEFT, 0.56)
    for holder in master.placeholders:
        if holder.placeholder_format.idx == 1:
            _place(holder, LEFT, TOP, WIDTH - 2 * LEFT, BOTTOM - TOP)
    _place(title_only.placeholders[0], LEFT, 0.36, WIDTH - 2 * LEFT, 0.56)
    _place(cover.placeholders[0], LEFT + 0.3, 1.35, 11.8, 0.95)
    title_style = master._element.find(qn("p:txStyles")).find(qn("p:titleStyle")).find(qn("a:lvl1pPr"))
    title_style.set("algn", "l")
    run = title_style.find(qn("a:defRPr"))
    run.set("sz", "2200")
    run.set("b", "1")
    for old in run.findall(qn("a:solidFill")):
        run.remove(old)
    run.insert(0, parse_xml(f'<a:solidFill {nsdecls("a")}><a:srgbClr val="{NAVY}"/></a:solidFill>'))
    for holder in (master.placeholders[0], title_only.placeholders[0], cover.placeholders[0]):
        body = holder._element.txBody.find(qn("a:bodyPr"))
        body.set("anchor", "ctr")
        for name in ("lIns", "rIns", "tIns", "bIns"):
            body.set(name, "0")
        for child in list(body):
            body.remove(child)
        body.append(parse_xml(f"<a:normAutofit {nsdecls('a')}/>"))
    tree = master.shapes._spTree
    shapes = [_shape_xml(901, "Bar", 0, 0, WIDTH, 0.11, fill=NAVY)]
    line = f"OFFICIAL – internal   ·   {report.force.text}   ·   {report.period.title}   ·   run {report.heartbeat.run_id}"
    if report.is_draft:
        line += "   ·   Draft: not signed off"
        shapes.insert(
            0, _shape_xml(902, "Watermark", 1.2, 2.4, 10.9, 2.7, words="DRAFT", size=170, colour="F9F3ED", bold=True, rotation=-24, centred=True)
        )
    shapes.append(_shape_xml(903, "Foot", LEFT, 7.12, 11.3, 0.26, words=line, size=8, colour=SOFT))
    shapes.append(_shape_xml(904, "Number", WIDTH - LEFT - 0.8, 7.12, 0.8, 0.26, field=True, size=8, colour=SOFT))
    for n, shape in enumerate(shapes):
        tree.insert(2 + n, shape)


def _theme(blob: bytes) -> bytes:
    """The theme with our fonts and colours."""
    root = etree.fromstring(blob)
    a = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
    root.set("name", "Scorecards")
    for font in root.iter(f"{a}latin"):
        font.set("typeface", FONT)
    colours = {
        "dk2": NAVY,
        "lt2": PALE,
        "accent1": NAVY,
        "accent2": "00B0F0",
        "accent3": "E46C0A",
        "accent4": "490092",
        "accent5": "B34700",
        "accent6": "3D3D3D",
        "hlink": NAVY,
        "folHlink": "490092",
    }
    scheme = next(root.iter(f"{a}clrScheme"))
    scheme.set("name", "Scorecards")
    for name, value in colours.items():
        element = scheme.find(f"{a}{name}")
        for child in list(element):
            element.remove(child)
        etree.SubElement(element, f"{a}srgbClr").set("val", value)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _shape_xml(
    number: int,
    name: str,
    x: float,
    y: float,
    w: float,
    h: float,
    fill: str | None = None,
    words: str = "",
    field: bool = False,
    size: float = 8,
    colour: str = SOFT,
    bold: bool = False,
    rotation: int = 0,
    centred: bool = False,
) -> Any:
    """A shape of the master; python-pptx has no way to add one there."""
    style = f'sz="{int(size * 100)}" b="{int(bold)}"'
    painted = f'<a:solidFill><a:srgbClr val="{colour}"/></a:solidFill><a:latin typeface="{FONT}"/>'
    escaped = words.replace("&", "&amp;").replace("<", "&lt;")
    content = (
        f'<a:fld id="{{5C22544A-7EE6-4342-B048-85BDC9FD1C3A}}" type="slidenum"><a:rPr lang="en-GB" {style}>{painted}</a:rPr><a:t>‹#›</a:t></a:fld>'
        if field
        else f'<a:r><a:rPr lang="en-GB" {style}>{painted}</a:rPr><a:t>{escaped}</a:t></a:r>'
        if words
        else ""
    )
    align = "ctr" if centred else "r" if field else "l"
    turned = f' rot="{rotation * 60000}"' if rotation else ""
    return parse_xml(
        f'<p:sp {nsdecls("p", "a")}><p:nvSpPr><p:cNvPr id="{number}" name="{name}"/><p:cNvSpPr/><p:nvPr userDrawn="1"/></p:nvSpPr>'
        f'<p:spPr><a:xfrm{turned}><a:off x="{Inches(x)}" y="{Inches(y)}"/><a:ext cx="{Inches(w)}" cy="{Inches(h)}"/></a:xfrm>'
        f'<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>{f"<a:solidFill><a:srgbClr val={chr(34)}{fill}{chr(34)}/></a:solidFill>" if fill else "<a:noFill/>"}<a:ln><a:noFill/></a:ln></p:spPr>'
        f'<p:txBody><a:bodyPr wrap="square" lIns="0" rIns="0" tIns="0" bIns="0" anchor="ctr"/><a:lstStyle/><a:p><a:pPr algn="{align}"/>{content}</a:p></p:txBody></p:sp>'
    )


# ---- text


def _place(shape: Any, x: float, y: float, w: float, h: float) -> None:
    shape.left, shape.top, shape.width, shape.height = Inches(x), Inches(y), Inches(w), Inches(h)


def _fill(shape: Any, colour: str) -> None:
    shape.fill.solid()
    shape.fill.fore_color.rgb = RGBColor.from_string(colour)


def _plain(shape: Any) -> None:
    """Without the style that a new shape has: its shadow and its white text."""
    style = shape._element.find(qn("p:style"))
    if style is not None:
        shape._element.remove(style)


def _outline(shape: Any, colour: str, points: float) -> None:
    shape.line.color.rgb = RGBColor.from_string(colour)
    shape.line.width = Pt(points)


def _text(slide: Any, paragraphs: Sequence[Paragraph], x: float, y: float, w: float, h: float, size: float, fill: str | None = None) -> float:
    """A text box; returns its height."""
    box = slide.shapes.add_textbox(Inches(x), Inches(y), Inches(w), Inches(h))
    if fill:
        _fill(box, fill)
    frame = box.text_frame
    frame.word_wrap = True
    margin = Inches(0.1) if fill else 0
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = margin
    _paragraphs(frame, paragraphs, size)
    return h


def _paragraphs(frame: Any, paragraphs: Sequence[Paragraph], size: float, align: Any = None) -> None:
    for n, runs in enumerate(paragraphs):
        paragraph = frame.paragraphs[0] if n == 0 else frame.add_paragraph()
        paragraph.space_after = Pt(size * 0.22)
        if align is not None:
            paragraph.alignment = align
        for words, factor, bold, colour in runs:
            run = paragraph.add_run()
            run.text = MINUS.sub("−", words)
            run.font.size = Pt(round(size * factor * 2) / 2)
            run.font.bold = bold
            run.font.name = FONT
            run.font.color.rgb = RGBColor.from_string(colour)


def _lines(paragraph: Paragraph, width: float, size: float) -> int:
    """How many lines a paragraph takes in a box so many inches wide: words go to the next line where they no longer fit."""
    room, used, lines = width * 72 * 0.985, 0.0, 1
    for text, factor, bold, _ in paragraph:
        for n, word in enumerate(text.split(" ")):
            points = sum(WIDTHS.get(c, MIDDLE) for c in word) * size * factor * (1.07 if bold else 1.0)
            space = NARROW * size * factor if n else 0.0
            if used + space + points > room and used:
                lines, used = lines + 1, points
            else:
                used += space + points
    return lines


def _height(paragraphs: Sequence[Paragraph], width: float, size: float) -> float:
    """Inches that paragraphs take."""
    return sum(_lines(p, width, size) * LINE * size + 0.22 * size for p in paragraphs) / 72


def _fitting(paragraphs: Sequence[Paragraph], width: float, height: float, largest: float = LARGEST) -> float:
    """The largest size, in half points, at which paragraphs fit; not below the smallest that can be read on paper."""
    size = largest
    while size > SMALLEST and _height(paragraphs, width, size) > height:
        size -= 0.5
    return size


def _heading(slide: Any, words: str, x: float, y: float, w: float) -> float:
    """A heading with a rule beneath; returns where its content begins."""
    _text(slide, [[(words, 1.0, True, NAVY)]], x, y, w, 0.22, 10.5)
    rule = slide.shapes.add_connector(MSO_CONNECTOR.STRAIGHT, Inches(x), Inches(y + 0.225), Inches(x + w), Inches(y + 0.225))
    rule.line.color.rgb = RGBColor.from_string(NAVY)
    rule.line.width = Pt(1.25)
    return y + 0.28


Block = tuple[str, list[Paragraph]]


def _block_size(blocks: Sequence[Block], w: float, h: float) -> float:
    """The largest size at which headed blocks fit above each other."""
    size = LARGEST
    while size > SMALLEST and sum(_height(paragraphs, w, size) + HEADING for _, paragraphs in blocks) > h:
        size -= 0.5
    return size


def _stacked(slide: Any, blocks: Sequence[Block], x: float, y: float, w: float, h: float) -> None:
    """Headed blocks one above the other, all at the one largest size at which they fit."""
    size = _block_size(blocks, w, h)
    for words, paragraphs in blocks:
        y = _heading(slide, words, x, y, w)
        height = _height(paragraphs, w, size)
        _text(slide, paragraphs, x, y, w, height, size)
        y += height + HEADING - 0.28


def _bullet(parts: tuple[Part, ...], by: Sequence[Cell | None]) -> Paragraph:
    beside = " · ".join(cell.text for cell in by if cell is not None)
    return [(f"• {plain(parts)}", 1.0, False, INK), *([(f"  {beside}", 0.85, False, SOFT)] if beside else [])]


def _nothing(words: str) -> Paragraph:
    return [(words, 1.0, False, SOFT)]


def _remark(remark: Remark) -> Paragraph:
    kind = remark.type.text + (", untested" if remark.is_untested else f", {remark.evidence.text}" if remark.evidence else "")
    by = [kind, remark.owner.text if remark.owner else "author not given"]
    by += [f"due {remark.due.text}"] if remark.due else []
    by.append(f"written {remark.listed_as_of.text}")
    return [
        (f"• {remark.sentence.text}", 1.0, False, INK),
        (f"  {by[0]}", 0.8, remark.is_untested, "490092" if remark.is_untested else SOFT),
        (" · " + " · ".join(by[1:]), 0.8, False, SOFT),
    ]


def _summary(line: Any) -> Paragraph:
    mark = {"improvement": ("▲ ", "0086B8"), "concern": ("■ ", "E46C0A"), "neutral": ("– ", SOFT)}[line.tone]
    runs: Paragraph = [(mark[0], 1.0, True, mark[1])]
    if line.lead:
        runs += [(plain(line.lead), 1.0, True, INK), (" – ", 1.0, False, INK)]
    runs.append((plain(line.said), 1.0, False, INK))
    if line.is_stale:
        runs.append(("  older than this report's month", 0.85, False, "6E3100"))
    if line.caveats:
        runs.append((f"  [{', '.join(line.caveats)}]", 0.8, False, SOFT))
    return runs


KEY: Paragraph = [
    ("thin line: month   ", 1.0, False, SOFT),
    ("black: mean   ", 1.0, False, SOFT),
    ("dashed: limits   ", 1.0, False, SOFT),
    ("red dashes: target   ", 1.0, False, "8A1C4A"),
    ("● improvement   ", 1.0, True, "0086B8"),
    ("■ concern   ", 1.0, True, "9C4700"),
    ("▲ neither way is better", 1.0, True, "490092"),
]


def _state(deliverable: Any) -> str:
    return deliverable.state + (f" by {deliverable.days_overdue.text} days" if deliverable.days_overdue else "")


# ---- tiles, tables


def _tiles(slide: Any, tiles: Sequence[Tile], x: float, y: float, w: float, h: float) -> None:
    gap = 0.08
    each = (w - gap * (len(tiles) - 1)) / len(tiles)
    for n, tile in enumerate(tiles):
        left = x + n * (each + gap)
        box = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, Inches(left), Inches(y), Inches(each), Inches(h))
        box.name = f"Tile: {plain(tile.title)}"
        _fill(box, PALE)
        box.line.fill.background()
        _plain(box)
        edge = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, Inches(left), Inches(y), Inches(0.06), Inches(h))
        _fill(edge, TONES[tile.tone])
        edge.line.fill.background()
        _plain(edge)
        edge.name = f"Tone: {tile.tone}"
        frame = box.text_frame
        frame.word_wrap = True
        frame.vertical_anchor = MSO_ANCHOR.MIDDLE
        frame.margin_left, frame.margin_right, frame.margin_top, frame.margin_bottom = Inches(0.12), Inches(0.03), Inches(0.02), Inches(0.02)
        change = plain(tile.change) + (f" {TONE_MARKS[tile.tone]}" if TONE_MARKS[tile.tone] and tile.change else "")
        rows: list[Paragraph] = [
            [(plain(tile.title), 0.94, False, INK)],
            [(plain(tile.value), 1.85, True, NAVY), (f"  {tile.period.text}" if tile.period else "", 0.82, False, SOFT)],
        ]
        if change:
            rows.append([(change, 0.88, False, INK)])
        _paragraphs(frame, rows, 8, PP_ALIGN.LEFT)
        for paragraph in frame.paragraphs:
            paragraph.space_after = Pt(0)


def _table_height(rows: Sequence[Sequence[str]], widths: Sequence[float], size: float) -> float:
    return sum(_row_height(row, widths, size) for row in rows) + (size * LINE + 5) / 72 if rows else 0.3


def _row_height(row: Sequence[str], widths: Sequence[float], size: float) -> float:
    lines = max(_lines([(words, 1.0, False, INK)], width - 0.1, size) for words, width in zip(row, widths, strict=True))
    return (lines * size * LINE + 5) / 72


def _table(
    slide: Any, name: str, heads: Sequence[str], rows: Sequence[Sequence[str]], x: float, y: float, widths: Sequence[float], size: float
) -> float:
    """A native table without the style's colours; returns its height."""
    height = _table_height(rows, widths, size)
    shape = slide.shapes.add_table(len(rows) + 1, len(heads), Inches(x), Inches(y), Inches(sum(widths)), Inches(height))
    shape.name = name
    table = shape.table
    style = table._tbl.tblPr
    style.set("bandRow", "0")
    style.find(qn("a:tableStyleId")).text = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"  # no style, no grid
    for n, width in enumerate(widths):
        table.columns[n].width = Inches(width)
    for at, row in enumerate([heads, *rows]):
        table.rows[at].height = Inches(_row_height(row, widths, size) if at else (size * LINE + 5) / 72)
        for n, words in enumerate(row):
            cell = table.cell(at, n)
            cell.margin_left = cell.margin_right = Inches(0.05)
            cell.margin_top = cell.margin_bottom = Pt(2)
            colour, bold = (SOFT, True) if at == 0 else (INK, False)
            if words.startswith("overdue") or words.endswith("review overdue"):
                colour, bold = "9C4700", True
            _paragraphs(cell.text_frame, [[(words, 1.0, bold, colour)]], size)
            cell.text_frame.paragraphs[0].space_after = Pt(0)
            cell.text_frame.paragraphs[0].font.size = Pt(size)  # of an empty cell too, which else makes its row high
            edge = NAVY if at == 0 else RULE
            cell._tc.get_or_add_tcPr().append(
                parse_xml(f'<a:lnB {nsdecls("a")} w="{9525 if at else 12700}"><a:solidFill><a:srgbClr val="{edge}"/></a:solidFill></a:lnB>')
            )
    return height


# ---- charts


def _number(value: float | None, unit: str) -> float | None:
    """A value as Excel keeps it: a duration is a part of a day."""
    return None if value is None else value / 86400 if unit == "seconds" else value


def _format(unit: str, largest: float) -> str:
    if unit == "seconds":
        return "[h]:mm" if largest >= 3600 else "[m]:ss"
    return {"pct": '0.#"%"' if largest < 5 else '0"%"', "count": "#,##0", "gbp": '"£"#,##0'}.get(unit, "0.0")


def _label_format(unit: str, largest: float) -> str:
    return {"seconds": "[h]:mm:ss", "pct": '0.0"%"', "count": "#,##0", "gbp": '"£"#,##0'}.get(unit, "0.0")


def _chart(slide: Any, chart: Chart, x: float, y: float, w: float, h: float) -> None:
    """A native chart under its caption. Signals are series of their own, so that a legend, a filter and a screen reader can name them."""
    note = plain(chart.note)
    caption: Paragraph = [(plain(chart.title), 1.0, True, INK), (f"  {note}" if note else "", 0.88, False, SOFT)]
    lines = _lines(caption, w, 8.5)
    _text(slide, [caption], x, y, w, 0.145 * lines, 8.5)
    data = CategoryChartData()
    numbers: list[float] = []

    def add(name: str, values: list[float | None]) -> None:
        numbers.extend(value for value in values if value is not None)
        data.add_series(name, [_number(value, chart.unit) for value in values])

    if chart.kind == "bars":
        data.categories = [bar.label if isinstance(bar.label, str) else bar.label.text for bar in chart.bars]
        add(plain(chart.title), [bar.value for bar in chart.bars])
        kind = XL_CHART_TYPE.BAR_CLUSTERED
    elif chart.kind == "spc":
        data.categories = [point.month for point in chart.points]
        add("month", [point.value for point in chart.points])
        add("mean", [point.mean for point in chart.points])
        add("upper limit", [point.upper for point in chart.points])
        add("lower limit", [point.lower for point in chart.points])
        if any(point.target is not None for point in chart.points):
            add("target", [point.target for point in chart.points])
        for name, colour in SIGNALS.items():
            if any(point.colour == colour for point in chart.points):
                add(name, [point.value if point.colour == colour else None for point in chart.points])
        kind = XL_CHART_TYPE.LINE_MARKERS
    else:
        months = sorted({point.month for _, points in chart.series for point in points})
        data.categories = months
        for name, points in chart.series:
            known = {point.month: point.value for point in points}
            add(name, [known.get(month) for month in months])
        kind = XL_CHART_TYPE.LINE_MARKERS
    frame = slide.shapes.add_chart(kind, Inches(x), Inches(y + 0.145 * lines), Inches(w), Inches(h - 0.145 * lines), data)
    frame.name = f"Chart: {plain(chart.title)}"
    drawn = frame.chart
    drawn.font.size, drawn.font.name = Pt(7.5), FONT
    drawn.font.color.rgb = RGBColor.from_string(SOFT)
    drawn.has_title = False
    drawn.has_legend = chart.kind == "lines" and len(chart.series) > 1
    if drawn.has_legend:
        drawn.legend.include_in_layout = False
        drawn.legend.position = XL_LEGEND_POSITION.BOTTOM
        drawn.legend.font.size = Pt(7.5)
    if chart.kind == "bars":
        _bar_style(drawn, chart)
    else:
        _line_style(drawn, chart, numbers)


def _bar_style(drawn: Any, chart: Chart) -> None:
    plot = drawn.plots[0]
    plot.gap_width = 45
    plot.has_data_labels = True
    labels = plot.data_labels
    labels.number_format, labels.number_format_is_linked = _label_format(chart.unit, 0), False
    labels.position = XL_LABEL_POSITION.OUTSIDE_END
    labels.font.size = Pt(7.5)
    plot.series[0].format.fill.solid()
    plot.series[0].format.fill.fore_color.rgb = RGBColor.from_string(NAVY)
    drawn.category_axis.reverse_order = True
    drawn.category_axis.format.line.color.rgb = RGBColor.from_string(SOFT)
    drawn.category_axis.major_tick_mark = XL_TICK_MARK.NONE
    drawn.category_axis.tick_labels.font.size = Pt(7.5)
    drawn.value_axis.visible = False
    drawn.value_axis.has_major_gridlines = False
    drawn.value_axis.minimum_scale = 0


SIGNALS = {"improvement": IMPROVEMENT, "concern": CONCERN, "neither way is better": NEUTRAL}
MARKERS = {"improvement": XL_MARKER_STYLE.CIRCLE, "concern": XL_MARKER_STYLE.SQUARE, "neither way is better": XL_MARKER_STYLE.TRIANGLE}


def _line_style(drawn: Any, chart: Chart, numbers: list[float]) -> None:
    low, high = (min(numbers), max(numbers)) if numbers else (0.0, 1.0)
    ticks = nice_ticks(0.0 if low >= 0 and low < 0.45 * high else low, high, chart.unit, about=4)
    axis = drawn.value_axis
    axis.minimum_scale, axis.maximum_scale = _number(ticks[0], chart.unit), _number(ticks[-1], chart.unit)
    axis.major_unit = _number(ticks[1] - ticks[0], chart.unit)
    axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = _format(chart.unit, ticks[-1]), False
    axis.has_major_gridlines = True
    axis.major_gridlines.format.line.color.rgb = RGBColor.from_string("DFE4E8")
    axis.format.line.fill.background()
    axis.major_tick_mark = XL_TICK_MARK.NONE
    months = drawn.category_axis
    months.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    months.format.line.color.rgb = RGBColor.from_string(SOFT)
    months.major_tick_mark = XL_TICK_MARK.NONE
    months.has_major_gridlines = False
    months.tick_labels.number_format, months.tick_labels.number_format_is_linked = "mmm yy", False
    _every_months(months, 6)
    styles: dict[str, tuple[str, float, Any]] = {
        "month": ("5B6B7A", 1.25, None),
        "mean": (INK, 1.25, None),
        "upper limit": (SOFT, 0.75, MSO_LINE.DASH),
        "lower limit": (SOFT, 0.75, MSO_LINE.DASH),
        "target": ("8A1C4A", 1.25, MSO_LINE.DASH_DOT),
    }
    for n, series in enumerate(drawn.plots[0].series):
        colour, width, dash = (
            styles.get(series.name, (SERIES[n % 4], 2.0, MSO_LINE.DASH if n % 2 else None))
            if chart.kind == "spc"
            else (SERIES[n % 4], 2.0, MSO_LINE.DASH if n % 2 else None)
        )
        series.smooth = False
        series.format.line.color.rgb = RGBColor.from_string(colour)
        series.format.line.width = Pt(width)
        if dash is not None:
            series.format.line.dash_style = dash
        if series.name not in MARKERS:
            series.marker.style = XL_MARKER_STYLE.NONE
            continue
        series.format.line.fill.background()
        signal = SIGNALS[series.name]
        series.marker.style, series.marker.size = MARKERS[series.name], 5
        series.marker.format.fill.solid()
        series.marker.format.fill.fore_color.rgb = RGBColor.from_string(signal.removeprefix("#").upper())
        series.marker.format.line.color.rgb = RGBColor.from_string(OUTLINES[signal].removeprefix("#").upper())


def _every_months(axis: Any, months: int) -> None:
    """A label every so many months; python-pptx has no way to say it."""
    element = axis._element
    for name in ("c:baseTimeUnit", "c:majorUnit", "c:majorTimeUnit"):
        for old in element.findall(qn(name)):
            element.remove(old)
    text = element.find(qn("c:txPr"))
    if text is not None:
        text.find(qn("a:bodyPr")).set("rot", "0")
    for name, value in (("c:baseTimeUnit", "months"), ("c:majorUnit", str(months)), ("c:majorTimeUnit", "months")):
        etree.SubElement(element, qn(name)).set("val", value)


# ---- notes


def _notes(slide: Any, report: Report, lines: Sequence[tuple[Part, ...]], charts: Sequence[str]) -> None:
    """Where the figures come from, in the slide's notes."""
    rows = [f"From the published marts of run {report.heartbeat.run_id}. Each figure: table[key].column."]
    for parts in lines:
        cells = [part for part in parts if isinstance(part, Cell)]
        rows.append(f"{plain(parts)}: " + "; ".join(dict.fromkeys(cell.source for cell in cells)))
    rows += [f"Chart: {source}" for source in charts]
    slide.notes_slide.notes_text_frame.text = "\n".join(rows)


def _notes_of_priority(slide: Any, report: Report, priority: Priority) -> None:
    lines: list[tuple[Part, ...]] = [(item.title,) for item in (*priority.outcomes, *priority.focus)]
    lines += [(d.title, " ", d.due, " ", d.progress) for d in priority.deliverables]
    lines += [(r.risk_id, " ", r.title) for r in priority.risks]
    _notes(slide, report, lines, [])
