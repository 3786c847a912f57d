"""Sheets of workbooks as tables: the one that fits the contract, several of one kind, or the feed's own."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path

import polars as pl

from pipelines.contracts.model import Feed, normalise_header
from pipelines.ingest.conform import FAULT, ROW, conform
from pipelines.ingest.files import FileRefused, SheetMissing
from pipelines.ingest.headers import (
    HEADER_WITHIN_ROWS,
    MAX_WIDTH,
    TRIAL_ROWS,
    HeaderMatch,
    best_match,
    header_meant,
    last_header_row,
    likely_header,
    refuse_others,
    refuse_records_above,
    why_not,
)
from pipelines.ingest.shape import Table, rows_of_layout, without_blank_rows
from pipelines.ingest.workbook import DAMAGED, Sheet, SheetFacts, read_workbook
from pipelines.masking import masked

ROWS_OF_A_SHEET = 10_000_000  # by which row numbers of the second of several sheets are higher, and so on


def _refuse_other_workbooks(path: Path) -> None:
    """Raises FileRefused for what is named .xlsx and is none."""
    with path.open("rb") as file:
        head = file.read(8)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise FileRefused("is password-protected or in the old .xls format; save it as .xlsx without a password, or as csv")
    if not zipfile.is_zipfile(path):
        raise FileRefused("is not a readable .xlsx workbook (damaged, truncated, or another kind of file); have it sent again")


def open_xlsx(path: Path, layouts: Sequence[Feed]) -> Table:
    """The one sheet of a workbook that fits the contract. Raises FileRefused."""
    _refuse_other_workbooks(path)
    sheets = read_workbook(path)
    for layout in layouts:
        if named := _named_by_pattern(sheets, layout.sheet or ""):
            return _several_sheets(named, layout)
    wanted = {layout.sheet for layout in layouts if layout.sheet}
    shown = [(sheet.name, *_sheet(sheet)) for sheet in [s for s in sheets if s.name in wanted] or sheets]
    matches = [(name, _match_sheet(frame, layouts), frame, facts) for name, frame, facts in shown if frame.height]
    if not matches:
        raise FileRefused("is empty (no sheet holds anything); have it sent again, or remove it")
    fitting = [m for m in matches if m[1][1].fits]
    if len(fitting) > 1:
        raise FileRefused(
            f"has {len(fitting)} sheets that fit the contract ({', '.join(masked(m[0]) for m in fitting)}); "
            "send them as separate files, or name the sheet in the contract (customProperties: sheet)"
        )
    if not fitting:
        for _, frame, _ in shown:
            refuse_others([[h or "" for h in row[1:]] for row in frame.head(HEADER_WITHIN_ROWS).iter_rows()], layouts[0])
        raise FileRefused(why_not(max(matches, key=lambda m: m[1][1].columns_found)[1][1]))
    _, (start, match), frame, facts = fitting[0]
    return _sheet_table(frame, start, match, facts)


def _named_by_pattern(sheets: Sequence[Sheet], pattern: str) -> list[Sheet]:
    """The sheets that a pattern names; none where it is the name of one sheet."""
    return [s for s in sheets if re.search(r"[*?\[]", pattern) and fnmatchcase(s.name.lower(), pattern.lower())]


def _several_sheets(sheets: Sequence[Sheet], layout: Feed) -> Table:
    """Sheets of one kind as one table; an empty one has no rows. Raises FileRefused where one of them is of another kind."""
    tables = []
    for number, sheet in enumerate(sheets):
        frame, facts = _sheet(sheet)
        if not frame.height:
            continue
        start, match = _match_sheet(frame, [layout])
        if not match.fits:
            raise FileRefused(f"(sheet {masked(sheet.name)}) {why_not(match)}")
        tables.append((number, _sheet_table(frame, start, match, facts)))
    if not tables:
        raise FileRefused("is empty (no sheet holds anything); have it sent again, or remove it")
    rows = ROWS_OF_A_SHEET * (MAX_WIDTH if tables[0][1].match.wide else 1)
    blocks = (block.with_columns(pl.col(ROW).cast(pl.Int64) + number * rows) for number, table in tables for block in table.blocks)
    notes = tuple((row + number * rows, column, rule) for number, table in tables for row, column, rule in table.notes)
    return Table(tables[0][1].match, blocks, is_typed=True, notes=notes)


def open_sheet(path: Path, layouts: Sequence[Feed]) -> Table:
    """The feed's own sheet of a workbook. Raises SheetMissing where the workbook has none, or has it without rows; else FileRefused."""
    feed = layouts[0]
    _refuse_other_workbooks(path)
    sheets = read_workbook(path)
    names = [sheet.name for sheet in sheets]
    sheet = next((s for s in sheets if normalise_header(s.name) in feed.sheet_names), None)
    if sheet is None:
        raise SheetMissing(f"has no sheet {feed.sheet}; its sheets are: {', '.join(map(masked, names))}", names)
    name, (frame, facts) = sheet.name, _sheet(sheet)
    if not frame.height:
        raise SheetMissing(f"has nothing in its sheet {feed.sheet}", names)
    start, match = _match_sheet(frame, layouts)
    if not match.fits:
        raise FileRefused(f"(sheet {name}) {why_not(match)}")
    table = _sheet_table(frame, start, match, facts)
    block = next(table.blocks)
    if not block.height:
        raise SheetMissing(f"has no rows in its sheet {feed.sheet}", names)
    return replace(table, blocks=iter([block]))


def _sheet(sheet: Sheet) -> tuple[pl.DataFrame, SheetFacts]:
    """A sheet as it is shown, and its facts. Raises FileRefused."""
    if sheet.facts is None:
        raise FileRefused(DAMAGED)
    return _as_shown(sheet.rows, sheet.facts), sheet.facts


