"""The master of the slides, made in code: one theme, one master, two layouts."""

from __future__ import annotations

from typing import Any

from lxml import etree
from pptx.opc.constants import RELATIONSHIP_TYPE as RT
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Inches

from pipelines.report.highlight.model import Report
from pipelines.report.highlight.slide_text import BOTTOM, FONT, LEFT, NAVY, PALE, SOFT, TOP, WIDTH, place


def set_master(presentation: Any, report: Report) -> None:
    """Give the presentation one master with two layouts: a cover, and a title with free room beneath."""
    master = presentation.slide_master
    theme = next(rel.target_part for rel in master.part.rels.values() if rel.reltype == RT.THEME)
    theme._blob = _theme(theme.blob)
    layouts = presentation.slide_layouts
    cover, title_only = layouts.get_by_name("Title Slide"), layouts.get_by_name("Title Only")
    for layout in [one for one in layouts if one not in (cover, title_only)]:
        layouts.remove(layout)
    # date, footer and number: the master's own line says them; the cover has no subtitle
    for holder in [*master.placeholders, *cover.placeholders, *title_only.placeholders]:
        if holder.placeholder_format.idx not in (0, 1) or (holder.placeholder_format.idx == 1 and holder in list(cover.placeholders)):
            holder._element.getparent().remove(holder._element)
    for holder in master.placeholders:
        if holder.placeholder_format.idx == 1:
            place(holder, LEFT, TOP, WIDTH - 2 * LEFT, BOTTOM - TOP)
    place(master.placeholders[0], LEFT, 0.36, WIDTH - 2 * LEFT, 0.56)
    place(title_only.placeholders[0], LEFT, 0.36, WIDTH - 2 * LEFT, 0.56)
    place(cover.placeholders[0], LEFT + 0.3, 1.35, 11.8, 0.95)
    for holder in (master.placeholders[0], title_only.placeholders[0], cover.placeholders[0]):
        _title_box(holder)
    _title_style(master)
    for n, shape in enumerate(_drawn(report)):
        master.shapes._spTree.insert(2 + n, shape)


def _title_style(master: Any) -> None:
    style = master._element.find(qn("p:txStyles")).find(qn("p:titleStyle")).find(qn("a:lvl1pPr"))
    style.set("algn", "l")
    run = style.find(qn("a:defRPr"))
    run.set("sz", "2200")
    run.set("b", "1")
    for old in run.findall(qn("a:solidFill")):
        run.remove(old)
    run.insert(0, parse_xml(f'<a:solidFill {nsdecls("a")}><a:srgbClr val="{NAVY}"/></a:solidFill>'))


def _title_box(holder: Any) -> None:
    body = holder._element.txBody.find(qn("a:bodyPr"))
    body.set("anchor", "ctr")
    for name in ("lIns", "rIns", "tIns", "bIns"):
        body.set(name, "0")
    for child in list(body):
        body.remove(child)
    body.append(parse_xml(f"<a:normAutofit {nsdecls('a')}/>"))


def _drawn(report: Report) -> list[Any]:
    """What stands on every slide: the watermark of a draft behind all, a bar, the foot and the number."""
    line = f"OFFICIAL – internal   ·   {report.force.text}   ·   {report.period.title}   ·   run {report.heartbeat.run_id}"
    shapes = []
    if report.is_draft:
        line += "   ·   Draft: not signed off"
        turned = _shape_xml(902, "Watermark", 1.2, 2.4, 10.9, 2.7, words="DRAFT", size=170, colour="F9F3ED", bold=True, rotation=-24, centred=True)
        shapes.append(turned)
    shapes.append(_shape_xml(901, "Bar", 0, 0, WIDTH, 0.11, fill=NAVY))
    shapes.append(_shape_xml(903, "Foot", LEFT, 7.12, 11.3, 0.26, words=line, size=8, colour=SOFT))
    shapes.append(_shape_xml(904, "Number", WIDTH - LEFT - 0.8, 7.12, 0.8, 0.26, field=True, size=8, colour=SOFT))
    return shapes


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
    filled = f'<a:solidFill><a:srgbClr val="{fill}"/></a:solidFill>' if fill else "<a:noFill/>"
    align = "ctr" if centred else "r" if field else "l"
    turned = f' rot="{rotation * 60000}"' if rotation else ""
    return parse_xml(
        f'<p:sp {nsdecls("p", "a")}><p:nvSpPr><p:cNvPr id="{number}" name="{name}"/><p:cNvSpPr/><p:nvPr userDrawn="1"/></p:nvSpPr>'
        f'<p:spPr><a:xfrm{turned}><a:off x="{Inches(x)}" y="{Inches(y)}"/><a:ext cx="{Inches(w)}" cy="{Inches(h)}"/></a:xfrm>'
        f'<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>{filled}<a:ln><a:noFill/></a:ln></p:spPr>'
        f'<p:txBody><a:bodyPr wrap="square" lIns="0" rIns="0" tIns="0" bIns="0" anchor="ctr"/><a:lstStyle/>'
        f'<a:p><a:pPr algn="{align}"/>{content}</a:p></p:txBody></p:sp>'
    )
