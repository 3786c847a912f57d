"""Months, the Europe/London clock, and event times drawn by weekday and hour. Times are whole seconds since 1970, UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl
from dateutil.relativedelta import SU, relativedelta

from pipelines.synthetic import calibration as cal

HOUR, DAY = 3_600, 86_400
Times = np.ndarray  # int64 seconds since 1970-01-01 UTC


def first_of_month(day: date) -> date:
    return day.replace(day=1)


def add_months(month: date, count: int) -> date:
    return month + relativedelta(months=count)


def months_until(end: date, count: int) -> list[date]:
    """The last `count` months up to that of `end`."""
    last = first_of_month(end)
    return [add_months(last, -back) for back in range(count - 1, -1, -1)]


def days_in_month(month: date) -> int:
    return (add_months(month, 1) - month).days


def last_day(month: date, end: date) -> date:
    """The last day of the month that the period covers."""
    return min(add_months(month, 1) - timedelta(days=1), end)


def report_year(month: date) -> int:
    """The year to 31 July that the month belongs to."""
    return month.year if month.month <= 7 else month.year + 1


def clock_changes(year: int) -> tuple[date, date]:
    """The last Sundays of March and October, on which the clocks change at 01:00 UTC."""
    return date(year, 3, 31) + relativedelta(weekday=SU(-1)), date(year, 10, 31) + relativedelta(weekday=SU(-1))


def _epoch(day: date, hour: int = 0) -> int:
    return int(datetime(day.year, day.month, day.day, hour, tzinfo=UTC).timestamp())


# Changes of the years that the generator may be asked for; odd places are on summer time.
_CHANGES = np.array([_epoch(day, 1) for year in range(1970, 2051) for day in clock_changes(year)], dtype=np.int64)


def offset_at(times: Times) -> np.ndarray:
    """Seconds by which the London clock is ahead of UTC at these times."""
    is_summer: np.ndarray = np.searchsorted(_CHANGES, times, side="right") % 2
    return is_summer * HOUR


def _in_first_summer_hour(times: Times) -> np.ndarray:
    """Which times lie in the hour after a spring change."""
    change = np.clip(np.searchsorted(_CHANGES, times, side="right") - 1, 0, None)
    flags: np.ndarray = (change % 2 == 0) & (times - _CHANGES[change] < HOUR)
    return flags


def from_local(day: date, time: str) -> int:
    """The UTC time of a local wall time that exists once ("HH:MM" or "HHMM")."""
    digits = time.replace(":", "")
    wall = _epoch(day) + int(digits[:2]) * HOUR + int(digits[2:]) * 60
    guess = wall - int(offset_at(np.array([wall - HOUR]))[0])
    return guess if guess + int(offset_at(np.array([guess]))[0]) == wall else wall


def local_column(name: str, times: Times, absent: np.ndarray | None = None, unchanged_clock: np.ndarray | None = None) -> pl.Series:
    """Times as local wall times without offset (Datetime), null where `absent`.

    Rows flagged `unchanged_clock` were written by a clock that had not yet been put forward: in the hour after the
    spring change they show 01:xx, a time that did not exist.
    """
    wall = times + offset_at(times)
    if unchanged_clock is not None and unchanged_clock.any():
        wall = np.where(unchanged_clock & _in_first_summer_hour(times), wall - HOUR, wall)
    series = pl.Series(name, wall * 1_000, dtype=pl.Int64).cast(pl.Datetime("ms"))
    return series if absent is None else series.set(pl.Series(absent), None)


def draw_times(rng: np.random.Generator, month: date, end: date, count: int, profile: str, *, even: bool = False) -> Times:
    """`count` sorted times in the local month (up to `end`), by the profile's weekdays and hours.

    The autumn night's repeated hour gets twice its weight and both its passes, the spring night's missing hour none.
    Wherever there are rows enough, both passes and the hour after the spring change have at least one row each.
    `even`: the month shows the profile's weekdays and hours themselves, not a draw about them; only the days vary.
    """
    if count == 0:
        return np.empty(0, dtype=np.int64)
    days = [month + timedelta(days=d) for d in range((last_day(month, end) - month).days + 1)]
    spring, autumn = clock_changes(month.year)
    weekday, hour = np.array(cal.clock.WEEKDAYS[profile]), np.array(cal.clock.HOURS[profile])
    weights = weekday[[d.weekday() for d in days]][:, None] * (hour / hour.sum())[None, :]
    starts = np.array([_epoch(d) for d in days])[:, None] + np.arange(24)[None, :] * HOUR
    starts = starts - offset_at(starts - HOUR)  # of the repeated hour, its first pass
    forced: list[int] = []
    if autumn in days:
        weights[days.index(autumn), 1] *= 2
        forced = [_epoch(autumn), _epoch(autumn, 1)]
    if spring in days:
        weights[days.index(spring), 1] = 0.0
        forced = [_epoch(spring, 1)]
    share = weights.ravel() / weights.sum()
    per_hour = _evenly(rng, days, share, count) if even else rng.multinomial(count, share)
    drawn = np.repeat(starts.ravel(), per_hour)
    within = rng.integers(0, HOUR, count)
    if autumn in days:  # half of the repeated hour's rows belong to its second pass
        within += HOUR * ((drawn == _epoch(autumn)) & (rng.random(count) < 0.5))
    times = drawn + within
    if count >= 4 * len(forced) and forced:
        places = rng.choice(count, len(forced), replace=False)
        times[places] = np.array(forced) + rng.integers(0, HOUR, len(forced))
    return np.sort(times)


def _evenly(rng: np.random.Generator, days: list[date], share: np.ndarray, count: int) -> np.ndarray:
    """Rows of each hour of the days: each weekday's hour has its share of the month to within a row, on any of its days."""
    weekday, hour = np.repeat([d.weekday() for d in days], 24), np.tile(np.arange(24), len(days))
    order = np.lexsort((rng.random(len(share)), hour, weekday))
    edges = np.floor(np.cumsum(share[order]) * count + rng.random()).astype(np.int64)
    edges[-1] = count
    rows = np.empty(len(share), dtype=np.int64)
    rows[order] = np.diff(edges.clip(max=count), prepend=0)
    return rows


def unchanged_clocks(rng: np.random.Generator, times: Times) -> np.ndarray:
    """Rows written by a clock not yet put forward: some in the hour after a spring change, at least one."""
    candidates = np.flatnonzero(_in_first_summer_hour(times))
    flags = np.zeros(len(times), dtype=bool)
    if len(candidates):
        flags[rng.choice(candidates, max(1, int(len(candidates) * cal.clock.SPRING_GAP_SHARE)), replace=False)] = True
    return flags
