"""The governance workbook: two dated versions of the demonstration, and empty templates. Content: calibration/governance/*.csv.

A row of those files stands in every version from `since` to `until`; `earlier.csv` says what single cells held in an earlier version, so
that progress and scores move from one to the next. Nothing here is drawn.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import IO

import xlsxwriter

from pipelines.contracts.model import Column, Feed
from pipelines.synthetic.writer import WrittenFile, write_file

FOLDER = "governance"
CONTENT_DIR = Path(__file__).parent / "calibration" / "governance"
VERSIONS = (date(2023, 6, 30), date(2023, 9, 30))
# A version is part of the demonstration when it is dated no later than this after the end of the extracts.
LATEST_DAYS_AFTER_END = 70
TEMPLATE_ROWS = 500  # rows of a template whose cells are restricted to what the contract allows
WIDE = ("title", "sentence", "meaning", "duty", "description", "controls", "cause", "event", "consequence", "challenge", "response", "reason")

READ_ME = (
    "Governance workbook",
    "One sheet per register. Each row keeps its id from version to version: that is how its history is told.",
    "Save as governance_YYYY-MM-DD.xlsx: the date is the day that the version speaks of. Put it into landing/governance/.",
    "A sheet may also come alone, as csv: risks_YYYY-MM-DD.csv.",
    "A row that a newer version no longer has counts as withdrawn; its history stays. A sheet that is missing or empty changes nothing.",
    "Due dates may be written as 31/10/2023, Oct 23, Q4 2023, contract start April 2023 or TBC.",
    "Owners are roles: one per row, and no names of persons.",
    "Columns in dark blue are required. In the empty template, hover over a header to read what it holds.",
)

Rows = list[dict[str, str]]


def sheet_rows(sheet: str, as_of: date) -> Rows:
    """The rows of a sheet in the version of this day, as texts by column; in the order of the content file."""
    with (CONTENT_DIR / f"{sheet}.csv").open(encoding="utf-8", newline="") as file:
        listed = [row for row in csv.DictReader(file) if row["since"] <= as_of.isoformat() <= (row["until"] or "9999")]
    with (CONTENT_DIR / "earlier.csv").open(encoding="utf-8", newline="") as file:
        earlier = [row for row in csv.DictReader(file) if row["sheet"] == sheet and as_of.isoformat() <= row["as_of"]]
    for row in listed:
        row.pop("since")
        row.pop("until")
        key = next(iter(row.values()))
        row.update({change["column"]: change["value"] for change in earlier if change["item"] == key})
    return listed


def write_workbooks(landing_dir: Path, feeds: Sequence[Feed], end: date) -> Iterator[WrittenFile]:
    """Write every version that belongs to extracts up to `end`; one WrittenFile per sheet, all with one path."""
    for as_of in VERSIONS:
        if as_of > end + timedelta(days=LATEST_DAYS_AFTER_END):
            continue
        path = landing_dir / FOLDER / f"governance_{as_of:%Y-%m-%d}.xlsx"
        content = {feed.name: sheet_rows(str(feed.sheet), as_of) for feed in feeds}
        write_file(path, partial(_put, workbook(feeds, content, as_of)))
        for feed in feeds:
            yield WrittenFile(feed.name, path, len(content[feed.name]))


def write_templates(folder: Path, feeds: Sequence[Feed]) -> list[Path]:
    """Write the empty workbook and an empty csv per sheet; they lie beside the landing folder, not in it."""
    path = folder / "governance.xlsx"
    write_file(path, partial(_put, workbook(feeds, {}, VERSIONS[-1])))
    written = [path]
    for feed in feeds:
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerow([column.name for column in feed.columns])
        path = folder / "governance_csv" / f"{feed.sheet}.csv"
        write_file(path, partial(_put, text.getvalue().encode()))
        written.append(path)
    return written


def _put(content: bytes, file: IO[bytes]) -> None:
    file.write(content)


def workbook(feeds: Sequence[Feed], content: Mapping[str, Rows], as_of: date) -> bytes:
    """The workbook's bytes; its creation date is that of the version, so that the same rows give the same bytes."""
    memory = io.BytesIO()
    with xlsxwriter.Workbook(memory, {"in_memory": True}) as book:
        book.set_properties({"created": datetime(as_of.year, as_of.month, as_of.day)})
        base = {"bold": True, "font_color": "white", "text_wrap": True, "valign": "top", "border": 1}
        formats = {
            "title": book.add_format({"bold": True, "font_size": 14}),
            "required": book.add_format(base | {"bg_color": "#1F3864"}),
            "optional": book.add_format(base | {"bg_color": "#7F8FA9"}),
            "text": book.add_format({"text_wrap": True, "valign": "top"}),
            "date": book.add_format({"num_format": "dd/mm/yyyy", "valign": "top"}),
        }
        about = book.add_worksheet("Read me")
        about.set_column(0, 0, 120)
        for place, line in enumerate(READ_ME):
            about.write_string(place, 0, line, formats["text"] if place else formats["title"])
        for feed in feeds:
            _write_sheet(book, feed, content.get(feed.name, []), formats)
    return memory.getvalue()


def _write_sheet(book: xlsxwriter.Workbook, feed: Feed, rows: Rows, formats: Mapping[str, object]) -> None:
    sheet = book.add_worksheet(feed.sheet)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(len(rows), 1), len(feed.columns) - 1)
    for place, column in enumerate(feed.columns):
        sheet.set_column(place, place, 60 if column.name in WIDE else 18)
        sheet.write_string(0, place, column.name.replace("_", " ").capitalize(), formats["required" if column.required else "optional"])
        if not rows:  # of a filled workbook the comments would be most of its size
            sheet.write_comment(0, place, column.description, {"x_scale": 2})
        options = _allowed(column)
        if options:
            sheet.data_validation(1, place, TEMPLATE_ROWS, place, options)
    for number, row in enumerate(rows, start=1):
        for place, column in enumerate(feed.columns):
            _write_cell(sheet, number, place, column, row.get(column.name, ""), formats)


def _write_cell(sheet: xlsxwriter.worksheet.Worksheet, row: int, place: int, column: Column, text: str, formats: Mapping[str, object]) -> None:
    if text == "":
        return
    if column.type == "date":
        sheet.write_datetime(row, place, datetime.fromisoformat(text), formats["date"])
    elif column.type in ("integer", "number"):
        sheet.write_number(row, place, float(text), formats["text"])
    else:
        sheet.write_string(row, place, text, formats["text"])


def _allowed(column: Column) -> dict[str, object]:
    """The spreadsheet's own validation of a column; it only warns, because ingest reports every fault."""
    if column.enum:
        return {"validate": "list", "source": list(column.enum), "error_type": "warning"}
    if column.minimum is not None and column.maximum is not None:
        kind = "integer" if column.type == "integer" else "decimal"
        return {"validate": kind, "criteria": "between", "minimum": column.minimum, "maximum": column.maximum, "error_type": "warning"}
    return {}


__all__ = ["FOLDER", "VERSIONS", "sheet_rows", "workbook", "write_templates", "write_workbooks"]
