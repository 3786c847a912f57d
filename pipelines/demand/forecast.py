"""Forecasts of calls by day and half hour with prediction intervals, and how accurate such forecasts were when made in the past (rolling origin).

Days: level, weekday, season and bank holidays in a state space model (statsmodels) of the square roots of the counts, whose scatter hardly depends on
their size. Half hours: the day's forecast, divided as such a day usually is. Both are compared with the same weekday of the week before; a
forecast that does no better is replaced by it (docs/decisions/0027).
"""

from __future__ import annotations

import os
import warnings
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

SLOTS = 48
DAYS_AHEAD = 91  # 13 weeks by day
INTERVAL_DAYS_AHEAD = 14  # of them by half hour
HORIZONS = ((0, 14), (14, DAYS_AHEAD))  # judged each by itself, since what is near is known better
MODEL, NAIVE = "model", "same weekday of the week before"

BACKTEST_DAYS = 182
REFITTED_DAYS = 28
LEAST_DAYS = 56  # known, before anything is forecast
LEAST_MODEL_DAYS = 182  # known before the first origin in the past
YEARLY_DAYS = 400  # known, before a season can be told from a level
PROFILE_DAYS = 182
SUNDAY = 6
Z80, Z95 = 1.2815515655446004, 1.959963984540054
ANSCOMBE = 3 / 8


@dataclass(frozen=True)
class Bounds:
    """Expected counts with their 80 and 95 % prediction intervals."""

    expected: Floats
    lower_80: Floats
    upper_80: Floats
    lower_95: Floats
    upper_95: Floats

    def part(self, first: int, end: int) -> Bounds:
        return Bounds(*(getattr(self, field.name)[first:end] for field in fields(self)))


@dataclass(frozen=True)
class Backtest:
    """How accurate forecasts from each week of the last half year were, over the days ahead that are known by now.

    mase, naive_mase  mean absolute error of the model, and of the same weekday of the week before, each over the mean difference of a week before
                      the first origin
    coverage          share of what came that lay in the interval, of the forecast that is shown
    """

    origin_count: int
    forecast_count: int
    mase: float
    naive_mase: float
    coverage_80: float
    coverage_95: float


@dataclass(frozen=True)
class Forecast:
    """Of the days ahead from `first` on (0 is the day after the newest)."""

    first: int
    bounds: Bounds
    method: str
    backtest: Backtest | None  # None where too little is known to look at the past

    @property
    def horizon(self) -> str:
        return f"{self.first + 1} to {self.first + len(self.bounds.expected)} days"


@dataclass(frozen=True)
class History:
    """Calls of a line up to the newest day, and what is known of these days and of those to come.

    days        calls by day; not a number where nothing is known of a day
    counts      the same by half hour of the wall clock; not numbers where only the day is known
    weekdays    0 for Monday; of these days and DAYS_AHEAD more, as is_holiday
    """

    days: Floats
    counts: Floats
    weekdays: NDArray[np.int64]
    is_holiday: Flags

    @cached_property
    def is_known(self) -> Flags:
        return ~np.isnan(self.days)

    @cached_property
    def origins(self) -> list[int]:
        """The days from which forecasts are made in the past; none where fewer than four are possible."""
        first = max(len(self.days) - BACKTEST_DAYS, int(np.searchsorted(np.cumsum(self.is_known), LEAST_MODEL_DAYS)) + 1)
        origins = list(range(first, len(self.days) - 6, 7))
        return origins if len(origins) >= 4 else []

    @cached_property
    def course(self) -> Floats:
        """What each day is to be divided like: its weekday, and Sunday on bank holidays."""
        return np.where(self.is_holiday, SUNDAY, self.weekdays)


def forecasts(history: History) -> tuple[list[Forecast], Forecast] | None:
    """By day for each of HORIZONS, and by half hour (one row per day); None where too few days are known."""
    if int(history.is_known.sum()) < LEAST_DAYS:
        return None
    now = len(history.days)
    model = _day_models(history, [*history.origins, now]) if history.origins else {}
    origins = list(model) or [now]
    days = {origin: (model.get(origin), _naive_days(history, origin)) for origin in origins}
    slots = {origin: (_divided(history, origin, model[origin]) if model else None, _naive_slots(history, origin)) for origin in origins}
    return [_chosen(history.days, days, *horizon) for horizon in HORIZONS], _chosen(history.counts, slots, 0, INTERVAL_DAYS_AHEAD)


