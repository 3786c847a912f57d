"""Writes one workbook: a summary, a sheet of each kind, and a last one that says where the numbers come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from pipelines.report.formatting import MARKING, date_text, moment_text
from pipelines.report.marts import Row
from pipelines.report.workbooks.cells import LONGEST_TEXT, add_table, write_cell, write_text
from pipelines.report.workbooks.formats import DATE, WHOLE, Formats
from pipelines.report.workbooks.sheets import Sheet
from pipelines.report.workbooks.summary import NAME as SUMMARY
from pipelines.report.workbooks.summary import Summary, write_summary

HEADER_ROW = 3  # from 0: title, subtitle, an empty row, then the header
LINE_POINTS, MOST_LINES = 13, 30

ABOUT = "About"
ABOUT_COLUMNS = (30, 110)


@dataclass(frozen=True)
class WorkbookContent:
    """All that a workbook shows: the card, the publication it was made from, and the rows of each sheet."""

    card: Row
    heartbeat: Row
    rows: Mapping[str, Sequence[Row]]
    summary: Summary


def write_workbook(path: Path, sheets: Sequence[Sheet], content: WorkbookContent) -> None:
    """Write `path`. The same content gives the same file: the creation time is that of the publication."""
    # No text becomes a formula, a link or a number because of what it looks like.
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    workbook = xlsxwriter.Workbook(str(path), options)
    workbook.set_properties({"title": content.card.title, "comments": MARKING, "created": content.heartbeat.published_at})
    formats = Formats(workbook)
    first = workbook.add_worksheet(SUMMARY)
    _head(first, content, formats, content.card.title)
    monthly = next(sheet for sheet in sheets if sheet.table == "measures.measure_values")
    write_summary(workbook, first, content.summary, content.card.table_name, (monthly, content.rows[monthly.name], HEADER_ROW + 1), formats)
    _set_up_print(first, content)
    for sheet in sheets:
        _write_sheet(workbook.add_worksheet(sheet.name), sheet, content, formats)
    _write_about(workbook.add_worksheet(ABOUT), sheets, content, formats)
    workbook.close()


# ---- sheets


def _write_sheet(worksheet: Worksheet, sheet: Sheet, content: WorkbookContent, formats: Formats) -> None:
    rows = content.rows[sheet.name]
    _head(worksheet, content, formats, f"{content.card.title}: {sheet.name}")
    add_table(worksheet, HEADER_ROW, sheet.columns, sheet.name, len(rows), formats, sheet.table)
    worksheet.set_row(HEADER_ROW, 45)
    group: Any = None
    for number, row in enumerate(rows):
        at = HEADER_ROW + 1 + number
        begins = sheet.groups is not None and row[sheet.groups] != group
        group = row[sheet.groups] if sheet.groups else None
        worksheet.set_row(at, _height(sheet, row))
        for index, column in enumerate(sheet.columns):
            write_cell(worksheet, (at, index), column, row, formats, "begins" if begins else "within", begins and column.column == sheet.groups)
            if sheet.note and column.column == sheet.note[0] and (text := sheet.note[1](row)):
                worksheet.write_comment(at, index, text[:LONGEST_TEXT], {"x_scale": 3, "y_scale": 2})
    worksheet.freeze_panes(HEADER_ROW + 1, sheet.frozen_columns)
    worksheet.repeat_rows(HEADER_ROW)
    worksheet.print_area(0, 0, HEADER_ROW + max(len(rows), 1), sheet.printed_columns - 1)
    _set_up_print(worksheet, content)


def _height(sheet: Sheet, row: Row) -> float:
    """Height of a row in points, from its wrapped texts: spreadsheets do not compute it for files of other programs."""
    wrapped = [column for column in sheet.columns[: sheet.printed_columns] if column.kind == "long" and row[column.column]]
    lines = (ceil(len(str(row[column.column])) / (1.1 * column.width)) for column in wrapped)
    return LINE_POINTS * min(max(lines, default=1), MOST_LINES) + 2


def _head(worksheet: Worksheet, content: WorkbookContent, formats: Formats, title: str) -> None:
    beat = content.heartbeat
    worksheet.write_string(0, 0, title, formats.of(bold=True, font_size=14))
    publication = f"Data to {date_text(beat.data_to)}. Published {moment_text(beat.published_at)}."
    subtitle = f"{MARKING}. {publication} Sheet {ABOUT} says where every number comes from."
    worksheet.write_string(1, 0, subtitle, formats.of(italic=True))


def _set_up_print(worksheet: Worksheet, content: WorkbookContent) -> None:
    worksheet.set_landscape()
    worksheet.set_paper(8)  # A3
    worksheet.fit_to_pages(1, 0)
    worksheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    worksheet.set_footer(f"&L{MARKING}&C{content.card.title} – &A&RPage &P of &N")


def _write_about(worksheet: Worksheet, sheets: Sequence[Sheet], content: WorkbookContent, formats: Formats) -> None:
    _head(worksheet, content, formats, f"{content.card.title}: {ABOUT}")
    card, beat = content.card, content.heartbeat
    lines: list[tuple[str, Any]] = [
        ("Card", card.title),
        ("Framework", card.framework_title),
        ("For", card.body),
        ("Area", card.area_name),
        ("Owner", card.owner),
        (
            "Who may see it",
            f"{MARKING}. Small numbers are not suppressed here; column May be shared with names the widest circle after suppression.",
        ),
        ("Published (UTC)", beat.published_at),
        ("Data to", beat.data_to),
        ("As at", beat.as_at or "all that was known at the time of the run"),
        ("Run", beat.run_id),
        ("Version", beat.package_version),
        ("Commit", beat.code_commit or "not known"),
        ("Files behind it", beat.files),
        ("Warnings of the run", beat.warnings),
        ("If the run is older than the marts", "Nothing in this workbook has changed since."),
    ]
    lines += [(f"Sheet {sheet.name}", f"{sheet.table}, as the notes of its headings say column by column") for sheet in sheets]
    lines += [
        (
            "Where a number comes from",
            "A heading's note names table and column of the published marts; the key columns at the right name the row.",
        ),
        ("What a number rests on", "scorecards explain <measure_id> --area <area_id> shows numerator, denominator, caveats and the source files."),
        (
            "Units",
            "Durations are Excel durations ([h]:mm:ss), changes of them seconds. Per cents are percentages; changes of them are percentage points.",
        ),
        ("Colours", "Never without words. Variation: blue improvement, orange concern, purple neither, grey chance. Ratings have their sentence."),
    ]
    for index, width in enumerate(ABOUT_COLUMNS):
        worksheet.set_column(index, index, width)
    for number, (label, value) in enumerate(lines):
        at = HEADER_ROW + number
        worksheet.write_string(at, 0, label, formats.of(bold=True))
        if isinstance(value, datetime):
            worksheet.write_datetime(at, 1, value, formats.of(num_format=f"{DATE} hh:mm", align="left"))
        elif hasattr(value, "year"):
            worksheet.write_datetime(at, 1, datetime(value.year, value.month, value.day), formats.of(num_format=DATE, align="left"))
        elif isinstance(value, int):
            worksheet.write_number(at, 1, value, formats.of(num_format=WHOLE, align="left"))
        else:
            write_text(worksheet, at, 1, str(value), formats, text_wrap=True)
    worksheet.freeze_panes(HEADER_ROW, 0)
    _set_up_print(worksheet, content)
