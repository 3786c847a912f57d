"""Text columns to typed rows, and for every row that cannot be taken each reason why, as (column, rule).

Pure functions of polars frames. Rules: required, formula, scientific_notation, nul_byte, too_long, invalid_integer, invalid_number, invalid_boolean,
invalid_date, invalid_timestamp, month_or_day_first, not_allowed, pattern, below_minimum, above_maximum; and on the whole row (column `_row`)
broken_quotes, repeated_header, left_out, too_few_fields, too_many_fields.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from itertools import product

import polars as pl

from pipelines.contracts.expressions import time_formats
from pipelines.contracts.model import FALSE_VALUES, TRUE_VALUES, Column, Feed
from pipelines.contracts.texts import TIMES_OF_NOTHING, clock_and_shift, digits_of, number_of, short_september, takes_linear_time, without_zone
from pipelines.ingest.clock import LONDON, local_to_utc

MOST_PREFIXES = 8  # that are taken off one text
# What the table readers put beside the columns (all text, by canonical name).
ROW = "_file_row"
FAULT = "_fault"
WRITTEN = "_written "  # before the name of a column: the text that the layout's expression read its time from
# Faults that leave nothing to be said about single columns.
LEFT_OUT = "left_out"  # by a rule of the layout
LEFT_OFF = "last_columns_missing"  # what is no fault of a row, but worth a note
UNREADABLE = ("broken_quotes", "repeated_header", LEFT_OUT)
ROW_COLUMN = "_row"

# Spreadsheets show the time 00:00 as a day of 1899.
NULL_TIMES = (*TIMES_OF_NOTHING, "1899-12-31 00:00:00", "1899-12-30 00:00:00")
# How the readers write the typed dates and times of spreadsheets and Parquet.
TYPED_FORMATS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d")
EARLIEST, LATEST = datetime(1900, 1, 1), datetime(2101, 1, 1)

# What a spreadsheet makes of a long number, and of one that its column is too narrow for: the digits are lost.
_SCIENTIFIC = r"^(?:\d(?:[.,]\d+[eE]\+?|[eE]\+)\d+|#{3,})$"
_INTEGER = r"^[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.0+)?$"
# Numbers that only a decimal comma explains, and those that then mean something else than with a decimal point.
_COMMA_DECIMAL = r"^[+-]?(?:\d*,(?:\d{1,2}|\d{4,})|\d{4,},\d+|0+,\d+|\d{1,3}(?:\.\d{3})+,\d*)\s*%?$"
_POINT_DECIMAL = r"^[+-]?(?:\d*\.(?:\d{1,2}|\d{4,})|\d{4,}\.\d+|0+\.\d+|\d{1,3}(?:,\d{3})+\.\d*)\s*%?$"
_EITHER_MARK = r",|^[+-]?\d{1,3}\.\d{3}\s*%?$"

# How figures are withheld because they are small.
_SUPPRESSED = r"(?i)^(?:[<≤]\s*\d+|\*+|\[c\]|suppressed)$"

POLARS_TYPES: dict[str, pl.DataType] = {
    "string": pl.String(),
    "integer": pl.Int64(),
    "number": pl.Float64(),
    "boolean": pl.Boolean(),
    "date": pl.Date(),
    "timestamp": pl.Datetime("us"),
}

_NO_NOTES = pl.DataFrame(schema={"file_row": pl.Int64, "column_name": pl.String, "rule": pl.String})
_NO_REASONS = pl.DataFrame(schema={"file_row": pl.Int64, "column_name": pl.String, "rule": pl.String, "row_key": pl.String})


@dataclass(frozen=True)
class Conformed:
    """A block of rows, sorted into accepted ones (typed) and the reasons of the others; read = accepted + rejected."""

    accepted: pl.DataFrame  # the contract's columns, _file_row, _clock_flags
    rejects: pl.DataFrame  # file_row, column_name, rule, row_key (of sheets only)
    rows_read: int
    rows_rejected: int
    clock_flagged_rows: int
    notes: pl.DataFrame = field(default_factory=lambda: _NO_NOTES)  # file_row, column_name, rule: what is remarkable about accepted rows

    @property
    def rows_accepted(self) -> int:
        return self.accepted.height


@lru_cache(maxsize=64)
def _regex(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def over_distinct(values: pl.Series, function: Callable[[str], object], dtype: pl.DataType) -> pl.Series:
    """A Python function of each text, worked out once per distinct value."""
    distinct = values.drop_nulls().unique()
    results = pl.Series([function(v) for v in distinct.to_list()], dtype=dtype)
    return values.replace_strict(distinct, results, default=None, return_dtype=dtype)


def by_regex(texts: pl.Series, pattern: str, linear: Callable[[pl.Series], pl.Series], other: Callable[[str], str | None]) -> pl.Series:
    """What a regular expression makes of texts: polars' (`linear`), or Python's of one text (`other`) where only `re` can read the expression.

    Python's may take for ever on some text, so only contracts may have such expressions: a layout with one is refused.
    """
    return linear(texts) if takes_linear_time(pattern) else over_distinct(texts, other, pl.String())


def strip_pattern(text: str, pattern: str) -> str:
    """The text without what the pattern matches, again and again until nothing more goes (`Outcome 01` -> `01` -> `1`)."""
    for _ in range(MOST_PREFIXES):
        shorter = _regex(pattern).sub("", text)
        if shorter == text:
            break
        text = shorter
    return text


def _formats(column: Column, typed: bool) -> tuple[str, ...]:
    return column.formats + tuple(f for f in TYPED_FORMATS if f not in column.formats) if typed else column.formats


def _in_range(times: pl.Series) -> pl.Series:
    """The times or dates, null outside 1900–2100: a format whose year is absurd has not read the text."""
    low, high = (EARLIEST, LATEST) if times.dtype != pl.Date else (EARLIEST.date(), LATEST.date())
    inside = times.is_between(low, high, closed="left")
    return times if inside.all() else times.set(~inside.fill_null(False), None)


def _by_first_fit(values: pl.Series, formats: Sequence[str], read: Callable[[pl.Series, str], pl.Series], dtype: pl.DataType) -> pl.Series:
    """Times or dates by the first format that fits; each further format is only tried on what no earlier one could read."""
    found = pl.Series(values.name, [None], dtype=dtype).new_from_index(0, len(values))
    for number, fmt in enumerate(formats):
        unread = None if number == 0 else (found.is_null() & values.is_not_null()).arg_true()
        read_now = _in_range(read(values if unread is None else values.gather(unread), fmt))
        found = read_now if unread is None else found.scatter(unread, read_now)
        if found.null_count() == values.null_count():
            break
    return found


def _read_time(texts: pl.Series, fmt: str) -> pl.Series:
    # No cache of texts: times of events rarely come again, and keeping them costs more than reading them.
    times = short_september(texts, fmt).str.to_datetime(fmt, strict=False, time_unit="us", cache=False)
    if isinstance(times.dtype, pl.Datetime) and times.dtype.time_zone is not None:
        times = times.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
    return times


def _read_date(texts: pl.Series, fmt: str) -> pl.Series:
    texts = short_september(texts, fmt)
    if "%d" not in fmt and "%e" not in fmt and "%j" not in fmt:  # a month is its first day
        return (texts + "-01").str.to_date(fmt + "-%d", strict=False)
    return texts.str.to_date(fmt, strict=False)


def parse_times(values: pl.Series, formats: tuple[str, ...]) -> tuple[pl.Series, pl.Series | None]:
    """Naive times of texts on the clock of their source; and which are in UTC already, as the text names an offset or zone (None: none does).

    Times outside 1900–2100 are null, as is everything that no format reads (24:00, 31 February), and times in a zone whose name is not
    one of ZONE_NAMES.
    """
    offset_formats = tuple(f for f in formats if "%z" in f)
    plain_formats = tuple(dict.fromkeys(without_zone(f) for f in formats if f not in offset_formats))
    dtype = pl.Datetime("us")
    times = _by_first_fit(values, plain_formats, _read_time, dtype)
    if times.null_count() == values.null_count():
        return times, None
    rows = (times.is_null() & values.is_not_null()).arg_true()
    texts = values.gather(rows)
    zoned = _by_first_fit(texts, offset_formats, _read_time, dtype)
    said, ahead = clock_and_shift(pl.col("t"))
    parts = texts.to_frame("t").select(said.alias("clock"), ahead.alias("shift"))
    shift = parts["shift"]
    clock = _by_first_fit(parts["clock"].set(shift.is_null(), None), plain_formats, _read_time, dtype)
    moved = pl.DataFrame({"clock": clock, "shift": shift}).select(pl.col("clock") - pl.duration(minutes=pl.col("shift"))).to_series()
    # Adding a duration leaves a null time null, not its slot: cast keeps the type where every one is null.
    moved = _in_range(moved.cast(dtype).set(clock.is_null(), None))
    times = times.scatter(rows, pl.select(pl.coalesce(zoned, moved)).to_series())
    is_utc = pl.repeat(False, len(values), dtype=pl.Boolean, eager=True).scatter(rows, pl.repeat(True, len(rows), eager=True))
    return times, is_utc


def parse_dates(values: pl.Series, formats: tuple[str, ...]) -> pl.Series:
    """Dates by the first format that fits, null outside 1900–2100. `%Y-%m` gives the first of the month.

    A time that names an offset or zone is of the day that London's clock shows at that moment; any other, of the day that is written.
    """
    with_clock = tuple(fmt for fmt in formats if "%H" in fmt or "%I" in fmt)
    dates = _by_first_fit(values, tuple(fmt for fmt in formats if fmt not in with_clock), _read_date, pl.Date())
    if not with_clock or dates.null_count() == values.null_count():
        return dates
    rows = (dates.is_null() & values.is_not_null()).arg_true()
    times, is_utc = parse_times(values.gather(rows), with_clock)
    if is_utc is not None:
        times = times.zip_with(~is_utc, times.dt.replace_time_zone("UTC").dt.convert_time_zone(LONDON).dt.replace_time_zone(None))
    return dates.scatter(rows, times.dt.date())


_DAY_FIRST = r"%[de]([/. -])%m[/. -]%[Yy]"
_TWO_NUMBERS = r"^\s*(\d{1,2})[/. -](\d{1,2})[/. -]\d{2,4}\b"
# How many months a column's dates must spread over, on one day of the month, before that day is taken for the month.
_STEPS = 4


def month_first(texts: pl.Series, formats: Sequence[str], column: Column, feed: Feed) -> pl.Series | None:
    """Which dates of a column that the formats read day-first may be month-first, and so cannot be read; None: none.

    Day and month are in doubt where both are 12 or less, and the column shows the other order: second numbers above 12 (and hardly any
    first ones), or times of events that all lie on one day of the month, month after month, as the first days of a single month do.
    """
    if not any(re.search(_DAY_FIRST, fmt) for fmt in formats):
        return None
    # Years come first, nearly always; to see that costs a quarter of the rest.
    if texts.str.head(3).cast(pl.UInt16, strict=False).null_count() == texts.null_count():
        return None
    numbers = texts.to_frame("t").select(
        first=pl.col("t").str.extract(_TWO_NUMBERS, 1).cast(pl.Int32), second=pl.col("t").str.extract(_TWO_NUMBERS, 2).cast(pl.Int32)
    )
    first, second = numbers["first"], numbers["second"]
    if first.null_count() == len(first):
        return None
    shows_month_first = int(((second > 12) & (second <= 31) & (first <= 12)).sum())
    shows_day_first = int(((first > 12) & (second <= 12)).sum())
    in_doubt = ((first <= 12) & (second <= 12) & (first != second)).fill_null(False)
    if shows_month_first * 20 > shows_day_first and shows_month_first:
        return in_doubt
    is_event = column.name == feed.event_time and not feed.is_snapshot
    # The first of each month at midnight is how some write the month itself.
    are_months = first.max() == 1 and not texts.str.contains(r"[\sT]\d*[1-9]|:\d*[1-9]").any()
    if is_event and not are_months and not shows_day_first and first.drop_nulls().n_unique() == 1 and second.drop_nulls().n_unique() >= _STEPS:
        return in_doubt
    return None


def _resolve(column: Column, feed: Feed) -> Iterator[str]:
    """The columns whose times `column` follows, nearest first."""
    seen = {column.name}
    follows = column.follows
    while follows is not None and follows not in seen:
        yield follows
        seen.add(follows)
        follows = feed.by_name[follows].follows


def _to_utc(local: pl.Series, zone: str, is_utc: pl.Series | None, followed: list[pl.Series]) -> tuple[pl.Series, pl.Series]:
    """UTC times and clock flags of a parsed time column, held against the times it follows (nearest first)."""
    utc, flag = local_to_utc(local, zone, followed)
    if is_utc is not None:
        utc, flag = local.zip_with(is_utc, utc), flag.set(is_utc, None)
    return utc, flag


def _rule(column: Column, rule: str) -> str:
    return f"{column.name}|{rule}"


@lru_cache(maxsize=256)
def _in_any_case(words: frozenset[str]) -> tuple[pl.Series, pl.Series]:
    """Lower-case words spelled out in every letter case, where they are short; and the longer ones, as they are."""
    # `k` has a third form in Unicode, the sign of kelvin.
    short = {w for w in words if w.isascii() and "k" not in w and sum(c.isalpha() for c in w) <= 5}
    spelt = {"".join(letters) for w in short for letters in product(*({c, c.upper()} for c in w))}
    return pl.Series(sorted(spelt), dtype=pl.String), pl.Series(sorted(words - short), dtype=pl.String)


def is_any_of(text: pl.Expr, words: Iterable[str]) -> pl.Expr:
    """Whether a text is one of the lower-case words in any letter case. To look it up as it is costs a tenth of lowering it."""
    spelt, others = _in_any_case(frozenset(words))
    found = text.is_in(spelt.implode())
    return found | text.str.to_lowercase().is_in(others.implode()) if len(others) else found


def _cleaned(column: Column, feed: Feed) -> pl.Expr:
    """The trimmed text, null where it says "nothing"."""
    text = pl.col(column.name)
    tokens = {*feed.null_values, *column.null_values, ""}
    if column.type in ("date", "timestamp"):
        tokens |= set(NULL_TIMES)
    return pl.when(is_any_of(text, tokens)).then(None).otherwise(text)


def _text_rules(column: Column) -> dict[str, pl.Expr]:
    """Rules on the text, before it is typed."""
    text = pl.col(column.name)
    rules = {
        _rule(column, "formula"): text.str.starts_with("="),
        _rule(column, "nul_byte"): text.str.contains("\0", literal=True),
        _rule(column, "too_long"): text.str.len_chars() > column.max_length,
    }
    if column.required:
        is_given = is_any_of(pl.col(column.suppressed_into), TRUE_VALUES).fill_null(False) if column.suppressed_into else pl.lit(False)
        rules[_rule(column, "required")] = text.is_null() & ~is_given
    if column.is_identifier:
        rules[_rule(column, "scientific_notation")] = text.str.contains(_SCIENTIFIC)
    return rules


def _may_break(column: Column) -> dict[str, pl.Expr]:
    """For each text rule, whether any row of a block may break it; the rule itself is only worked out then."""
    text = pl.col(column.name)
    suspicions = {rule: expr.any() for rule, expr in _text_rules(column).items()}
    return suspicions | {
        _rule(column, "too_long"): text.str.len_bytes().max() > column.max_length,
        _rule(column, "nul_byte"): text.str.join("").str.contains("\0", literal=True).first(),  # one long text is searched in a third of the time
    }


def _without_prefix(texts: pl.Series, pattern: str) -> pl.Series:
    def stripped(texts: pl.Series) -> pl.Series:
        for _ in range(MOST_PREFIXES):
            shorter = texts.str.replace_all(pattern, "")
            if (shorter.str.len_bytes() == texts.str.len_bytes()).all():
                break
            texts = shorter
        return texts.str.strip_chars()

    return by_regex(texts, pattern, stripped, lambda text: strip_pattern(text, pattern).strip())


def _typed(column: Column) -> pl.Expr:
    """The value of the column's readable text, null where it cannot be read; times and dates are read by `_read_times`."""
    text = pl.col(column.name)
    if column.type == "string":
        return _spelt(column, text)
    if column.type == "boolean":
        own = {truth: {w for w, value in column.value_map.items() if value == truth} for truth in ("true", "false")}
        is_true, is_false = {*TRUE_VALUES} - own["false"] | own["true"], {*FALSE_VALUES} - own["true"] | own["false"]
        return pl.when(is_any_of(text, is_true)).then(True).when(is_any_of(text, is_false)).then(False)
    if column.type == "number":
        return number_of(text, column.decimal_mark)
    digits = digits_of(text, column.decimal_mark)
    whole = digits.str.replace_all(",", "", literal=True).str.replace(r"\.0+$", "")
    return pl.when(digits.str.contains(_INTEGER)).then(whole.cast(pl.Int64, strict=False))


