"""What is expected of days and half hours to come and how sure that is: by the model of days, and as on the same weekday of the week before."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipelines.demand.day_model import ANSCOMBE, OriginForecast, roots
from pipelines.demand.history import DAYS_AHEAD, SLOTS, Floats, History

INTERVAL_DAYS_AHEAD = 14
PROFILE_DAYS = 182
YEAR_DAYS = 364
Z80, Z95 = 1.2815515655446004, 1.959963984540054


@dataclass(frozen=True)
class Bounds:
    """Expected counts with their 80 and 95 % prediction intervals."""

    expected: Floats
    lower_80: Floats
    upper_80: Floats
    lower_95: Floats
    upper_95: Floats


@dataclass(frozen=True)
class Outlook:
    """Means by day ahead and their standard errors, of counts or of their square roots."""

    means: Floats
    errors: Floats
    is_of_roots: bool = False

    @classmethod
    def of(cls, forecast: OriginForecast) -> Outlook:
        return cls(forecast.means, forecast.errors, is_of_roots=True)

    def scores(self, came: Floats) -> Floats:
        """How far off it was, in standard errors; not a number where it is not known what came."""
        found = np.full(len(self.means), np.nan)
        values = roots(came) if self.is_of_roots else came
        with np.errstate(invalid="ignore", divide="ignore"):
            found[: len(came)] = np.abs(values - self.means[: len(came)]) / self.errors[: len(came)]
        return found

    def bounds(self, first: int, end: int, factors: tuple[float, float] = (1, 1)) -> Bounds:
        """Of these days ahead, with intervals so much wider than the standard errors say (80 and 95 %)."""
        means, errors = self.means[first:end], self.errors[first:end]
        sides = [means + sign * z * factor * errors for z, factor in zip((Z80, Z95), factors, strict=True) for sign in (-1, 1)]
        if not self.is_of_roots:
            return Bounds(means, *(np.maximum(side, 0) for side in sides))
        expected = np.maximum(means, 0) ** 2 + errors**2
        return Bounds(*(np.maximum(squares - ANSCOMBE, 0) for squares in (expected, *(np.maximum(side, 0) ** 2 for side in sides))))


def naive_days(history: History, origins: Sequence[int]) -> dict[int, Outlook]:
    apart = np.stack([_mean_squares_apart(history.days, weeks, origins) for weeks in range(1, DAYS_AHEAD // 7 + 1)], axis=1)
    # with less than a quarter known, further weeks are taken to be as uncertain as the last that is
    errors = np.repeat(np.sqrt(np.fmax.accumulate(apart, axis=1)), 7, axis=1)
    return {
        origin: Outlook(_repeated(_latest_week(_last_weeks(history.days, origin)), DAYS_AHEAD), error)
        for origin, error in zip(origins, errors, strict=True)
    }


def naive_slots(history: History, origins: Sequence[int]) -> dict[int, Bounds]:
    """Differences of a week are larger where there are more calls: their squares go with the usual number."""
    apart = np.stack([_mean_squares_apart(history.counts, weeks, origins) for weeks in range(1, INTERVAL_DAYS_AHEAD // 7 + 1)], axis=1)
    found = {}
    for origin, squares in zip(origins, apart, strict=True):
        weeks = _last_weeks(history.counts, origin)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # of a weekday without any
            usual = np.nanmean(weeks, axis=0)
            ratio = np.repeat(squares, 7) / max(float(np.nanmean(history.counts[max(origin - YEAR_DAYS, 0) : origin])), 1e-9)
        deviation = np.sqrt(ratio[:, None] * _repeated(usual, INTERVAL_DAYS_AHEAD))
        found[origin] = Outlook(_repeated(_latest_week(weeks), INTERVAL_DAYS_AHEAD), deviation).bounds(0, INTERVAL_DAYS_AHEAD)
    return found


def _mean_squares_apart(values: Floats, weeks: int, origins: Sequence[int]) -> Floats:
    """At each origin, the mean square of the difference between days that are `weeks` apart, over the year before it."""
    squares = (values[7 * weeks :] - values[: -7 * weeks]) ** 2
    by_day = squares.reshape(len(squares), -1).mean(axis=1)
    is_known = ~np.isnan(by_day)
    sums, numbers = (np.append(0, np.cumsum(of)) for of in (np.where(is_known, by_day, 0), is_known))
    end = np.clip(np.array(origins) - 7 * weeks, 0, len(squares))
    first = np.minimum(np.maximum(np.array(origins) - YEAR_DAYS, 0), end)
    with np.errstate(invalid="ignore"):
        found: Floats = (sums[end] - sums[first]) / (numbers[end] - numbers[first])
    return found


def _last_weeks(values: Floats, origin: int) -> Floats:
    """The 56 days before the origin, eight weeks by seven days."""
    part = values[max(origin - 56, 0) : origin]
    missing = np.full((56 - len(part), *values.shape[1:]), np.nan)
    return np.concatenate([missing, part]).reshape(8, 7, *values.shape[1:])


def _latest_week(weeks: Floats) -> Floats:
    """Of each weekday the last one known."""
    latest: Floats = weeks[0]
    for week in weeks[1:]:
        latest = np.where(np.isnan(week), latest, week)
    return latest


def _repeated(week: Floats, days: int) -> Floats:
    return np.concatenate([week] * (days // 7))


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


def divided(history: History, origin: int, days: Bounds) -> Bounds:
    """The forecast of days by half hours: chance as observed within days, and the uncertainty of the day."""
    share = shares(history, origin)
    first = max(origin - PROFILE_DAYS, 0)
    usual = history.counts[first:origin].sum(axis=1, keepdims=True) * share[history.course[first:origin]]
    is_counted = usual > 0
    squares = (history.counts[first:origin] - usual)[is_counted] ** 2 / usual[is_counted]
    scatter = max(float(squares.mean()) if squares.size else 1.0, 1.0)
    expected = days.expected[:, None]
    day_variance = ((days.upper_95 - days.lower_95)[:, None] / (2 * Z95)) ** 2
    day_share = np.maximum(day_variance - expected, 0) / np.maximum(expected, 1e-9) ** 2
    mean = expected * share[history.course[origin : origin + len(expected)]]
    return Bounds(mean, *(_quantile(mean, scatter * mean + day_share * mean**2, sign * z) for z in (Z80, Z95) for sign in (-1, 1)))


def _quantile(mean: Floats, variance: Floats, z: float) -> Floats:
    """Whole calls, by a gamma distribution with this mean and variance (Wilson and Hilferty): counts are skewed."""
    size = np.maximum(mean, 1e-9)
    shape = size**2 / np.maximum(variance, 1e-9)
    quantile = size * np.maximum(1 - 1 / (9 * shape) + z / (3 * np.sqrt(shape)), 0) ** 3
    whole: Floats = np.maximum(np.ceil(quantile - 0.5), 0)
    return whole
