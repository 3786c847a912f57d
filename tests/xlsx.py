"""Reads a workbook's own XML: values, number formats, formulas, frozen panes and filters, as they stand in the file."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from xml.etree import ElementTree as ET

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass(frozen=True)
class Cell:
    value: str | float | None
    format: str  # the number format; "General" for none
    is_quoted: bool  # carries the mark that keeps it a text


@dataclass(frozen=True)
class ChartXml:
    """A chart of one series: its title, and the rows (from 0) that its values stand in."""

    title: str
    first_row: int
    last_row: int


@dataclass
class SheetXml:
    """One sheet: cells by (row, column) from 0."""

    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)
    formulas: int = 0
    frozen: tuple[int, int] = (0, 0)  # rows, columns
    table: str | None = None  # where its first table lies
    charts: list[ChartXml] = field(default_factory=list)  # in the order of the file
    landscape: bool = False
    fit_to_width: bool = False
    notes: dict[str, str] = field(default_factory=dict)  # cell name -> text

    @cached_property
    def rows(self) -> dict[int, list[str | float | None]]:
        """Values by row; the writer leaves no cell of a row out."""
        found: dict[int, list[str | float | None]] = {}
        for row, column in sorted(self.cells):
            found.setdefault(row, []).append(self.cells[row, column].value)
        return found


def _at(name: str) -> tuple[int, int]:
    letters, digits = re.fullmatch(r"([A-Z]+)(\d+)", name).groups()  # type: ignore[union-attr]
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return int(digits) - 1, column - 1


def text_of(element: ET.Element) -> str:
    return "".join(part.text or "" for part in element.iter(f"{MAIN}t"))


def read_workbook(path: Path) -> dict[str, SheetXml]:
    """Every sheet of a workbook by its name, in order."""
    with zipfile.ZipFile(path) as archive:

        def parsed(name: str) -> ET.Element:
            return ET.fromstring(archive.read(name))

        strings = [text_of(item) for item in parsed("xl/sharedStrings.xml")]
        styles = parsed("xl/styles.xml")
        codes = {int(f.get("numFmtId", 0)): f.get("formatCode", "") for f in styles.iter(f"{MAIN}numFmt")} | {3: "#,##0"}
        formats = [(codes.get(int(xf.get("numFmtId", 0)), "General"), xf.get("quotePrefix") == "1") for xf in styles.find(f"{MAIN}cellXfs") or ()]
        targets = {r.get("Id"): r.get("Target") for r in parsed("xl/_rels/workbook.xml.rels")}
        book = parsed("xl/workbook.xml")
        found = {}
        for sheet in book.iter(f"{MAIN}sheet"):
            file = f"xl/{targets[sheet.get(RELATION)]}"
            found[sheet.get("name", "")] = _sheet(parsed(file), strings, formats)
            relations = f"{file.replace('worksheets/', 'worksheets/_rels/')}.rels"
            if relations in archive.namelist():
                parts = [((r.get("Type") or "").rpartition("/")[2], f"xl/{(r.get('Target') or '').removeprefix('../')}") for r in parsed(relations)]
                read = found[sheet.get("name", "")]
                for kind, part in parts:
                    if kind == "comments":
                        read.notes |= {note.get("ref", ""): text_of(note) for note in parsed(part).iter(f"{MAIN}comment")}
                    elif kind == "table":
                        read.table = read.table or parsed(part).get("ref")
                    elif kind == "drawing":
                        drawn = parsed(f"{part.replace('drawings/', 'drawings/_rels/')}.rels")
                        read.charts += [_chart(parsed(f"xl/{r.get('Target', '').removeprefix('../')}")) for r in drawn]
        return found


def _chart(root: ET.Element) -> ChartXml:
    title = "".join(part.text or "" for part in next(root.iter(f"{CHART}title")).iter(f"{DRAWING}t"))
    first, last = re.findall(r"\$(\d+)", next(next(root.iter(f"{CHART}val")).iter(f"{CHART}f")).text or "")
    return ChartXml(title, int(first) - 1, int(last) - 1)


def _sheet(root: ET.Element, strings: list[str], formats: list[tuple[str, bool]]) -> SheetXml:
    sheet = SheetXml()
    for cell in root.iter(f"{MAIN}c"):
        sheet.formulas += cell.find(f"{MAIN}f") is not None
        raw = cell.find(f"{MAIN}v")
        text = None if raw is None else raw.text or ""
        value = None if text is None else strings[int(text)] if cell.get("t") == "s" else float(text)
        sheet.cells[_at(cell.get("r", ""))] = Cell(value, *formats[int(cell.get("s", 0))])
    for pane in root.iter(f"{MAIN}pane"):
        sheet.frozen = (int(float(pane.get("ySplit", 0))), int(float(pane.get("xSplit", 0))))
    for setup in root.iter(f"{MAIN}pageSetup"):
        sheet.landscape = setup.get("orientation") == "landscape"
    for fit in root.iter(f"{MAIN}pageSetUpPr"):
        sheet.fit_to_width = fit.get("fitToPage") == "1"
    return sheet