def _marks_in_doubt(texts: pl.DataFrame, columns: Sequence[Column], is_comma_doubtful: bool) -> dict[str, pl.Series]:
    """By column, the numbers of which nobody says whether a comma or point groups thousands or begins the decimals.

    They are in doubt where some number of the block can only have a decimal comma, or the file's delimiter suggests it: 171,250 may be
    either. A layout that says `decimalMark` settles it.
    """
    numbers = [c.name for c in columns if c.type in ("number", "integer") and c.decimal_mark is None]
    if not numbers or not texts.select(pl.any_horizontal(pl.col(numbers).str.contains(_EITHER_MARK).any())).item():
        return {}
    shows_comma = texts.select(pl.any_horizontal(pl.col(numbers).str.contains(_COMMA_DECIMAL).any())).item()
    mark = _EITHER_MARK if shows_comma else "," if is_comma_doubtful else None
    if mark is None:
        return {}
    doubtful = pl.col(numbers).str.contains(mark) & ~pl.col(numbers).str.contains(_POINT_DECIMAL)
    return {s.name: s.fill_null(False) for s in texts.select(doubtful)}


def _spelt(column: Column, text: pl.Expr) -> pl.Expr:
    """The contract's spelling of a text; null where the contract lists the values and this is none of them."""
    cased = {"lower": text.str.to_lowercase(), "upper": text.str.to_uppercase()}.get(column.letter_case or "", text)
    if column.value_map:
        known = text.str.to_lowercase()
        return known.replace_strict(column.value_map, default=None if column.is_restricted else cased, return_dtype=pl.String())
    return cased