def _chosen(actual: Floats, by_origin: dict[int, tuple[Bounds | None, Bounds]], first: int, end: int) -> Forecast:
    """The forecast of these days ahead from the newest day: the model's if it did better in the past than the naive one."""
    *past, now = sorted(by_origin)
    model, naive = by_origin[now]
    if model is None:
        return Forecast(first, naive.part(first, end), NAIVE, None)
    came = [actual[origin + first : origin + end] for origin in past]
    scale = np.nanmean(np.abs(actual[7 : past[0]] - actual[: past[0] - 7]))

    def together(number: int, name: str) -> Floats:
        return np.concatenate(
            [getattr(by_origin[origin][number], name)[first : first + len(of)].ravel() for origin, of in zip(past, came, strict=True)]
        )

    values = np.concatenate([part.ravel() for part in came])
    known = ~np.isnan(values)
    if not known.any():
        return Forecast(first, naive.part(first, end), NAIVE, None)
    mase, naive_mase = (float(np.nanmean(np.abs(values - together(number, "expected"))) / scale) if scale > 0 else float("nan") for number in (0, 1))
    shown = 0 if mase < naive_mase else 1
    within = [float(((values >= together(shown, f"lower_{pct}")) & (values <= together(shown, f"upper_{pct}")))[known].mean()) for pct in (80, 95)]
    origin_count = sum(len(of) > 0 for of in came)
    backtest = Backtest(origin_count, int(known.sum()), mase, naive_mase, *within)
    return Forecast(first, (model, naive)[shown].part(first, end), (MODEL, NAIVE)[shown], backtest)


def _day_models(history: History, origins: list[int]) -> dict[int, Bounds]:
    """Forecasts from each origin by what was known before it. Variances are estimated anew every four weeks, and for the newest."""
    roots = np.sqrt(history.days + ANSCOMBE)
    found: dict[int, Bounds] = {}
    variances: Floats | None = None
    estimated_at = 0
    features = np.empty((0, 0))
    for origin in origins:
        if variances is None or origin - estimated_at >= REFITTED_DAYS or origin == origins[-1]:
            features = _features(history, origin)
            variances, estimated_at = _variances(_model(roots[:origin], features), variances), origin
        # what comes is forecast from the last state alone: nothing is smoothed, and nobody asks how sure the variances are
        known = _model(roots[:origin], features).filter(variances, cov_type="none")
        ahead = known.get_forecast(DAYS_AHEAD, exog=_part(features, origin, origin + DAYS_AHEAD))
        found[origin] = _counts_of_roots(np.asarray(ahead.predicted_mean), np.asarray(ahead.se_mean))
    return found


def _model(roots: Floats, features: Floats) -> Any:
    # With a handful of numbers to multiply, several threads spend more time on waiting for each other than one does on the work.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # takes seconds to import, and most of what reads this module does not need it
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    return UnobservedComponents(
        roots, level="local level", seasonal=7, stochastic_seasonal=False, exog=_part(features, 0, len(roots)), mle_regression=False
    )


def _variances(model: Any, start: Floats | None) -> Floats:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a search that ends early: the backtest says what its forecasts are worth
        found: Floats = model.fit(start_params=start, disp=False, maxiter=100, return_params=True)
    return found


def _part(features: Floats, start: int, end: int) -> Floats | None:
    return features[start:end] if features.shape[1] else None


def _features(history: History, origin: int) -> Floats:
    """Season and bank holidays, as far as the days before the origin can tell of them."""
    day = np.arange(len(history.weekdays))
    columns = []
    known = history.is_known[:origin]
    if known.sum() >= YEARLY_DAYS:
        columns += [wave(2 * np.pi * number * day / 365.25) for number in (1, 2) for wave in (np.sin, np.cos)]
    if (history.is_holiday[:origin] & known).any():
        columns.append(history.is_holiday.astype(float))
    return np.column_stack(columns) if columns else np.empty((len(day), 0))


def _counts_of_roots(mean: Floats, error: Floats) -> Bounds:
    def count(root: Floats) -> Floats:
        return np.maximum(np.maximum(root, 0) ** 2 - ANSCOMBE, 0)

    return Bounds(
        np.maximum(np.maximum(mean, 0) ** 2 + error**2 - ANSCOMBE, 0),
        *(count(mean + sign * z * error) for z in (Z80, Z95) for sign in (-1, 1)),
    )


def _last_weeks(history: History, origin: int) -> Floats:
    """The 56 days before the origin, eight weeks by seven days by half hours."""
    part = history.counts[max(origin - 56, 0) : origin]
    missing = np.full((56 - len(part), SLOTS), np.nan)
    return np.concatenate([missing, part]).reshape(8, 7, SLOTS)


