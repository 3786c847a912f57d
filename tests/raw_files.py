"""Raw extract files read by polars alone, for tests that work a figure out a second time: none of the pipeline's readers, no dbt.

Of the contract only what defines an accepted row is taken: headers, types, required and allowed values, key. Times stay on the wall clock of
Europe/London; a span that ends before it began is taken to have crossed the night on which the clocks go back.
"""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import polars as pl

from pipelines.contracts.loading import load_contracts
from pipelines.contracts.model import Column, Feed
from pipelines.contracts.texts import TIMES_OF_NOTHING

LONDON = "Europe/London"
TIMES = ("%Y-%m-%d %H:%M:%S", "%d/%m/%Y %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d", "%d/%m/%Y")
BOOLEANS = {"y": True, "true": True, "1": True, "yes": True, "n": False, "false": False, "0": False, "no": False}


def latest_rows(landing: Path, feed_name: str) -> pl.DataFrame:
    """One row per key of the feed, in its latest extracted version: accepted rows only, tests among them. Raises where no file is found."""
    feed = load_contracts().feeds[feed_name]
    frames = [_accepted(_texts(path), feed, path) for path in sorted((landing / feed_name).iterdir())]
    rows = pl.concat(frames, how="diagonal_relaxed").sort("known_at", "file_row", maintain_order=True)
    if "force_code" in rows.columns:
        rows = rows.with_columns(pl.col("force_code").str.to_lowercase())
    return rows.unique([column for column in feed.key if column in rows.columns], keep="last", maintain_order=True)


def seconds(start: str, end: str) -> pl.Expr:
    """Seconds from one wall-clock time to another, the night of the clock change minded."""

    def utc(column: str, ambiguous: str) -> pl.Expr:
        return pl.col(column).dt.replace_time_zone(LONDON, ambiguous=ambiguous, non_existent="null").dt.convert_time_zone("UTC")  # type: ignore[arg-type]

    first = (utc(end, "earliest") - utc(start, "earliest")).dt.total_milliseconds() / 1000
    second = (utc(end, "latest") - utc(start, "earliest")).dt.total_milliseconds() / 1000
    return pl.when(first >= 0).then(first).otherwise(second)


def month(column: str) -> pl.Expr:
    """The first day of the month, as a date."""
    return pl.col(column).dt.truncate("1mo").cast(pl.Date)


def _texts(path: Path) -> pl.DataFrame:
    if path.suffix == ".parquet":
        return pl.read_parquet(path)
    if path.suffix == ".xlsx":
        return pl.read_excel(path, infer_schema_length=0)
    return pl.read_csv(path, infer_schema=False, encoding="utf8-lossy", truncate_ragged_lines=True)


def _accepted(frame: pl.DataFrame, feed: Feed, path: Path) -> pl.DataFrame:
    spelt = {_plain(h): h for h in frame.columns}
    found = {c.name: next((spelt[_plain(n)] for n in (c.name, *c.aliases) if _plain(n) in spelt), None) for c in feed.columns}
    frame = frame.select(
        *(pl.col(header).alias(name) for name, header in found.items() if header is not None),
        pl.int_range(pl.len()).alias("file_row"),
    )
    right = pl.lit(True)
    values = []
    for column in feed.columns:
        if column.name not in frame.columns:
            continue
        text = _cleaned(column, feed, frame.schema[column.name])
        value = _typed(column, text, frame.schema[column.name])
        readable = text.is_null() | value.is_not_null()
        right = right & readable & _allowed(column, value) & (value.is_not_null() if column.required else pl.lit(True))
        values.append(value.alias(column.name))
    frame = frame.select(*values, "file_row", right.alias("right")).filter("right").drop("right")
    own = next((c.name for c in feed.columns if c.is_extract_time and c.name in frame.columns), None)
    stamp = re.search(feed.file_time_pattern or "$^", path.name)
    named = pl.lit(datetime.strptime(stamp[1], "%Y%m%dT%H%M") if stamp else None, dtype=pl.Datetime("us"))
    return frame.with_columns(pl.coalesce(pl.col(own), named).alias("known_at") if own else named.alias("known_at"))


def _plain(header: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", header.replace("\ufeff", "").strip().lower()).strip("_")


def _cleaned(column: Column, feed: Feed, dtype: pl.DataType) -> pl.Expr:
    if dtype != pl.String:
        return pl.col(column.name).cast(pl.String)
    text = pl.col(column.name).str.strip_chars(" \t\r\n\u00a0")
    nulls = [n.lower() for n in (*feed.null_values, *column.null_values, "")]
    nulls += TIMES_OF_NOTHING if column.type in ("timestamp", "date") else ()
    return pl.when(text.str.to_lowercase().is_in(nulls)).then(None).otherwise(text)


def _typed(column: Column, text: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    kind = column.type
    if dtype != pl.String:
        wanted = {"timestamp": pl.Datetime("us"), "date": pl.Date, "boolean": pl.Boolean, "integer": pl.Int64, "number": pl.Float64}
        return pl.col(column.name).cast(wanted.get(kind, pl.String))
    if kind in ("timestamp", "date"):
        return pl.coalesce(text.str.to_datetime(f, strict=False, time_unit="us") for f in TIMES).cast(
            pl.Date if kind == "date" else pl.Datetime("us")
        )
    if kind == "boolean":
        return text.str.to_lowercase().replace_strict(BOOLEANS, default=None, return_dtype=pl.Boolean)
    if kind in ("integer", "number"):
        return text.cast(pl.Int64 if kind == "integer" else pl.Float64, strict=False)
    if column.strip_prefix:  # codes as spreadsheets and people spell them: "Outcome 16", "18.0", "08"
        text = text.str.replace(r"(?i)^outcome\s*", "").str.replace(r"\.0$", "").str.replace(r"^0+([0-9])", "$1")
    text = {"lower": text.str.to_lowercase(), "upper": text.str.to_uppercase()}.get(column.letter_case or "", text)
    if column.value_map:
        lower = text.str.to_lowercase()
        return pl.coalesce(lower.replace_strict(column.value_map, default=None, return_dtype=pl.String), text)
    return text


def _allowed(column: Column, value: pl.Expr) -> pl.Expr:
    rules = pl.lit(True)
    if column.is_restricted:
        rules = rules & value.is_in(list(column.enum))
    if column.pattern and column.type == "string":
        rules = rules & value.str.contains(f"^(?:{column.pattern})$")
    if column.minimum is not None:
        rules = rules & (value >= column.minimum)
    if column.maximum is not None:
        rules = rules & (value <= column.maximum)
    return rules.fill_null(True)