def _broken_value_rules(column: Column, text: pl.Series, value: pl.Series) -> Iterator[tuple[str, pl.Series]]:
    """The rules on the typed value that some row breaks, and by which rows; `text` is the readable text it came from."""
    if value.null_count() > text.null_count() and (column.type != "string" or column.is_restricted):
        rule = "not_allowed" if column.type == "string" else f"invalid_{column.type}"
        yield _rule(column, rule), text.is_not_null() & value.is_null()
    if column.type == "string" and column.pattern:
        pattern = column.pattern
        fits = over_distinct(value, lambda v: _regex(pattern).search(v) is not None, pl.Boolean())
        yield _rule(column, "pattern"), ~fits
    if column.minimum is not None:
        yield _rule(column, "below_minimum"), value < column.minimum
    if column.maximum is not None:
        yield _rule(column, "above_maximum"), value > column.maximum


def _in_order(feed: Feed, names: list[str]) -> list[str]:
    """Time columns so that each stands behind those it follows."""
    return sorted(names, key=lambda n: len(list(_resolve(feed.by_name[n], feed))))


@dataclass(frozen=True)
class _Plan:
    """What is done to every block of a layout with the same columns, in polars' words: to put it takes longer than a small block."""

    columns: tuple[Column, ...]
    trimmed: tuple[pl.Expr, ...]
    cleaned: tuple[pl.Expr, ...]
    decimal: tuple[pl.Expr, ...]
    may_break: tuple[pl.Expr, ...]
    text_rules: dict[str, pl.Expr]
    typed: tuple[pl.Expr, ...]


