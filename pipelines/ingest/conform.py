"""Text columns to typed rows, and for every row that cannot be taken each reason why, as (column, rule).

Pure functions of polars frames. Rules: required, formula, nul_byte, too_long, invalid_integer, invalid_number, invalid_boolean,
invalid_date, invalid_timestamp, not_allowed, pattern, below_minimum, above_maximum; and on the whole row (column `_row`)
broken_quotes, repeated_header, too_few_fields, too_many_fields.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import polars as pl

from pipelines.contracts.model import DEFAULT_NULL_TIMES, FALSE_VALUES, TRUE_VALUES, Column, Feed
from pipelines.ingest.clock import london_to_utc

# What the table readers put beside the columns (all text, by canonical name).
ROW = "_file_row"
FAULT = "_fault"
# Faults that leave nothing to be said about single columns.
UNREADABLE = ("broken_quotes", "repeated_header")
ROW_COLUMN = "_row"

# Spreadsheets show the time 00:00 as a day of 1899.
NULL_TIMES = (*DEFAULT_NULL_TIMES, "1899-12-31 00:00:00", "1899-12-30 00:00:00")
# How the readers write the typed dates and times of spreadsheets and Parquet.
TYPED_FORMATS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d")
EARLIEST, LATEST = datetime(1900, 1, 1), datetime(2101, 1, 1)

_OFFSET = r"^(.*\d)\s*(?:([Zz])|([+-])(0\d|1[0-4]):?([0-5]\d))$"
_INTEGER = r"^[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.0+)?$"
_NUMBER = r"^[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)?(?:\.\d*)?(?:[eE][+-]?\d+)?$"

POLARS_TYPES: dict[str, pl.DataType] = {
    "string": pl.String(),
    "integer": pl.Int64(),
    "number": pl.Float64(),
    "boolean": pl.Boolean(),
    "date": pl.Date(),
    "timestamp": pl.Datetime("us"),
}


@dataclass(frozen=True)
class Conformed:
    """A block of rows, sorted into accepted ones (typed) and the reasons of the others; read = accepted + rejected."""

    accepted: pl.DataFrame  # the contract's columns, _file_row, _clock_flags
    rejects: pl.DataFrame  # file_row, column_name, rule, row_key (of sheets only)
    rows_read: int
    rows_rejected: int
    clock_flagged_rows: int

    @property
    def rows_accepted(self) -> int:
        return self.accepted.height


@lru_cache(maxsize=64)
def _regex(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def over_distinct(values: pl.Series, function: Callable[[str], object], dtype: pl.DataType) -> pl.Series:
    """A Python function of each text, worked out once a distinct value."""
    distinct = values.drop_nulls().unique()
    results = pl.Series([function(v) for v in distinct.to_list()], dtype=dtype)
    return values.replace_strict(distinct, results, default=None, return_dtype=dtype)


def strip_pattern(text: str, pattern: str) -> str:
    """The text without what the pattern matches, again and again until nothing more goes (`Outcome 01` -> `01` -> `1`)."""
    for _ in range(8):
        shorter = _regex(pattern).sub("", text)
        if shorter == text:
            break
        text = shorter
    return text


def _formats(column: Column, typed: bool) -> tuple[str, ...]:
    return column.formats + tuple(f for f in TYPED_FORMATS if f not in column.formats) if typed else column.formats


def _parse_local(values: pl.Series, formats: tuple[str, ...]) -> pl.Series:
    """Naive times by the first format that fits; each further format is only tried on what no earlier one could read."""
    times = pl.Series(values.name, [None], dtype=pl.Datetime("us")).new_from_index(0, len(values))
    rows = values.is_not_null().arg_true()
    for number, fmt in enumerate(formats):
        if len(rows) == 0:
            break
        whole = len(rows) == len(values)
        texts = values if whole else values.gather(rows)
        found = texts.str.to_datetime(fmt, strict=False, time_unit="us")
        if isinstance(found.dtype, pl.Datetime) and found.dtype.time_zone is not None:
            found = found.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
        times = found if number == 0 and whole else times.scatter(rows, found)
        rows = rows.filter(found.is_null())
    return times


def parse_times(values: pl.Series, formats: tuple[str, ...]) -> pl.Series:
    """Struct(local, is_utc) of texts: naive times, in London or, where the text carries an offset or Z, already in UTC.

    Times outside 1900–2100 are null, as is everything that no format reads (24:00, 31 February).
    """
    zoned_formats = tuple(f for f in formats if "%z" in f or "%Z" in f)
    plain_formats = tuple(f for f in formats if f not in zoned_formats)
    times = _parse_local(values, plain_formats)
    is_utc = pl.repeat(False, len(values), dtype=pl.Boolean, eager=True)
    rows = (times.is_null() & values.is_not_null()).arg_true()
    if len(rows):
        texts = values.gather(rows)
        if zoned_formats:
            times = times.scatter(rows, _parse_local(texts, zoned_formats))
        parts = texts.to_frame("t").select(
            clock=pl.col("t").str.extract(_OFFSET, 1).str.strip_chars_end(),
            minutes=pl.when(pl.col("t").str.extract(_OFFSET, 2).is_not_null())
            .then(0)
            .otherwise(
                (pl.col("t").str.extract(_OFFSET, 4).cast(pl.Int32) * 60 + pl.col("t").str.extract(_OFFSET, 5).cast(pl.Int32))
                * pl.when(pl.col("t").str.extract(_OFFSET, 3) == "-").then(-1).otherwise(1)
            ),
        )
        zoned = _parse_local(parts["clock"], plain_formats)
        shifted = pl.DataFrame({"z": zoned, "m": parts["minutes"]}).select(pl.col("z") - pl.duration(minutes=pl.col("m"))).to_series()
        shifted = shifted.cast(pl.Datetime("us")).set(shifted.is_null(), None)
        times = times.scatter(rows, pl.select(pl.coalesce(shifted, times.gather(rows))).to_series())
        is_utc = is_utc.scatter(rows, pl.repeat(True, len(rows), eager=True))
    in_range = ((times >= EARLIEST) & (times < LATEST)).fill_null(False)
    return pl.DataFrame({"local": times.set(~in_range, None), "is_utc": is_utc}).to_struct(values.name)


def parse_dates(values: pl.Series, formats: tuple[str, ...]) -> pl.Series:
    """Dates by the first format that fits, null outside 1900–2100. `%Y-%m` gives the first of the month."""
    dates = pl.Series(values.name, [None], dtype=pl.Date).new_from_index(0, len(values))
    for fmt in formats:
        rows = (dates.is_null() & values.is_not_null()).arg_true()
        if len(rows) == 0:
            break
        texts = values.gather(rows)
        if "%H" in fmt or "%I" in fmt:
            found = texts.str.to_datetime(fmt, strict=False, time_unit="us").dt.date()
        elif "%d" not in fmt and "%j" not in fmt:
            found = (texts + "-01").str.to_date(fmt + "-%d", strict=False)
        else:
            found = texts.str.to_date(fmt, strict=False)
        dates = dates.scatter(rows, found)
    in_range = ((dates >= EARLIEST.date()) & (dates < LATEST.date())).fill_null(False)
    return dates.set(~in_range, None)


def _resolve(column: Column, feed: Feed) -> Iterator[str]:
    """The columns whose times `column` follows, nearest first."""
    seen = {column.name}
    follows = column.follows
    while follows is not None and follows not in seen:
        yield follows
        seen.add(follows)
        follows = feed.by_name[follows].follows


def _to_utc(series: list[pl.Series]) -> pl.Series:
    """Struct(utc, flag) of a parsed time column, held against the times it follows (nearest first)."""
    parsed, *followed = series
    local, is_utc = parsed.struct.field("local"), parsed.struct.field("is_utc")
    not_before = pl.select(pl.coalesce(followed)).to_series() if followed else None
    if not_before is not None and len(not_before) != len(local):
        not_before = not_before.new_from_index(0, len(local))
    utc, flag = london_to_utc(local, not_before)
    if is_utc.any():
        utc = pl.select(pl.when(is_utc).then(local).otherwise(utc)).to_series()
        flag = flag.set(is_utc, None)
    return pl.DataFrame({"utc": utc, "flag": flag}).to_struct(local.name)


def _rule(column: Column, rule: str) -> str:
    return f"{column.name}|{rule}"


def _cleaned(column: Column, feed: Feed) -> pl.Expr:
    """Trimmed text, null where it says "nothing"."""
    text = pl.col(column.name).str.strip_chars()
    tokens = {*feed.null_values, *column.null_values, ""}
    if column.type in ("date", "timestamp"):
        tokens |= set(NULL_TIMES)
    return pl.when(text.str.to_lowercase().is_in(sorted(tokens))).then(None).otherwise(text)


def _text_rules(column: Column) -> dict[str, pl.Expr]:
    """Rules on the text, before it is typed."""
    text = pl.col(column.name)
    rules = {
        _rule(column, "formula"): text.str.starts_with("="),
        _rule(column, "nul_byte"): text.str.contains("\0", literal=True),
        _rule(column, "too_long"): text.str.len_chars() > column.max_length,
    }
    if column.required:
        rules[_rule(column, "required")] = text.is_null()
    return rules


def _readable(column: Column) -> pl.Expr:
    """The text, null where a formula or a NUL byte makes it no value at all."""
    spoilt = pl.col(_rule(column, "formula")) | pl.col(_rule(column, "nul_byte"))
    text = pl.when(spoilt).then(None).otherwise(pl.col(column.name))
    if column.strip_prefix:
        pattern = column.strip_prefix
        text = text.map_batches(lambda s: over_distinct(s, lambda v: strip_pattern(v, pattern).strip(), pl.String()), return_dtype=pl.String())
    return text


def _typed(column: Column, typed: bool) -> pl.Expr:
    """The value of the column's readable text, null where it cannot be read; time columns give Struct(local, is_utc)."""
    text = pl.col(column.name)
    if column.type == "string":
        return _spelt(column, text)
    if column.type == "boolean":
        lower = text.str.to_lowercase()
        return pl.when(lower.is_in(TRUE_VALUES)).then(True).when(lower.is_in(FALSE_VALUES)).then(False)
    if column.type in ("integer", "number"):
        digits = text.str.replace_all(",", "", literal=True)
        if column.type == "number":
            return pl.when(text.str.contains(_NUMBER)).then(digits.cast(pl.Float64, strict=False))
        return pl.when(text.str.contains(_INTEGER)).then(digits.str.replace(r"\.0+$", "").cast(pl.Int64, strict=False))
    formats = _formats(column, typed)
    if column.type == "date":
        return text.map_batches(lambda s: parse_dates(s, formats), return_dtype=pl.Date())
    return text.map_batches(lambda s: parse_times(s, formats), return_dtype=pl.Struct({"local": pl.Datetime("us"), "is_utc": pl.Boolean}))


