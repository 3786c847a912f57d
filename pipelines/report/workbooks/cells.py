"""Cells of a sheet: one value by the kind of its column, one row, the head of a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from xlsxwriter.worksheet import Worksheet

from pipelines.report.formatting import CODE_WORDS, plain_text
from pipelines.report.icons import ASSURANCE_WORDS, VARIATION_WORDS
from pipelines.report.marts import Row
from pipelines.report.palette import BRAND, RULE, TONES, fill_of
from pipelines.report.units import CHANGE_PCT, cell_number, change_format, number_format
from pipelines.report.workbooks.formats import DATE, FORMULA_SIGNS, WHOLE, Formats
from pipelines.report.workbooks.sheets import Column

LONGEST_TEXT = 32_767  # what a cell holds
NUMBER_FORMATS = {"whole": WHOLE, "decimal": number_format(None), "exact": "0.0000", "pct": number_format("pct"), "change_pct": CHANGE_PCT}
HUNDREDTHS = {"pct", "change_pct"}  # kinds of which a spreadsheet holds the hundredth part

# The words of codes, by column; a code that has none is shown with spaces.
CODES: Mapping[str, Mapping[str, str]] = {
    "spc_variation": VARIATION_WORDS,
    "spc_assurance": ASSURANCE_WORDS,
    "tone": {tone: words or "no signal" for tone, (_, _, _, words) in TONES.items()},
    **CODE_WORDS,
}


def code_text(column: str, code: str) -> str:
    """What a reader sees of a code."""
    return CODES.get(column, {}).get(code) or plain_text(code)


def write_text(worksheet: Worksheet, row: int, column: int, text: str, formats: Formats, **properties: Any) -> None:
    """Write a text; one that looks like a formula is also marked as text, so that it stays one when the cell is edited."""
    if text.startswith(FORMULA_SIGNS):
        properties["quote_prefix"] = True
    worksheet.write_string(row, column, text[:LONGEST_TEXT], formats.of(**properties))


def write_cell(worksheet: Worksheet, at: tuple[int, int], column: Column, row: Row, formats: Formats, rule: dict[str, Any]) -> None:
    """Write one value as its column's kind says; `rule` is what all cells of the row have."""
    value = row[column.column]
    properties = rule | {"bg_color": fill_of(row[column.fill_by]) if column.fill_by else None}
    if column.kind in {"text", "long", "code"}:
        properties |= {"text_wrap": column.kind != "text", "align": "left", "indent": 1}
    if value is None:
        worksheet.write_blank(*at, None, formats.of(**properties))
    elif column.kind == "flag":
        worksheet.write_string(*at, "yes" if value else "no", formats.of(**properties))
    elif column.kind == "date":
        moment = datetime(value.year, value.month, value.day)
        worksheet.write_datetime(*at, moment, formats.of(num_format=DATE, align="right", **properties))
    elif column.kind == "value":
        number = cell_number(value, row["unit"])
        worksheet.write_number(*at, number, formats.of(num_format=number_format(row["unit"]), **properties))
    elif column.kind == "change":
        worksheet.write_number(*at, value, formats.of(num_format=change_format(row["unit"]), **properties))
    elif column.kind in NUMBER_FORMATS:
        number = value / 100 if column.kind in HUNDREDTHS else value
        worksheet.write_number(*at, number, formats.of(num_format=NUMBER_FORMATS[column.kind], **properties))
    else:
        write_text(worksheet, *at, code_text(column.column, value) if column.kind == "code" else str(value), formats, **properties)


def add_table(worksheet: Worksheet, head: int, columns: Sequence[Column], name: str, rows: int, formats: Formats, table: str) -> None:
    """A table of Excel's own over a head row and the rows below it (one where there are none). Each heading's note says its source."""
    style = formats.of(bold=True, font_color="#ffffff", bg_color=BRAND, text_wrap=True, valign="vcenter", border=1, border_color=RULE)
    worksheet.add_table(
        head,
        0,
        head + max(rows, 1),
        len(columns) - 1,
        {
            "name": name.replace(" ", "_"),
            "style": None,
            "columns": [{"header": column.heading, "header_format": style} for column in columns],
        },
    )
    for index, column in enumerate(columns):
        worksheet.set_column(index, index, column.width)
        worksheet.write_comment(head, index, column.source or f"{table}.{column.column}", {"x_scale": 2.2, "y_scale": 0.5})