def _whole_identifiers(texts: pl.DataFrame, plan: _Plan) -> pl.DataFrame:
    """Identifiers that a program took for decimals (12345.0, as where a column has gaps) as the whole numbers that they are in other files.

    Up to fifteen digits: of longer ones such a program has lost the last digits.
    """
    if not plan.decimal:
        return texts
    names = [name for name, ends_so in texts.select(plan.decimal).row(0, named=True).items() if ends_so]
    return texts.with_columns(pl.col(names).str.replace(r"^(\d{1,15})\.0$", "${1}")) if names else texts


@lru_cache(maxsize=64)
def _plan(feed: Feed, present: frozenset[str]) -> _Plan:
    columns = tuple(c for c in feed.columns if c.name in present)
    return _Plan(
        columns=columns,
        trimmed=(*(pl.col(c.name).str.strip_chars() for c in columns), pl.col(ROW).cast(pl.Int64), pl.col(FAULT)),
        cleaned=tuple(_cleaned(c, feed).alias(c.name) for c in columns),
        decimal=tuple(pl.col(c.name).str.ends_with(".0").any() for c in columns if c.is_identifier),
        may_break=tuple(expr.alias(name) for c in columns for name, expr in _may_break(c).items()),
        text_rules={name: expr for c in columns for name, expr in _text_rules(c).items()},
        typed=tuple(_typed(c).alias(c.name) for c in columns if c.type not in ("date", "timestamp")),
    )


