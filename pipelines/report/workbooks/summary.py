"""The first sheet of a workbook: what is overdue, the card in five sentences, ten lines to look at first, and their months as charts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from pipelines.report.attention import headline_lines
from pipelines.report.marts import LATE, Marts, Row
from pipelines.report.palette import BRAND, FILLS, GRID, SOFT
from pipelines.report.units import UNIT_HEADINGS, axis_format, cell_number, nice_ticks
from pipelines.report.workbooks.cells import add_table, write_cell, write_text
from pipelines.report.workbooks.formats import Formats
from pipelines.report.workbooks.sheets import Column, Sheet

NAME = "Summary"
SENTENCES = "select * from scorecards.summaries where scorecard_id = $card"
COLUMNS = (
    Column("Measure", "title", "long", 40),
    Column("Area", "area_name", width=20),
    Column("Value", "value_text", width=20),
    Column("Period to", "period_end", "date", 14),
    Column("Tone", "tone", "code", 24, fill_by="tone"),
    Column("Headline", "trend_sentence", "long", 90),
)
LINE_POINTS = 15
MONTHS = 36  # of a chart
CHART_WIDTH, CHART_HEIGHT, ROWS_OF_A_CHART = 660, 260, 14
SECOND_CHART_COLUMN = 4


@dataclass(frozen=True)
class Summary:
    """What the sheet shows: the card's sentences, messages about overdue feeds, and the lines that lead."""

    sentences: tuple[str, ...]
    late: tuple[str, ...]
    lines: tuple[Row, ...]


def read_summary(marts: Marts, card: Row, lines: Sequence[Row]) -> Summary:
    """The summary of a card whose lines these are."""
    said = marts.rows(SENTENCES, {"card": card.scorecard_id})
    late = marts.rows(LATE) if marts.has("quality.check_results") else []
    return Summary(
        tuple(row[f"sentence_{number}"] for row in said for number in range(1, 6)), tuple(row.message for row in late), tuple(headline_lines(lines))
    )


def write_summary(
    book: xlsxwriter.Workbook, worksheet: Worksheet, summary: Summary, card_table: str, months: tuple[Sheet, Sequence[Row], int], formats: Formats
) -> None:
    """Write the sheet below its title. `months`: the sheet of monthly values, its rows, and where on it the first of them stands."""
    at = 3
    if summary.late:
        late = "Some data are overdue. Figures that rest on them end early."
        at = _paragraphs(worksheet, at, [late, *summary.late], formats, fill=FILLS["amber"])
    at = _paragraphs(worksheet, at, summary.sentences, formats)
    write_text(worksheet, at, 0, f"{len(summary.lines)} measures to look at first", formats, bold=True, font_size=12)
    at += 1
    add_table(worksheet, at, COLUMNS, NAME, len(summary.lines), formats, card_table)
    for number, row in enumerate(summary.lines, start=1):
        worksheet.set_row(at + number, LINE_POINTS * ceil(len(row.trend_sentence or "x") / (1.1 * COLUMNS[-1].width)) + 2)
        for index, column in enumerate(COLUMNS):
            write_cell(worksheet, (at + number, index), column, row, formats, "below")
    at += max(len(summary.lines), 1) + 2
    sheet, rows, first = months
    places: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for position, row in enumerate(rows):
        if row.period_type == "month":
            places[row.measure_id, row.area_id, row.segment].append(position)
    for number, line in enumerate(summary.lines):
        if its_places := places[line.measure_id, line.area_id, line.segment][-MONTHS:]:
            chart = _chart(book, line, sheet, rows, first, its_places)
            place = at + number // 2 * ROWS_OF_A_CHART, number % 2 * SECOND_CHART_COLUMN
            worksheet.insert_chart(*place, chart, {"object_position": 2, "description": f"{line.title}, {line.area_name}: {line.trend_sentence}"})


def _paragraphs(worksheet: Worksheet, at: int, texts: Sequence[str], formats: Formats, fill: str | None = None) -> int:
    """Texts over the width of the table, one below the other; gives the row after the empty one that follows."""
    width = sum(column.width for column in COLUMNS)
    style = formats.of(text_wrap=True, bg_color=fill, font_size=11)
    for text in texts:
        worksheet.merge_range(at, 0, at, len(COLUMNS) - 1, text, style)
        worksheet.set_row(at, LINE_POINTS * ceil(len(text) / width) + 2)
        at += 1
    return at + 1


def _chart(book: xlsxwriter.Workbook, line: Row, sheet: Sheet, rows: Sequence[Row], first: int, places: Sequence[int]) -> xlsxwriter.chart.Chart:
    """The months of a line, which stand at these places among the rows, as a chart over the cells of the sheet of monthly values."""
    columns = [column.column for column in sheet.columns]
    top, bottom = first + places[0], first + places[-1]
    chart = book.add_chart({"type": "line"})
    chart.add_series(
        {
            "name": line.title,
            "categories": [sheet.name, top, columns.index("period_end"), bottom, columns.index("period_end")],
            "values": [sheet.name, top, columns.index("value"), bottom, columns.index("value")],
            "line": {"color": BRAND, "width": 2},
        }
    )
    chart.set_title({"name": f"{line.title}, {line.area_name}", "name_font": {"size": 11}, "overlay": False})
    chart.set_legend({"none": True})
    chart.set_x_axis({"date_axis": True, "num_format": "mmm yy", "major_unit": 6, "major_unit_type": "months", "num_font": {"color": SOFT}})
    numbers = [rows[place].value for place in places if rows[place].value is not None]
    ticks = nice_ticks(min([0.0, *numbers]), max([0.0, *numbers]), line.unit, about=4)
    chart.set_y_axis(
        {
            "num_format": axis_format(line.unit, ticks),
            "min": cell_number(ticks[0], line.unit),
            "max": cell_number(ticks[-1], line.unit),
            "major_unit": cell_number(ticks[1] - ticks[0], line.unit),
            "name": UNIT_HEADINGS[line.unit],
            "major_gridlines": {"visible": True, "line": {"color": GRID}},
        }
    )
    chart.set_size({"width": CHART_WIDTH, "height": CHART_HEIGHT})
    return chart
