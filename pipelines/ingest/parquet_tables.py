"""Parquet files as tables: typed columns as the text that the contract's types are read from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.contracts.model import Feed
from pipelines.ingest.conform import FAULT, ROW
from pipelines.ingest.csv_records import refuse_bombs
from pipelines.ingest.files import FileRefused
from pipelines.ingest.headers import HeaderMatch, best_match, refuse_others, why_not
from pipelines.ingest.shape import Table, canonical_block, without_blank_rows

PARQUET_BATCH_ROWS = 100_000


def as_text(name: str, dtype: pl.DataType) -> pl.Expr:
    """A typed Parquet column as the text that the contract's types are read from. Raises FileRefused for nested or binary ones."""
    column = pl.col(name)
    if isinstance(dtype, pl.Datetime):
        if dtype.time_zone is not None:
            return column.dt.convert_time_zone("UTC").dt.strftime("%Y-%m-%d %H:%M:%S%.6fZ")
        return column.dt.strftime("%Y-%m-%d %H:%M:%S%.6f")
    if isinstance(dtype, pl.Date):
        return column.dt.strftime("%Y-%m-%d")
    if dtype.is_float():
        whole = (column == column.round(0)) & (column.abs() < 2**53)
        return pl.when(whole).then(column.cast(pl.Int64, strict=False).cast(pl.String)).otherwise(column.cast(pl.String))
    if dtype.is_integer() or dtype.is_decimal() or isinstance(dtype, (pl.String, pl.Boolean, pl.Categorical, pl.Enum, pl.Null, pl.Time)):
        return column.cast(pl.String)
    raise FileRefused(f"has a column of a type that no contract knows ({dtype.base_type()}); export plain text, numbers, dates and times")


def parquet_schema(path: Path) -> pl.Schema:
    """The columns of a Parquet file. Raises FileRefused for one that cannot be read, or would unpack to far more than rows do."""
    try:
        schema = pl.read_parquet_schema(path)
        facts = pq.read_metadata(path)
    except (pl.exceptions.PolarsError, pa.ArrowException, OSError) as error:
        raise FileRefused("is not a readable Parquet file (damaged, truncated, or another kind of file); have it sent again") from error
    refuse_bombs(sum(facts.row_group(number).total_byte_size for number in range(facts.num_row_groups)), path.stat().st_size)
    return pl.Schema(schema)


def open_parquet(path: Path, layouts: Sequence[Feed]) -> Table:
    schema = parquet_schema(path)
    headers = list(schema)
    match = best_match([x for x in layouts if not x.reading.is_wide], [headers])
    if not match.fits:
        refuse_others([headers], layouts[0])
        raise FileRefused(why_not(match))
    texts = [as_text(headers[place], schema[headers[place]]).alias(f"f{place}") for place in match.places]
    return Table(match, _parquet_blocks(path, texts, match), is_typed=True)


def _parquet_blocks(path: Path, texts: list[pl.Expr], match: HeaderMatch) -> Iterator[pl.DataFrame]:
    # Arrow reads page by page, whatever the size of the row groups; polars' own streaming holds several groups at once.
    names = [name for text in texts for name in text.meta.root_names()]
    columns = None if any("." in name for name in names) else names  # Arrow would take a dot for that of a nested column
    first_row = 2
    try:
        with pq.ParquetFile(path, pre_buffer=False, buffer_size=1 << 20) as file:
            for batch in file.iter_batches(PARQUET_BATCH_ROWS, columns=columns):
                frame = pl.DataFrame(pa.table(batch)).select(*texts).with_row_index(ROW, first_row).with_columns(pl.lit(None, pl.String).alias(FAULT))
                first_row += frame.height
                yield canonical_block(without_blank_rows(frame, [c for c in frame.columns if c not in (ROW, FAULT)]), match)
    except (pa.ArrowException, pl.exceptions.PolarsError, OSError) as error:
        if getattr(error, "errno", None):  # the disk's, not the file's
            raise
        raise FileRefused("cannot be read to its end as Parquet (damaged); have it sent again") from error
