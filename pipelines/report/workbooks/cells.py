"""Cells of a sheet: one value by the kind of its column, one row, the head of a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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
BY_UNIT: Mapping[str, Callable[[str | None], str]] = {
    "value": number_format,
    "change": change_format,
}  # by the unit of the row
NOT_TEXT = {"flag", "date", *BY_UNIT, *NUMBER_FORMATS}
# The line of a row: above it, where a group begins and elsewhere, or below it.
RULES = {"begins": {"top": 2, "top_color": BRAND}, "within": {"top": 1, "top_color": RULE}, "below": {"bottom": 1, "bottom_color": RULE}}

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


def write_cell(worksheet: Worksheet, at: tuple[int, int], column: Column, row: Row, formats: Formats, rule: str, is_bold: bool = False) -> None:
    """Write one value as its column's kind says; `rule` is the line that all cells of the row have (RULES)."""
    value, kind = row[column.column], column.kind
    fill = row[column.fill_by] if column.fill_by else None
    unit = row["unit"] if kind in BY_UNIT else None
    text = None
    if value is not None and kind not in NOT_TEXT:
        text = (code_text(column.column, value) if kind == "code" else str(value))[:LONGEST_TEXT]
    is_quoted = text is not None and text.startswith(FORMULA_SIGNS)
    look = (kind, value is None, fill, unit, rule, is_bold, is_quoted)
    form = formats.known.get(look) or formats.know(look, **_properties(*look))
    if value is None:
        worksheet.write_blank(*at, None, form)
    elif text is not None:
        worksheet.write_string(*at, text, form)
    elif kind == "flag":
        worksheet.write_string(*at, "yes" if value else "no", form)
    elif kind == "date":
        worksheet.write_datetime(*at, datetime(value.year, value.month, value.day), form)
    elif kind == "value":
        worksheet.write_number(*at, cell_number(value, unit), form)
    else:
        worksheet.write_number(*at, value / 100 if kind in HUNDREDTHS else value, form)


def _properties(kind: str, is_empty: bool, fill: str | None, unit: str | None, rule: str, is_bold: bool, is_quoted: bool) -> dict[str, Any]:
    """What a cell looks like; a hundred thousand cells share a few looks."""
    properties = RULES[rule] | {"bg_color": fill_of(fill) if fill else None, "bold": True if is_bold else None}
    if kind in {"text", "long", "code"}:
        properties |= {"text_wrap": kind != "text", "align": "left", "indent": 1, "quote_prefix": True if is_quoted else None}
    elif not is_empty and kind == "date":
        properties |= {"num_format": DATE, "align": "right"}
    elif not is_empty and kind in BY_UNIT:
        properties["num_format"] = BY_UNIT[kind](unit)
    elif not is_empty and kind in NUMBER_FORMATS:
        properties["num_format"] = NUMBER_FORMATS[kind]
    return properties


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