def conform(block: pl.DataFrame, feed: Feed, typed: bool = False, is_comma_doubtful: bool = False) -> Conformed:
    """Sort a block of text columns (canonical names, `_file_row`, `_fault`) into typed rows and rejects with every reason.

    `typed` says that dates and times were typed in the file and are written as TYPED_FORMATS. Optional columns that the
    block lacks come out null. Timestamps come out in UTC, naive. `is_comma_doubtful` says that the file is one in whose language
    a comma is likely to begin the decimals.
    """
    block = _without_suppressed(block, feed)
    plan = _plan(feed, frozenset(block.columns))
    texts = _whole_identifiers(block.select(plan.trimmed).with_columns(plan.cleaned), plan)
    rows, faults = texts[ROW], texts[FAULT]
    noted = faults == LEFT_OFF
    faults = faults.set(noted.fill_null(False), None) if noted.any() else faults
    broken: dict[str, pl.Series] = {}  # the rules that some row breaks, and by which rows
    suspected = texts.select(plan.may_break).row(0, named=True)
    broken |= {name: texts.select(plan.text_rules[name].fill_null(False).alias(name)).to_series() for name, may in suspected.items() if may}
    texts = _readable(texts, plan.columns, broken)

    values = {s.name: s for s in texts.select(plan.typed)}
    for name, doubtful in _marks_in_doubt(texts, plan.columns, is_comma_doubtful and not typed).items():
        values[name] = values[name].set(doubtful, None)
    is_utc: dict[str, pl.Series | None] = {}
    for column in plan.columns:
        formats = _formats(column, typed)
        if column.type == "date":
            values[column.name] = parse_dates(texts[column.name], formats)
        elif column.type == "timestamp":
            values[column.name], is_utc[column.name] = parse_times(texts[column.name], formats)
    for column in plan.columns:
        broken |= {name: hits.fill_null(False) for name, hits in _broken_value_rules(column, texts[column.name], values[column.name])}
        if column.type in ("date", "timestamp"):
            # What an expression has read is held against the text that it read.
            written = block[WRITTEN + column.name] if WRITTEN + column.name in block.columns else texts[column.name]
            is_doubtful = month_first(written, time_formats(column.transform) if column.transform else column.formats, column, feed)
            if is_doubtful is not None:
                broken[_rule(column, "month_or_day_first")] = is_doubtful & values[column.name].is_not_null()

    flags: dict[str, pl.Series] = {}
    for name in _in_order(feed, list(is_utc)):
        followed = [values[f] for f in _resolve(feed.by_name[name], feed) if f in is_utc]
        values[name], flags[name] = _to_utc(values[name], feed.by_name[name].time_zone or LONDON, is_utc[name], followed)

    broken = {name: hits for name, hits in broken.items() if hits.any()}
    absent = [pl.lit(None, POLARS_TYPES[c.type]).alias(c.name) for c in feed.columns if c.name not in values]
    frame = pl.DataFrame([*values.values(), rows]).with_columns(_clock_flags(flags), *absent)
    accepted, rejects = frame, _NO_REASONS
    if broken or faults.null_count() < len(faults):
        rejected = pl.DataFrame({FAULT: faults.is_not_null(), **broken}).select(pl.any_horizontal(pl.all())).to_series()
        key = texts[feed.key[0]] if feed.is_whole else None
        rejects = _reasons(
            rows.filter(rejected), faults.filter(rejected), None if key is None else key.filter(rejected),
            {name: hits.filter(rejected) for name, hits in broken.items()},
        )  # fmt: skip
        accepted = frame.filter(~rejected)
    accepted = accepted.select(*(c.name for c in feed.columns), ROW, "_clock_flags")
    return Conformed(
        accepted=accepted,
        rejects=rejects if feed.is_whole else rejects.drop("row_key"),
        rows_read=block.height,
        rows_rejected=block.height - accepted.height,
        clock_flagged_rows=accepted.height - accepted["_clock_flags"].null_count(),
        notes=_notes(rows.filter(noted.fill_null(False)), accepted[ROW]) if noted.any() else _NO_NOTES,
    )


