"""A layout's reading of a file's rows: wide tables made long, empty cells filled down, rows left out, columns derived.

The readers give fields `f0`, `f1` … with `_file_row` and `_fault`; what comes out has a text column per canonical column.
"""

from __future__ import annotations

import polars as pl

from pipelines.contracts.expressions import TEXT, TIME, Scope, Value, as_text, compiled, to_local
from pipelines.contracts.model import Column, Feed
from pipelines.ingest.conform import FAULT, LEFT_OUT, ROW, is_any_of
from pipelines.ingest.headers import MAX_WIDTH, HeaderMatch


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
        value = compiled(column.transform or "", Scope(header, columns, layout.zone))
        frame = frame.with_columns(value.expr.alias(f"derived {column.name}"))
        columns[column.name] = Value(value.kind, pl.col(f"derived {column.name}"))
        texts[column.name] = _written(columns[column.name], column, layout)
    rules = [compiled(text, Scope(header, columns, layout.zone)).expr.fill_null(False) for text in layout.reading.left_out]
    if rules:
        frame = frame.with_columns(pl.when(pl.any_horizontal(rules)).then(pl.lit(LEFT_OUT)).otherwise(pl.col(FAULT)).alias(FAULT))
    return frame, texts


def _written(value: Value, column: Column, layout: Feed) -> pl.Expr:
    if value.kind == TIME and column.type == "date":
        return to_local(value.expr, layout.zone).dt.strftime("%Y-%m-%d")
    return as_text(value).cast(pl.String)


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
