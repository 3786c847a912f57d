"""Europe/London wall-clock times to UTC, with a rule of our own for the two nights on which the clocks change.

- A time that happens twice (autumn) is its first occurrence, unless that lies before the time it follows: then its second.
- A time that does not exist (spring) is moved forward by the hour that the clocks skip.
Both are flagged, so that a figure which depends on them can be found.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import polars as pl

LONDON = "Europe/London"
AMBIGUOUS = "ambiguous"
NONEXISTENT = "nonexistent"


def _to_utc(local: pl.Series, ambiguous: str) -> pl.Series:
    zoned = local.dt.replace_time_zone(LONDON, ambiguous=ambiguous, non_existent="null")
    return zoned.dt.convert_time_zone("UTC").dt.replace_time_zone(None)


def london_to_utc(local: pl.Series, not_before: pl.Series | None = None) -> tuple[pl.Series, pl.Series]:
    """UTC times (naive, microseconds) of naive London times, and a flag a row: null, `ambiguous` or `nonexistent`.

    `not_before` (naive UTC, may hold nulls) decides which occurrence of an ambiguous time is meant.
    """
    utc = _to_utc(local, "earliest")
    flags = pl.Series(local.name, [None], dtype=pl.String).new_from_index(0, len(local))
    # Clocks change at night: only times before 04:00 can be ambiguous or missing, and only where the two readings differ.
    night = (local.dt.hour() < 4) & local.dt.month().is_in([2, 3, 4, 8, 9, 10, 11, 12])
    rows = night.fill_null(False).arg_true()
    if len(rows) == 0:
        return utc, flags
    at_night = local.gather(rows)
    first, second = utc.gather(rows), _to_utc(at_night, "latest")
    twice = (first != second).fill_null(False)
    missing = first.is_null()
    if not twice.any() and not missing.any():
        return utc, flags
    shifted = _to_utc(at_night.dt.offset_by("1h"), "earliest")
    too_early = pl.repeat(False, len(rows), dtype=pl.Boolean, eager=True)
    if not_before is not None:
        too_early = (first < not_before.gather(rows)).fill_null(False)
    frame = pl.DataFrame({"first": first, "second": second, "shifted": shifted, "twice": twice, "missing": missing, "early": too_early})
    settled = frame.select(
        utc=pl.when("missing").then("shifted").when(pl.col("twice") & pl.col("early")).then("second").otherwise("first"),
        flag=pl.when("missing").then(pl.lit(NONEXISTENT)).when("twice").then(pl.lit(AMBIGUOUS)),
    )
    return utc.scatter(rows, settled["utc"]), flags.scatter(rows, settled["flag"])


def london_datetime_to_utc(local: datetime) -> datetime:
    """One naive London time as naive UTC (its first occurrence where there are two), for times in file names."""
    zoned = local.replace(tzinfo=ZoneInfo(LONDON), fold=0)
    return zoned.astimezone(ZoneInfo("UTC")).replace(tzinfo=None)