def _repeated(week: Floats, days: int) -> Floats:
    return np.concatenate([week] * (days // 7))


def _latest_week(history: History, origin: int) -> Floats:
    """Of each weekday the last one known."""
    weeks = _last_weeks(history, origin)
    latest = np.full((7, SLOTS), np.nan)
    for week in weeks:
        latest = np.where(np.isnan(week), latest, week)
    return latest


def _mean_squares_apart(values: Floats, weeks: int) -> float:
    """The mean square of the difference between days that are `weeks` apart, over the last year."""
    recent = values[-(BACKTEST_DAYS * 2) :]
    if len(recent) <= 7 * weeks:
        return float("nan")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of no pair of known days
        return float(np.nanmean((recent[7 * weeks :] - recent[: -7 * weeks]) ** 2))


def _normal(expected: Floats, deviation: Floats) -> Bounds:
    return Bounds(expected, *(np.maximum(expected + sign * z * deviation, 0) for z in (Z80, Z95) for sign in (-1, 1)))


def _naive_days(history: History, origin: int) -> Bounds:
    expected = _repeated(_latest_week(history, origin).sum(axis=1), DAYS_AHEAD)
    apart = np.array([_mean_squares_apart(history.days[:origin], weeks) for weeks in range(1, DAYS_AHEAD // 7 + 1)])
    # with less than a quarter known, further weeks are taken to be as uncertain as the last that is
    apart = np.fmax.accumulate(apart)
    return _normal(expected, np.sqrt(np.repeat(apart, 7)))


def _naive_slots(history: History, origin: int) -> Bounds:
    """Differences of a week are larger where there are more calls: their squares go with the usual number."""
    expected = _repeated(_latest_week(history, origin), INTERVAL_DAYS_AHEAD)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        usual = np.nanmean(_last_weeks(history, origin), axis=0)
    known = history.counts[:origin]
    apart = np.array([_mean_squares_apart(known, weeks) for weeks in range(1, INTERVAL_DAYS_AHEAD // 7 + 1)])
    ratio = np.repeat(apart, 7) / max(float(np.nanmean(known[-(BACKTEST_DAYS * 2) :])), 1e-9)
    return _normal(expected, np.sqrt(ratio[:, None] * _repeated(usual, INTERVAL_DAYS_AHEAD)))


def shares(history: History, origin: int) -> Floats:
    """By weekday, the share of its calls that usually comes in each half hour: of half a year, smoothed over neighbours."""
    first = max(origin - PROFILE_DAYS, 0)
    counts, course = history.counts[first:origin], history.course[first:origin]
    known = ~np.isnan(counts[:, 0])
    # all days count for a little, so that a weekday without a call is divided like any day
    every_day = counts[known].sum(axis=0) + 1e-6
    week = np.stack([counts[known & (course == weekday)].sum(axis=0) for weekday in range(7)]) + 1e-3 * every_day / every_day.sum()
    flat = week.ravel()
    smoothed = (np.roll(flat, 1) + 2 * flat + np.roll(flat, -1)).reshape(7, SLOTS)
    divided: Floats = smoothed / smoothed.sum(axis=1, keepdims=True)
    return divided


def _divided(history: History, origin: int, days: Bounds) -> Bounds:
    """The forecast of days by half hours: chance as observed within days, and the uncertainty of the day."""
    share = shares(history, origin)
    first = max(origin - PROFILE_DAYS, 0)
    usual = history.counts[first:origin].sum(axis=1, keepdims=True) * share[history.course[first:origin]]
    is_counted = usual > 0
    squares = (history.counts[first:origin] - usual)[is_counted] ** 2 / usual[is_counted]
    scatter = max(float(squares.mean()) if squares.size else 1.0, 1.0)
    expected = days.expected[:INTERVAL_DAYS_AHEAD, None]
    day_variance = ((days.upper_95 - days.lower_95)[:INTERVAL_DAYS_AHEAD, None] / (2 * Z95)) ** 2
    day_share = np.maximum(day_variance - expected, 0) / np.maximum(expected, 1e-9) ** 2
    mean = expected * share[history.course[origin : origin + INTERVAL_DAYS_AHEAD]]
    return Bounds(mean, *(_quantile(mean, scatter * mean + day_share * mean**2, sign * z) for z in (Z80, Z95) for sign in (-1, 1)))


def _quantile(mean: Floats, variance: Floats, z: float) -> Floats:
    """Whole calls, by a gamma distribution with this mean and variance (Wilson and Hilferty): counts are skewed."""
    size = np.maximum(mean, 1e-9)
    shape = size**2 / np.maximum(variance, 1e-9)
    quantile = size * np.maximum(1 - 1 / (9 * shape) + z / (3 * np.sqrt(shape)), 0) ** 3
    whole: Floats = np.maximum(np.ceil(quantile - 0.5), 0)
    return whole