def _match_sheet(frame: pl.DataFrame, layouts: Sequence[Feed]) -> tuple[int, HeaderMatch]:
    """Where the header stands among the rows of a sheet, and the layout that fits it best."""
    numbers = frame[ROW].to_list()
    rows = [[h or "" for h in frame.row(i)[1:]] for i in range(min(frame.height, last_header_row(layouts)))]
    heads = [(i, best_match(layouts, rows[: i + 1], numbers[i], partial(_rows_below, frame, i))) for i in range(len(rows))]
    likely = likely_header(rows)

    def score(head: tuple[int, HeaderMatch]) -> tuple[bool, int, bool, int, int]:
        row, match = head
        # Of a wide table, several rows of headings may pass for the last: the one under which most rows are read is.
        return match.fits, _rows_below(frame, row, match) if match.fits and match.wide else 0, row == likely, match.columns_found, -row

    start, match = max(heads, key=score)
    if not match.fits:
        return start, match
    if not match.is_placed:
        refuse_records_above(_rows_read(frame.head(start), match), numbers[start])
    return start, header_meant(match, [above for _, above in heads[:start]])


def _rows_below(frame: pl.DataFrame, start: int, match: HeaderMatch) -> int:
    """How many of the first rows a layout reads."""
    return _rows_read(frame.slice(start + 1, TRIAL_ROWS), match)


def _rows_read(rows: pl.DataFrame, match: HeaderMatch) -> int:
    """How many of these rows a layout reads."""
    rows = rows.with_columns(pl.lit(None, pl.String).alias(FAULT))
    return conform(rows_of_layout(rows, match), match.layout, typed=True).rows_accepted


def _sheet_table(frame: pl.DataFrame, start: int, match: HeaderMatch, facts: SheetFacts) -> Table:
    """The rows below the header."""
    fields = frame.columns[1:]
    if not match.layout.is_whole and not match.layout.reading.takes_formulas:
        frame = _with_formulas(frame, match, facts)
    rows = without_blank_rows(frame.slice(start + 1).with_columns(pl.lit(None, pl.String).alias(FAULT)), fields)
    notes: tuple[tuple[int, str, str], ...] = ()
    if match.wide is None:
        rows, notes = _unmerged(rows, match, facts)
    return Table(match, iter([rows_of_layout(rows, match)]), is_typed=True, notes=notes)


def _with_formulas(frame: pl.DataFrame, match: HeaderMatch, facts: SheetFacts) -> pl.DataFrame:
    """The sheet with formulas for what they are where figures stand: what a workbook keeps of them is the result of its last calculation."""
    by_name = match.layout.by_name
    figures = {place for column, place in match.positions.items() if by_name[column].type in ("number", "integer")}
    if match.wide:
        figures = {place for place, _ in match.wide.cells}
    for place in figures:
        rows = [row for row, column in facts.formulas if column - facts.first_column == place]
        if rows:
            name = f"f{place}"
            frame = frame.with_columns(pl.when(pl.col(ROW).is_in(rows)).then(pl.lit("=")).otherwise(pl.col(name)).alias(name))
    return frame


def _as_shown(frame: pl.DataFrame, facts: SheetFacts) -> pl.DataFrame:
    """The sheet under f0…, each row with the number that a person sees, per cents and numbers that have lost digits as they are shown."""
    frame = frame.rename(dict(zip(frame.columns, (f"f{i}" for i in range(frame.width)), strict=True)))
    columns = []
    for place, name in enumerate(frame.columns):
        values = frame[name]
        for cells, times, shown in ((facts.percent, 100, "{:.10g}%"), (facts.long, 1, "{:.14E}")):
            rows = [row - facts.first_row for row, column in cells if column - facts.first_column == place]
            if rows:
                values = values.scatter(rows, [shown.format(float(values[row]) * times) for row in rows])
        columns.append(values)
    return pl.DataFrame(columns).with_row_index(ROW, facts.first_row) if columns else frame.with_row_index(ROW, facts.first_row)


def _unmerged(rows: pl.DataFrame, match: HeaderMatch, facts: SheetFacts) -> tuple[pl.DataFrame, tuple[tuple[int, str, str], ...]]:
    """The rows with cells that were merged downwards filled, and a note for every row that a merged cell touches.

    A merged key of one column stays empty below its first row (two rows cannot have one key), as does what was merged sideways.
    """
    names = {place: column for column, place in match.positions.items()}
    key = match.layout.key[0] if len(match.layout.key) == 1 else None
    notes: list[tuple[int, str, str]] = []
    for first_row, first_column, last_row, last_column in facts.merged:
        inside = rows.filter(pl.col(ROW).is_between(first_row, last_row))
        if not inside.height:
            continue
        place = first_column - facts.first_column
        if place in names and names[place] != key and last_row > first_row:
            value = inside.filter(pl.col(ROW) == first_row)[f"f{place}"].first() if inside[ROW][0] == first_row else None
            fill = pl.col(ROW).is_between(first_row, last_row) & pl.col(f"f{place}").is_null()
            rows = rows.with_columns(pl.when(fill).then(pl.lit(value, pl.String)).otherwise(pl.col(f"f{place}")).alias(f"f{place}"))
        touched = [names[c - facts.first_column] for c in range(first_column, last_column + 1) if c - facts.first_column in names]
        notes += [(int(row), column, "merged_cell") for row in inside[ROW] for column in touched]
    return rows, tuple(notes)


def sheets_as_shown(path: Path) -> list[tuple[str, pl.DataFrame]]:
    _refuse_other_workbooks(path)
    return [(sheet.name, _sheet(sheet)[0]) for sheet in read_workbook(path)]
