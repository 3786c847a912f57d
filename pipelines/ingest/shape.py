"""A layout's reading of a file's rows: wide tables made long, empty cells filled down, rows left out, columns derived.

The readers give fields `f0`, `f1` … with `_file_row` and `_fault`; what comes out has a text column per canonical column.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from pipelines.contracts.expressions import NUMBER, TEXT, TIME, Scope, Value, as_text, compiled, text_of_time, to_local, unread
from pipelines.contracts.model import Column, Feed
from pipelines.ingest.conform import FAULT, LEFT_OUT, ROW, WRITTEN, is_any_of
from pipelines.ingest.headers import MAX_WIDTH, HeaderMatch

UNREAD = "?"  # stands for what an expression could not read: no time, number or truth


@dataclass(frozen=True)
class Table:
    """An opened file: the layout that fits, and its rows as blocks.

    A block has one text column per canonical column found, `_file_row` and `_fault`. Records without any value are no rows.
    """

    match: HeaderMatch
    blocks: Iterator[pl.DataFrame]
    is_typed: bool  # dates and times were typed in the file
    notes: tuple[tuple[int, str, str], ...] = ()  # what is remarkable about single cells: row, column, rule
    is_comma_doubtful: bool = False  # a comma in a number may well begin its decimals


def fields_of(match: HeaderMatch) -> list[str]:
    """The fields of a row of the shape that the match's headers describe."""
    return [f"f{place}" for place in range(len(match.headers))]


def canonical_block(frame: pl.DataFrame, match: HeaderMatch) -> pl.DataFrame:
    """The rows under canonical names."""
    layout = match.layout
    found = {column: pl.col(f"f{place}") for column, place in match.positions.items()}
    if layout.derived or layout.reading.left_out or layout.reading.fill_down:
        filled = [pl.col(f"f{match.sources[header]}") for header in layout.reading.fill_down]
        frame = frame.with_columns(_nothing(column, layout).forward_fill() for column in filled)
        frame, derived = _derived(frame, match)
        found |= derived
    return frame.select(*(column.alias(name) for name, column in found.items()), ROW, FAULT)


def _nothing(text: pl.Expr, layout: Feed) -> pl.Expr:
    """The trimmed text, null where it is one of the words for nothing."""
    trimmed = text.str.strip_chars()
    return pl.when(~is_any_of(trimmed, {*layout.null_values, ""})).then(trimmed)


def _derived(frame: pl.DataFrame, match: HeaderMatch) -> tuple[pl.DataFrame, dict[str, pl.Expr]]:
    """The frame with what expressions give, rows that are left out marked as such; and the derived columns."""
    layout = match.layout

    def header(name: str) -> Value:
        return Value(TEXT, _nothing(pl.col(f"f{match.sources[name]}"), layout))

    columns = {c.name: Value(None, pl.lit(None)) for c in layout.columns}
    columns |= {name: Value(TEXT, _nothing(pl.col(f"f{place}"), layout)) for name, place in match.positions.items()}
    texts = {}
    for column in layout.derived:
        scope = Scope(header, columns, layout.zone, column.decimal_mark, frame)
        value = compiled(column.transform or "", scope)
        columns[column.name] = value
        texts[column.name] = _written(value, column, layout)
        if column.type != "string":
            texts[column.name] = pl.when(unread(column.transform or "", scope)).then(pl.lit(UNREAD)).otherwise(texts[column.name])
        if (read := text_of_time(column.transform or "", scope)) is not None:
            texts[WRITTEN + column.name] = read.alias(WRITTEN + column.name)
        frame = scope.frame
    scope = Scope(header, columns, layout.zone, layout.decimal_mark, frame)
    rules = [compiled(text, scope).expr.fill_null(False) for text in layout.reading.left_out]
    frame = scope.frame
    if rules:
        frame = frame.with_columns(pl.when(pl.any_horizontal(rules)).then(pl.lit(LEFT_OUT)).otherwise(pl.col(FAULT)).alias(FAULT))
    return frame, texts


