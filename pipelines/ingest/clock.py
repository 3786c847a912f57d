"""Wall-clock times (Europe/London, where a layout names no other zone) to UTC, with a rule of our own for the two nights on which the clocks change.

- A time that happens twice (autumn) is its first occurrence, unless that lies before the time it follows: then its second.
- A time that does not exist (spring) is moved forward by the hour that the clocks skip.
Both are flagged, so that a figure which depends on them can be found.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Literal, cast
from zoneinfo import ZoneInfo

import polars as pl

LONDON = "Europe/London"
Ambiguous = Literal["earliest", "latest", "raise", "null"]  # what polars does with a time that happens twice
AMBIGUOUS = "ambiguous"
NONEXISTENT = "nonexistent"


def _to_utc(local: pl.Series, ambiguous: Ambiguous) -> pl.Series:
    zoned = local.dt.replace_time_zone(LONDON, ambiguous=ambiguous, non_existent="null")
    return zoned.dt.convert_time_zone("UTC").dt.replace_time_zone(None)


@lru_cache(maxsize=1)
def _regimes() -> pl.DataFrame:
    """Since when (local) which offset holds, 1900–2100: start, first and second (what to add for UTC, of the two occurrences), flag.

    London's clocks change at whole hours, so the hours around each change say it all.
    """
    noons = pl.datetime_range(datetime(1900, 1, 1, 12), datetime(2101, 1, 1, 12), "1d", time_unit="us", eager=True)
    offsets = _to_utc(noons, "earliest") - noons
    hours = pl.DataFrame({"noon": noons.filter(offsets != offsets.shift(-1))}).join(pl.DataFrame({"hour": range(25)}), how="cross")
    start = hours.select((pl.col("noon") + pl.duration(hours="hour")).unique().sort()).to_series()
    first, second, shifted = _to_utc(start, "earliest"), _to_utc(start, "latest"), _to_utc(start.dt.offset_by("1h"), "earliest")
    regimes = pl.DataFrame({"start": start, "first": first, "second": second, "shifted": shifted}).select(
        "start",
        first=pl.coalesce("first", "shifted") - pl.col("start"),
        second=pl.coalesce("second", "shifted") - pl.col("start"),
        flag=pl.when(pl.col("first").is_null()).then(pl.lit(NONEXISTENT)).when(pl.col("first") != pl.col("second")).then(pl.lit(AMBIGUOUS)),
    )
    what = pl.struct("first", "second", "flag")
    return regimes.filter(what.ne_missing(what.shift(1)))


@lru_cache(maxsize=1)
def _starts() -> list[datetime]:
    return _regimes()["start"].to_list()


def london_to_utc(local: pl.Series, followed: Sequence[pl.Series] = ()) -> tuple[pl.Series, pl.Series]:
    """UTC times (naive, microseconds) of naive London times of 1900–2100, and a flag a row: null, `ambiguous` or `nonexistent`.

    `followed` (naive UTC, nearest first, may hold nulls) decides which occurrence of an ambiguous time is meant.
    """
    flags = pl.Series(local.name, [None], dtype=pl.String).new_from_index(0, len(local))
    low, high = cast("tuple[datetime | None, datetime | None]", (local.min(), local.max()))
    if low is None or high is None:
        return local, flags
    regimes, starts = _regimes(), _starts()
    first, last = (max(bisect_right(starts, edge) - 1, 0) for edge in (low, high))
    if first == last and regimes["flag"][first] is None:  # nearly always: a file holds days, and clocks change on two nights a year
        return local + regimes["first"][first], flags
    regime = (regimes["start"].search_sorted(local, side="right").cast(pl.Int64) - 1).clip(0, regimes.height - 1)
    utc = local + regimes["first"].gather(regime)
    flags = regimes["flag"].gather(regime).set(local.is_null(), None).alias(local.name)
    if followed:
        not_before = pl.select(pl.coalesce(followed)).to_series()
        is_second = ((flags == AMBIGUOUS) & (utc < not_before)).fill_null(False)
        utc = utc.zip_with(~is_second, local + regimes["second"].gather(regime))
    return utc, flags


def local_to_utc(local: pl.Series, zone: str = LONDON, followed: Sequence[pl.Series] = ()) -> tuple[pl.Series, pl.Series]:
    """`london_to_utc` for the clock of any zone of the IANA database."""
    if zone == LONDON:
        return london_to_utc(local, followed)
    times = pl.DataFrame({"local": local})

    def utc(ambiguous: Ambiguous) -> pl.Expr:
        zoned = pl.col("local").dt.replace_time_zone(zone, ambiguous=ambiguous, non_existent="null")
        skipped = pl.col("local").dt.offset_by("1h").dt.replace_time_zone(zone, ambiguous=ambiguous, non_existent="null")
        return pl.coalesce(zoned, skipped).dt.convert_time_zone("UTC").dt.replace_time_zone(None)

    exists = pl.col("local").dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null").is_not_null()
    found = times.select(
        first=utc("earliest"),
        second=utc("latest"),
        flag=pl.when(pl.col("local").is_not_null() & ~exists)
        .then(pl.lit(NONEXISTENT))
        .when(utc("earliest") != utc("latest"))
        .then(pl.lit(AMBIGUOUS)),
    )
    first, flags = found["first"].alias(local.name), found["flag"].alias(local.name)
    if followed:
        not_before = pl.select(pl.coalesce(followed)).to_series()
        is_second = ((flags == AMBIGUOUS) & (first < not_before)).fill_null(False)
        first = first.zip_with(~is_second, found["second"])
    return first, flags


def london_datetime_to_utc(local: datetime) -> datetime:
    """One naive London time as naive UTC (its first occurrence where there are two), for times in file names."""
    zoned = local.replace(tzinfo=ZoneInfo(LONDON), fold=0)
    return zoned.astimezone(ZoneInfo("UTC")).replace(tzinfo=None)
