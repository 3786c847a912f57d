"""Lines as their tables have them, read as histories."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, timedelta

import numpy as np
import polars as pl

from pipelines.demand.history import DAYS_AHEAD, SLOTS, Flags, Floats, History

SERIES = ["area_id", "line"]


def histories(demand: pl.DataFrame, earlier: pl.DataFrame, holidays: Collection[date]) -> Iterator[tuple[tuple[str, str], History]]:
    """Area and line, and the history of every line of `demand` (measures.interval_demand).

    earlier  calls by day before those of `demand` (int_earlier_calls)
    """
    before = earlier.partition_by(SERIES, as_dict=True)
    for (area_id, line), part in demand.partition_by(SERIES, as_dict=True).items():
        yield (str(area_id), str(line)), _history(part, before.get((area_id, line), earlier.clear()), holidays)


def _history(part: pl.DataFrame, before: pl.DataFrame, holidays: Collection[date]) -> History:
    """The line's half hours as days by half hours of the wall clock: when the clocks go back, 01:00 and 01:30 hold two."""
    first, newest = pl.concat([before["local_date"], part["local_date"]]).min(), part["local_date"].max()
    assert isinstance(first, date)
    assert isinstance(newest, date)
    day = (pl.col("local_date") - pl.lit(first)).dt.total_days().alias("day")
    slot = (pl.col("interval_start_local").dt.hour().cast(pl.Int64) * 2 + pl.col("interval_start_local").dt.minute() // 30).alias("slot")
    cells = part.group_by(day, slot).agg(pl.col("offered_count").sum())
    counts: Floats = np.full(((newest - first).days + 1, SLOTS), np.nan)
    counts[cells["day"].unique().to_numpy()] = 0
    counts[cells["day"].to_numpy(), cells["slot"].to_numpy()] = cells["offered_count"].to_numpy()
    totals: Floats = counts.sum(axis=1)
    totals[before.select(day)["day"].to_numpy()] = before["offered_count"].to_numpy()
    days = pl.select(pl.date_range(first, newest + timedelta(days=DAYS_AHEAD)).alias("day"))["day"]
    is_holiday: Flags = days.is_in(list(holidays)).to_numpy()
    return History(first, totals, counts, is_holiday)
