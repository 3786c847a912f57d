"""Text and tables of the slides, and how much room they take: sizes are chosen before anything is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_CONNECTOR
from pptx.enum.text import PP_ALIGN
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.shapes.autoshape import Shape
from pptx.shapes.connector import Connector
from pptx.slide import Slide
from pptx.text.text import TextFrame
from pptx.util import Inches, Pt

from pipelines.report.palette import BRAND, CONCERN_DARK, INK, RULE, SOFT

FONT = "Arial"
WIDTH, HEIGHT = 13.333, 7.5
LEFT, TOP, BOTTOM = 0.45, 1.0, 7.02
# Height of a line and widths of characters, in parts of the size of the font: near enough to Arial's to know what fits.
LINE = 1.17
NARROW, WIDE, MIDDLE = 0.27, 0.84, 0.54
WIDTHS = dict.fromkeys("ijlft.,:;'|!()[]- I·", NARROW) | dict.fromkeys("mwMW%–—±▲■●", WIDE) | dict.fromkeys("ABCDEGHKNOPQRSUVXYZ&", 0.7)
SMALLEST, LARGEST = 7.5, 11.0
# Inches that a heading and the room after its block take.
HEADING = 0.38

# A paragraph: runs of text with size factor, weight and colour.
Run = tuple[str, float, bool, str]
Paragraph = list[Run]


def rgb(colour: str) -> RGBColor:
    """A colour of the palette as slides take it."""
    return RGBColor(*bytes.fromhex(colour[1:]))


def fill_with(shape: Shape, colour: str) -> None:
    shape.fill.solid()
    shape.fill.fore_color.rgb = rgb(colour)


def unstyled(shape: Shape | Connector) -> None:
    """Without the style that a new shape has: its shadow and its white text."""
    style = shape._element.find(qn("p:style"))
    if style is not None:
        shape._element.remove(style)


def outline(shape: Shape, colour: str, points: float) -> None:
    shape.line.color.rgb = rgb(colour)
    shape.line.width = Pt(points)


def text_box(slide: Slide, paragraphs: Sequence[Paragraph], x: float, y: float, w: float, h: float, size: float, fill: str | None = None) -> float:
    """A text box; returns its height."""
    box = slide.shapes.add_textbox(Inches(x), Inches(y), Inches(w), Inches(h))
    if fill:
        fill_with(box, fill)
    frame = box.text_frame
    frame.word_wrap = True
    margin = Inches(0.1) if fill else 0
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = margin
    write_paragraphs(frame, paragraphs, size)
    return h


def write_paragraphs(frame: TextFrame, paragraphs: Sequence[Paragraph], size: float, align: PP_ALIGN | None = None) -> None:
    for n, runs in enumerate(paragraphs):
        paragraph = frame.paragraphs[0] if n == 0 else frame.add_paragraph()
        paragraph.space_after = Pt(size * 0.22)
        if align is not None:
            paragraph.alignment = align
        for words, factor, bold, colour in runs:
            run = paragraph.add_run()
            run.text = words
            run.font.size = Pt(round(size * factor * 2) / 2)
            run.font.bold = bold
            run.font.name = FONT
            run.font.color.rgb = rgb(colour)


def lines_of(paragraph: Paragraph, width: float, size: float) -> int:
    """How many lines a paragraph takes in a box so many inches wide: words go to the next line where they no longer fit.

    There is room to spare, for machines whose stand-in for Arial is wider.
    """
    room, used, lines = width * 72 * 0.92, 0.0, 1
    for text, factor, bold, _ in paragraph:
        for n, word in enumerate(text.split(" ")):
            points = sum(WIDTHS.get(c, MIDDLE) for c in word) * size * factor * (1.07 if bold else 1.0)
            space = NARROW * size * factor if n else 0.0
            if used + space + points > room and used:
                lines, used = lines + 1, points
            else:
                used += space + points
    return lines


def height_of(paragraphs: Sequence[Paragraph], width: float, size: float) -> float:
    """Inches that paragraphs take."""
    return sum(lines_of(p, width, size) * LINE * size + 0.22 * size for p in paragraphs) / 72


def fitting_size(paragraphs: Sequence[Paragraph], width: float, height: float, largest: float = LARGEST) -> float:
    """The largest size, in half points, at which paragraphs fit; not below the smallest that can be read on paper."""
    size = largest
    while size > SMALLEST and height_of(paragraphs, width, size) > height:
        size -= 0.5
    return size


def heading(slide: Slide, words: str, x: float, y: float, w: float) -> float:
    """A heading with a rule beneath; returns where its content begins."""
    text_box(slide, [[(words, 1.0, True, BRAND)]], x, y, w, 0.22, 10.5)
    rule = slide.shapes.add_connector(MSO_CONNECTOR.STRAIGHT, Inches(x), Inches(y + 0.225), Inches(x + w), Inches(y + 0.225))
    unstyled(rule)
    rule.line.color.rgb = rgb(BRAND)
    rule.line.width = Pt(1.25)
    return y + 0.28


Block = tuple[str, list[Paragraph]]


def block_size(blocks: Sequence[Block], w: float, h: float, largest: float = LARGEST) -> float:
    """The largest size at which headed blocks fit above each other."""
    size = largest
    while size > SMALLEST and sum(height_of(paragraphs, w, size) + HEADING for _, paragraphs in blocks) > h:
        size -= 0.5
    return size


def stacked(slide: Slide, blocks: Sequence[Block], x: float, y: float, w: float, h: float, largest: float = LARGEST) -> None:
    """Headed blocks one above the other, all at the one largest size at which they fit."""
    size = block_size(blocks, w, h, largest)
    for words, paragraphs in blocks:
        y = heading(slide, words, x, y, w)
        height = height_of(paragraphs, w, size)
        text_box(slide, paragraphs, x, y, w, height, size)
        y += height + HEADING - 0.28


def table_height(rows: Sequence[Sequence[str]], widths: Sequence[float], size: float) -> float:
    return sum(row_height(row, widths, size) for row in rows) + (size * LINE + 5) / 72 if rows else 0.3


def fitting_table(rows: Sequence[Sequence[str]], widths: Sequence[float], height: float, largest: float = 9.5) -> float:
    """The largest size, in half points, at which a table fits; not below the smallest that can be read on paper."""
    size = largest
    while size > SMALLEST and table_height(rows, widths, size) > height:
        size -= 0.5
    return size


def row_height(row: Sequence[str], widths: Sequence[float], size: float) -> float:
    lines = max(lines_of([(words, 1.0, False, INK)], width - 0.1, size) for words, width in zip(row, widths, strict=True))
    return (lines * size * LINE + 5) / 72


def native_table(
    slide: Slide, name: str, heads: Sequence[str], rows: Sequence[Sequence[str]], x: float, y: float, widths: Sequence[float], size: float
) -> float:
    """A native table without the style's colours; returns its height."""
    height = table_height(rows, widths, size)
    shape = slide.shapes.add_table(len(rows) + 1, len(heads), Inches(x), Inches(y), Inches(sum(widths)), Inches(height))
    shape.name = name
    table = shape.table
    style: Any = table._tbl.tblPr
    style.set("bandRow", "0")
    style.find(qn("a:tableStyleId")).text = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"  # no style, no grid
    for n, width in enumerate(widths):
        table.columns[n].width = Inches(width)
    for at, row in enumerate([heads, *rows]):
        table.rows[at].height = Inches(row_height(row, widths, size) if at else (size * LINE + 5) / 72)
        for n, words in enumerate(row):
            cell = table.cell(at, n)
            cell.margin_left = cell.margin_right = Inches(0.05)
            cell.margin_top = cell.margin_bottom = Pt(2)
            colour, bold = (SOFT, True) if at == 0 else (INK, False)
            if "overdue" in words.split(": ")[-1].split(" by ")[0]:
                colour, bold = CONCERN_DARK, True
            write_paragraphs(cell.text_frame, [[(words, 1.0, bold, colour)]], size)
            cell.text_frame.paragraphs[0].space_after = Pt(0)
            cell.text_frame.paragraphs[0].font.size = Pt(size)  # of an empty cell too, which else makes its row high
            edge = BRAND if at == 0 else RULE
            cell._tc.get_or_add_tcPr().append(
                parse_xml(f'<a:lnB {nsdecls("a")} w="{9525 if at else 12700}"><a:solidFill><a:srgbClr val="{edge[1:]}"/></a:solidFill></a:lnB>')
            )
    return height