def _spelt(column: Column, text: pl.Expr) -> pl.Expr:
    """The contract's spelling of a text; null where the contract lists the values and this is none of them."""
    cased = {"lower": text.str.to_lowercase(), "upper": text.str.to_uppercase()}.get(column.letter_case or "", text)
    if column.value_map:
        known = text.str.to_lowercase()
        return known.replace_strict(column.value_map, default=None if column.enum else cased, return_dtype=pl.String())
    return cased


def _value_rules(column: Column) -> dict[str, pl.Expr]:
    """Rules on the typed value; `_text:<column>` is the readable text it came from."""
    value = pl.col(column.name)
    given = pl.col(f"_text:{column.name}").is_not_null()
    rules: dict[str, pl.Expr] = {}
    if column.type == "timestamp":
        value = value.struct.field("local")
    if column.type != "string":
        rules[_rule(column, f"invalid_{column.type}")] = given & value.is_null()
    elif column.enum:
        rules[_rule(column, "not_allowed")] = given & value.is_null()
    if column.type == "string" and column.pattern:
        pattern = column.pattern
        rules[_rule(column, "pattern")] = ~value.map_batches(
            lambda s: over_distinct(s, lambda v: _regex(pattern).search(v) is not None, pl.Boolean()), return_dtype=pl.Boolean()
        )
    if column.minimum is not None:
        rules[_rule(column, "below_minimum")] = value < column.minimum
    if column.maximum is not None:
        rules[_rule(column, "above_maximum")] = value > column.maximum
    return rules