def _notes(noted: pl.Series, accepted: pl.Series) -> pl.DataFrame:
    return pl.DataFrame({"file_row": noted.filter(noted.is_in(accepted.implode()))}).with_columns(
        column_name=pl.lit(ROW_COLUMN), rule=pl.lit(LEFT_OFF)
    )


def _without_suppressed(block: pl.DataFrame, feed: Feed) -> pl.DataFrame:
    """The block without the marks that stand for withheld figures; the column beside says that they were."""
    for column in feed.columns:
        into = column.suppressed_into
        if into is None or column.name not in block.columns:
            continue
        text = pl.col(column.name).str.strip_chars()
        hits = text.str.contains(_SUPPRESSED) if column.suppressed_marks is None else is_any_of(text, column.suppressed_marks)
        given = pl.col(into) if into in block.columns else pl.lit(None, pl.String)
        block = block.with_columns(
            pl.when(hits).then(None).otherwise(pl.col(column.name)).alias(column.name),
            pl.when(hits).then(pl.lit("true")).otherwise(given).alias(into),
        )
    return block


def _readable(texts: pl.DataFrame, columns: Sequence[Column], broken: Mapping[str, pl.Series]) -> pl.DataFrame:
    """The cleaned texts, null where a formula or a NUL byte makes one no value at all, without the prefixes that the contract takes off."""
    changed = []
    for column in columns:
        spoilt = [hits for rule in ("formula", "nul_byte") if (hits := broken.get(_rule(column, rule))) is not None]
        if spoilt or column.strip_prefix:
            text = texts[column.name]
            for hits in spoilt:
                text = text.set(hits, None)
            changed.append(_without_prefix(text, column.strip_prefix) if column.strip_prefix else text)
    return texts.with_columns(changed)


