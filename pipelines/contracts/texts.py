"""How texts say numbers, times and zones: for the columns of contracts and for the expressions of layouts alike."""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache
from typing import TypeVar

import polars as pl

# A time of nothing: spreadsheets and MySQL show it as nought, SQL Server as the first day of 1900.
TIMES_OF_NOTHING = (
    "0:00:00", "00:00:00", "0000-00-00", "0000-00-00 00:00:00", "00/01/1900 00:00:00", "1900-01-00 00:00:00",
    "1900-01-01", "1900-01-01 00:00:00", "1900-01-01t00:00:00", "1900-01-01 00:00:00.000", "1900-01-01 00:00:00.000000",
    "01/01/1900", "01/01/1900 00:00", "01/01/1900 00:00:00",
)  # fmt: skip

# Names that mean one offset and no other, in minutes. Any other name leaves the time unread: it must never be dropped.
ZONE_NAMES = {"z": 0, "utc": 0, "gmt": 0, "bst": 60, "wet": 0, "west": 60, "cet": 60, "cest": 120, "eet": 120, "eest": 180}
# A clock reading with what says how far it is from UTC: a zone's name, an offset, or both ("UTC+01:00").
_OFFSET = r"^(.*?(?:\d|[AaPp]\.?[Mm]\.?))\s*(?:\(?([A-Za-z]{1,4})\)?)?\s*(?:([+-])(0\d|1[0-4]):?([0-5]\d))?$"
_ZONE_IN_FORMAT = re.compile(rf"\s*\(?(?:%Z|(?<!%)\b(?:{'|'.join(ZONE_NAMES)})|(?<=[A-Za-z])Z|[+-]\d\d:?\d\d)\)?\s*$", re.IGNORECASE)

_NUMBER = r"^[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)?(?:\.\d*)?(?:[eE][+-]?\d+)?\s*%?$"
# By the mark that begins the decimals: what else stands between thousands, and numbers in which it does.
_GROUPS = {mark: rf"[{other}\s\u{{a0}}\u{{202f}}'’]" for mark, other in ((",", "."), (".", ","))}
_GROUPED = {mark: rf"^[+-]?\d{{1,3}}(?:{group}\d{{3}})+(?:[{mark}]\d*)?\s*%?$" for mark, group in _GROUPS.items()}

_SAMPLE = datetime(2023, 11, 23, 14, 45, 56)
Texts = TypeVar("Texts", pl.Series, pl.Expr)


def digits_of(text: pl.Expr, mark: str | None) -> pl.Expr:
    """A number's text with a point before its decimals, where the mark that begins them is declared (null: it holds another mark)."""
    if mark:
        # What groups the thousands (the other mark, a space, an apostrophe) only counts in groups of three.
        text = pl.when(text.str.contains(_GROUPED[mark])).then(text.str.replace_all(_GROUPS[mark], "")).otherwise(text)
    if mark == ",":
        text = pl.when(~text.str.contains(".", literal=True)).then(text.str.replace(",", ".", literal=True))
    return text


def number_of(text: pl.Expr, mark: str | None) -> pl.Expr:
    """The number that a text says, a per cent as it is shown; null where it says none."""
    digits = digits_of(text, mark)
    plain = digits.str.replace_all(",", "", literal=True).str.replace(r"\s*%$", "")
    return pl.when(digits.str.contains(_NUMBER)).then(plain.cast(pl.Float64, strict=False))


def short_september(texts: Texts, fmt: str) -> Texts:
    """September is shortened to four letters by people, to three by formats."""
    return texts.str.replace(r"(?i)\bsept\b", "Sep") if "%b" in fmt or "%B" in fmt else texts


def without_zone(fmt: str) -> str:
    """A format without the zone at its end, which would be read and dropped: what the text says there counts."""
    return fmt if "%z" in fmt else _ZONE_IN_FORMAT.sub("", fmt)


def clock_and_shift(text: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """The clock reading of a text that names an offset or a zone behind it, and by how many minutes that clock is ahead of UTC (null: unknown)."""
    sign = text.str.extract(_OFFSET, 3).replace_strict({"+": 1, "-": -1}, default=None, return_dtype=pl.Int32)
    hours, minutes = (text.str.extract(_OFFSET, group).cast(pl.Int32) for group in (4, 5))
    name = text.str.extract(_OFFSET, 2).str.to_lowercase()
    shift = pl.coalesce(
        # "GMT+01:00": the name says from where the offset counts.
        pl.when(name.is_null() | name.is_in(["z", "utc", "gmt"])).then(sign * (hours * 60 + minutes)),
        pl.when(sign.is_null()).then(name.replace_strict(ZONE_NAMES, default=None, return_dtype=pl.Int32)),
    )
    return text.str.extract(_OFFSET, 1).str.strip_chars_end(), shift


@lru_cache(maxsize=512)
def takes_linear_time(pattern: str) -> bool:
    """Whether polars can read the regular expression: its engine takes time in proportion to the text, whatever the expression."""
    try:
        pl.select(pl.lit("").str.contains(pattern))
    except pl.exceptions.PolarsError:
        return False
    return True


@lru_cache(maxsize=512)
def problem_of_format(fmt: str) -> str | None:
    """What is wrong with a format of dates or times that reads none; None: it reads what it writes, a month at least."""
    words = "day, month and year are written %d, %m and %Y, hours and minutes %H and %M, with %I and %p on a 12-hour clock"
    plain = without_zone(fmt)
    try:
        text = pl.Series([_SAMPLE]).dt.replace_time_zone("UTC" if "%z" in fmt else None).dt.strftime(plain)
        days = [text.str.to_datetime(plain, strict=False).dt.date()[0], (text + "-01").str.to_date(plain + "-%d", strict=False)[0]]
    except pl.exceptions.PolarsError:
        days = []
    return None if {_SAMPLE.date(), _SAMPLE.date().replace(day=1)} & set(days) else f"{fmt!r} is no format of dates: {words}"