def _in_order(feed: Feed, names: list[str]) -> list[str]:
    """Time columns so that each stands behind those it follows."""
    return sorted(names, key=lambda n: len(list(_resolve(feed.by_name[n], feed))))


def conform(block: pl.DataFrame | pl.LazyFrame, feed: Feed, typed: bool = False) -> Conformed:
    """Sort a block of text columns (canonical names, `_file_row`, `_fault`) into typed rows and rejects with every reason.

    `typed` says that dates and times were typed in the file and are written as TYPED_FORMATS. Optional columns that the
    block lacks come out null. Timestamps come out in UTC, naive.
    """
    lazy = block.lazy()
    present = set(lazy.collect_schema().names())
    columns = [c for c in feed.columns if c.name in present]
    flags: list[str] = []

    lazy = lazy.with_columns(_cleaned(c, feed).alias(c.name) for c in columns)
    text_rules = {name: expr for c in columns for name, expr in _text_rules(c).items()}
    lazy = lazy.with_columns(expr.fill_null(False).alias(name) for name, expr in text_rules.items())
    lazy = lazy.with_columns(_readable(c).alias(c.name) for c in columns)
    lazy = lazy.with_columns(pl.col(c.name).alias(f"_text:{c.name}") for c in columns)
    lazy = lazy.with_columns(_typed(c, typed).alias(c.name) for c in columns)
    value_rules = {name: expr for c in columns for name, expr in _value_rules(c).items()}
    lazy = lazy.with_columns(expr.fill_null(False).alias(name) for name, expr in value_rules.items())

    times = _in_order(feed, [c.name for c in columns if c.type == "timestamp"])
    utc_type = pl.Struct({"utc": pl.Datetime("us"), "flag": pl.String})
    for name in times:
        followed = [f for f in _resolve(feed.by_name[name], feed) if f in times]
        resolved = pl.map_batches([pl.col(name), *(pl.col(f) for f in followed)], _to_utc, return_dtype=utc_type)
        lazy = lazy.with_columns(resolved.alias(name))
        lazy = lazy.with_columns(pl.col(name).struct.field("utc").alias(name), pl.col(name).struct.field("flag").alias(f"_flag:{name}"))
        flags.append(f"_flag:{name}")

    rules = [*text_rules, *value_rules]
    unreadable = pl.col(FAULT).is_in(UNREADABLE)
    key = pl.col(f"_text:{feed.key[0]}") if feed.is_whole else pl.lit(None, pl.String)
    is_rejected = pl.any_horizontal(pl.col(FAULT).is_not_null(), *rules)
    wanted = [pl.col(c.name) if c.name in present else pl.lit(None, POLARS_TYPES[c.type]).alias(c.name) for c in feed.columns]
    frame = lazy.select(*wanted, key.alias("_key"), pl.col(ROW).cast(pl.Int64), FAULT, *flags, *rules, is_rejected.alias("_rejected")).collect()

    rejected = frame.filter("_rejected").select(ROW, FAULT, "_key", *rules)
    accepted = frame.filter(~pl.col("_rejected")) if rejected.height else frame
    clock_flags = _clock_flags(accepted, flags)
    accepted = accepted.select(*(c.name for c in feed.columns), ROW, clock_flags.alias("_clock_flags"))
    return Conformed(
        accepted=accepted,
        rejects=_reasons(rejected, rules, unreadable) if feed.is_whole else _reasons(rejected, rules, unreadable).drop("row_key"),
        rows_read=frame.height,
        rows_rejected=rejected.height,
        clock_flagged_rows=accepted.height - accepted["_clock_flags"].null_count(),
    )