def _clock_flags(flags: Mapping[str, pl.Series]) -> pl.Expr:
    """`offered_at:ambiguous;ended_at:nonexistent`, null where no time of the row is in doubt (nearly always)."""
    raised = {name: flag for name, flag in flags.items() if flag.null_count() < len(flag)}
    if not raised:
        return pl.lit(None, pl.String).alias("_clock_flags")
    texts = [pl.lit(name + ":") + pl.lit(flag) for name, flag in raised.items()]
    joined = pl.concat_str(texts, separator=";", ignore_nulls=True)
    return pl.when(joined != "").then(joined).alias("_clock_flags")


def _reasons(rows: pl.Series, faults: pl.Series, keys: pl.Series | None, broken: Mapping[str, pl.Series]) -> pl.DataFrame:
    """One row per reason: file_row, column_name, rule, row_key."""
    keys = rows.clear(len(rows)).cast(pl.String) if keys is None else keys
    rejected = pl.DataFrame({ROW: rows, FAULT: faults, "_key": keys, **broken})
    of_row = rejected.filter(pl.col(FAULT).is_not_null()).select(
        file_row=pl.col(ROW), column_name=pl.lit(ROW_COLUMN, pl.String), rule=pl.col(FAULT).cast(pl.String), row_key=pl.col("_key")
    )
    raised = [name for name, hits in broken.items() if hits.any()]
    if not raised:
        return of_row
    parts = pl.col("_name").str.split_exact("|", 1).struct
    of_columns = (
        rejected.filter(~pl.col(FAULT).is_in(UNREADABLE).fill_null(False))
        .unpivot(raised, index=[ROW, "_key"], variable_name="_name", value_name="_hit")
        .filter("_hit")
        .select(file_row=pl.col(ROW), column_name=parts.field("field_0"), rule=parts.field("field_1"), row_key=pl.col("_key"))
    )
    return pl.concat([of_row, of_columns])
