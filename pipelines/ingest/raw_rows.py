"""The first rows of a file as they stand, before there is a layout for it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from pipelines.ingest.conform import ROW
from pipelines.ingest.csv_records import inspect_text
from pipelines.ingest.csv_tables import DELIMITERS, head_of, header_records, refuse_other_formats
from pipelines.ingest.files import FileRefused
from pipelines.ingest.parquet_tables import as_text, parquet_schema
from pipelines.ingest.sheet_tables import sheets_as_shown


@dataclass(frozen=True)
class RawRows:
    """The first rows of a file or sheet as they stand, the blank ones left out, each with the number that a person counts."""

    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[int, ...]
    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    is_typed: bool = False


def raw_rows(path: Path, ending: str, limit: int) -> list[RawRows]:
    """What a person would see: the file's first rows, or those of each sheet. Raises FileRefused."""
    if ending == ".xlsx":
        return [_raw_frame(frame.head(limit), name) for name, frame in sheets_as_shown(path)]
    if ending == ".parquet":
        schema = parquet_schema(path)
        frame = pl.scan_parquet(path).head(limit).collect().select(as_text(name, dtype) for name, dtype in schema.items())
        header = pl.DataFrame({name: [name] for name in schema}, schema=dict.fromkeys(schema, pl.String))
        return [replace(_raw_frame(pl.concat([header, frame]).with_row_index(ROW, 1), None), is_typed=True)]
    is_gzip = ending == ".csv.gz"
    refuse_other_formats(path, is_gzip)
    _, facts = inspect_text(path, is_gzip)
    if isinstance(facts, FileRefused):
        raise facts
    head = head_of(path, is_gzip, facts)
    found = [(delimiter, list(header_records(head, delimiter, limit))) for delimiter in DELIMITERS]
    # The delimiter that most rows are cut by into the same number of fields.
    delimiter, records = max(found, key=lambda f: _fields_agreed(f[1]))
    rows = tuple(tuple(record) for record, _, _ in records)
    return [RawRows(rows, tuple(before + 1 for _, _, before in records), None, facts.encoding, delimiter)]


def _fields_agreed(records: list[tuple[list[str], int, int]]) -> tuple[int, int]:
    widths = Counter(len(record) for record, _, _ in records if len(record) > 1)
    width, rows = widths.most_common(1)[0] if widths else (1, 0)
    return rows, width


def _raw_frame(frame: pl.DataFrame, sheet: str | None) -> RawRows:
    rows = [(number, tuple(cell or "" for cell in row)) for number, *row in frame.iter_rows()]
    filled = [(number, row) for number, row in rows if any(cell.strip() for cell in row)]
    return RawRows(tuple(row for _, row in filled), tuple(number for number, _ in filled), sheet, is_typed=True)