def _clock_flags(frame: pl.DataFrame, flags: list[str]) -> pl.Expr:
    """`offered_at:ambiguous;ended_at:nonexistent`, null where no time of the row is in doubt (nearly always)."""
    raised = [f for f in flags if frame[f].null_count() < frame.height]
    if not raised:
        return pl.lit(None, pl.String)
    texts = [pl.when(pl.col(f).is_not_null()).then(pl.lit(f.removeprefix("_flag:") + ":") + pl.col(f)) for f in raised]
    joined = pl.concat_str(texts, separator=";", ignore_nulls=True)
    return pl.when(joined != "").then(joined)


def _reasons(rejected: pl.DataFrame, rules: list[str], unreadable: pl.Expr) -> pl.DataFrame:
    """One row a reason: file_row, column_name, rule, row_key."""
    of_row = rejected.filter(pl.col(FAULT).is_not_null()).select(
        file_row=pl.col(ROW), column_name=pl.lit(ROW_COLUMN, pl.String), rule=pl.col(FAULT).cast(pl.String), row_key=pl.col("_key")
    )
    raised = [r for r in rules if rejected[r].any()]
    if not raised:
        return of_row
    parts = pl.col("_name").str.split_exact("|", 1).struct
    of_columns = (
        rejected.filter(~unreadable.fill_null(False))
        .unpivot(raised, index=[ROW, "_key"], variable_name="_name", value_name="_hit")
        .filter("_hit")
        .select(file_row=pl.col(ROW), column_name=parts.field("field_0"), rule=parts.field("field_1"), row_key=pl.col("_key"))
    )
    return pl.concat([of_row, of_columns])