def _written(value: Value, column: Column, layout: Feed) -> pl.Expr:
    if value.kind == TIME and column.type == "date":
        return to_local(value.expr, layout.zone).dt.strftime("%Y-%m-%d")
    text = as_text(value).cast(pl.String)
    # A number is read again by the column's own mark.
    return text.str.replace(".", ",", literal=True) if value.kind == NUMBER and column.decimal_mark == "," else text


def long(frame: pl.DataFrame, match: HeaderMatch) -> pl.DataFrame:
    """A wide table's rows as one row per cell that holds something; a row without any is one row, without a value.

    A cell with a word for nothing is no row: the supplier says that there is no figure. A row's number is that of the cell: 4002 is the
    second column of row 4.
    """
    wide = match.wide
    assert wide is not None
    layout = match.layout
    cells = {f"f{place}": headings for place, headings in wide.cells}
    keep = [f"f{place}" for place in wide.keep]
    blank = pl.all_horizontal((pl.col(cell).str.strip_chars().fill_null("") == "") for cell in cells)
    names = fields_of(match)
    headings = names[len(keep) : -1]
    order = {cell: number for number, cell in enumerate(cells)}

    def heading(level: int) -> pl.Expr:
        return pl.col("_cell").replace_strict({cell: texts[level] for cell, texts in cells.items()}, return_dtype=pl.String)

    rows = frame.filter(~blank).unpivot(list(cells), index=[*keep, ROW, FAULT], variable_name="_cell", value_name="_value")
    rows = (
        rows.filter(~is_any_of(pl.col("_value").str.strip_chars().fill_null(""), {*layout.null_values, ""}))
        .sort(ROW, pl.col("_cell").replace_strict(order, return_dtype=pl.Int32), maintain_order=True)
        .select(
            *(pl.col(field).alias(name) for field, name in zip(keep, names, strict=False)),
            *(heading(level).alias(name) for level, name in enumerate(headings)),
            pl.col("_value").alias(names[-1]),
            pl.col(ROW) * MAX_WIDTH + pl.col("_cell").str.slice(1).cast(pl.UInt32) + 1,
            FAULT,
        )
    )
    empty = frame.filter(blank).select(
        *(pl.col(field).alias(name) for field, name in zip(keep, names, strict=False)),
        *(pl.lit(None, pl.String).alias(name) for name in names[len(keep) :]),
        pl.col(ROW) * MAX_WIDTH + 1,
        FAULT,
    )
    return pl.concat([rows, empty]).sort(ROW, maintain_order=True)


def rows_of_layout(frame: pl.DataFrame, match: HeaderMatch) -> pl.DataFrame:
    """A file's rows (f0 …, `_file_row`, `_fault`) as the layout reads them, under canonical names."""
    if match.wide:
        frame = long(frame, match)
    return canonical_block(_mark_repeated_headers(frame, fields_of(match), match), match)


def _mark_repeated_headers(frame: pl.DataFrame, fields: list[str], match: HeaderMatch) -> pl.DataFrame:
    """Rows that repeat the header get the fault `repeated_header`."""
    places = match.places
    if not places:
        return frame
    first = match.headers[places[0]].strip()
    # A text of another length is not the header; to lower every text costs more than the rest of this.
    if first.isascii() and not (frame[fields[places[0]]].str.strip_chars().str.len_chars() == len(first)).any():
        return frame
    same = [pl.col(fields[p]).str.strip_chars().str.to_lowercase() == match.headers[p].strip().lower() for p in places]
    repeated = pl.all_horizontal(same).fill_null(False)
    return frame.with_columns(pl.when(repeated).then(pl.lit("repeated_header")).otherwise(pl.col(FAULT)).alias(FAULT))


def without_blank_rows(frame: pl.DataFrame, fields: list[str]) -> pl.DataFrame:
    """The frame without rows in which no field holds anything (spreadsheets leave them behind)."""
    blank = {f: pl.col(f).str.strip_chars().fill_null("") == "" for f in fields}
    candidates = frame.select(pl.all_horizontal(pl.col(f).fill_null("").str.len_bytes() < 8 for f in fields[:3])).to_series()
    if not candidates.any():
        return frame
    return frame.filter(~pl.all_horizontal(blank.values()) | (pl.col(FAULT) == "too_many_fields").fill_null(False))
