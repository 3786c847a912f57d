"""The model of days: level, weekday, season and bank holidays in a state space model (statsmodels) of the square roots of the counts,
whose scatter hardly depends on their size.

It forecasts from the newest day and from the Mondays of two years. Each of these forecasts rests on the calendar and on the days before its origin
alone, so that it is the same whenever it is made, and one that was kept need not be made again (docs/decisions/0027).
"""

from __future__ import annotations

import hashlib
import os
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from pipelines.demand.history import DAYS_AHEAD, Floats, History

ORIGIN_DAYS = 735  # two years and the week that must have come: those of the second year are judged, each calibrated by those of the year before it
ESTIMATED_DAYS = 56  # variances are estimated anew on every eighth Monday since the calendar began, and from the newest day
HISTORY_DAYS = 1064  # before that Monday: near three years, of each forecast alike, so that a window that moves on touches none
LEAST_MODEL_DAYS = 161  # known of them
YEARLY_DAYS = 400  # known, before a season can be told from a level
LEVEL_DAYS = 56
RETURNING = 0.5 * np.minimum(np.arange(1, DAYS_AHEAD + 1) / 28, 1)
ANSCOMBE = 3 / 8
LIKELY_VARIANCES = (0.25, 0.01)  # of days and of the level from day to day: chance alone gives square roots of counts a variance of a quarter


@dataclass(frozen=True)
class OriginForecast:
    """Square roots of calls by day ahead and their standard errors, the variances by which they were made, and a hash of all that they rest on."""

    means: Floats
    errors: Floats
    variances: Floats
    inputs_hash: str


def roots(counts: Floats) -> Floats:
    found: Floats = np.sqrt(counts + ANSCOMBE)
    return found


def origin_forecasts(history: History, kept: Mapping[int, OriginForecast]) -> dict[int, OriginForecast]:
    """By origin, the first day that is not known to it; those kept that still hold are taken over. None where too little is known.

    The newest day has variances of its own: where the level has just moved, those of three weeks ago would hold it back.
    """
    found: dict[int, OriginForecast] = {}
    for origin in _origins(history):
        monday = _eighth_monday(history, origin)
        start = max(monday - HISTORY_DAYS, 0)
        estimated = origin if origin == len(history.days) else monday
        inputs_hash = _inputs_hash(history, start, estimated, origin)
        forecast = kept.get(origin)
        if forecast is None or forecast.inputs_hash != inputs_hash:
            likely = found[monday].variances if monday < origin else np.array(LIKELY_VARIANCES)
            variances = likely if estimated < origin else _variances(history, start, origin, likely)
            forecast = OriginForecast(*_ahead(history, start, origin, variances), variances, inputs_hash)
        found[origin] = forecast
    return found


def _eighth_monday(history: History, origin: int) -> int:
    """The origin itself, or the last one before it."""
    return origin - (history.first.toordinal() + origin - 1) % ESTIMATED_DAYS


def _origins(history: History) -> list[int]:
    """Mondays from an eighth one on, and the day after the newest."""
    now = len(history.days)
    mondays = range(_eighth_monday(history, now - ORIGIN_DAYS), now, 7)
    before = np.append(0, np.cumsum(history.is_known))

    def is_enough(origin: int) -> bool:
        end = max(_eighth_monday(history, origin), 0)
        return bool(before[end] - before[max(end - HISTORY_DAYS, 0)] >= LEAST_MODEL_DAYS)

    return [origin for origin in (*mondays, now) if is_enough(origin)]


def _inputs_hash(history: History, start: int, estimated: int, origin: int) -> str:
    digest = hashlib.sha256(f"{_code()} {origin - estimated} {origin - start}".encode())
    digest.update(history.days[start:origin].tobytes())
    digest.update(history.is_holiday[start : origin + DAYS_AHEAD].tobytes())
    return digest.hexdigest()[:16]


@cache
def _code() -> str:
    """Of what forecasts are made by: another way of making them makes them anew."""
    return hashlib.sha256(version("statsmodels").encode() + Path(__file__).read_bytes()).hexdigest()


def _ahead(history: History, start: int, origin: int, variances: Floats) -> tuple[Floats, Floats]:
    model, to_come = _model(history, start, origin)
    # what comes is forecast from the last state alone: nothing is smoothed, and nobody asks how sure the variances are
    known = model.filter(variances, cov_type="none")
    ahead = known.get_forecast(DAYS_AHEAD, exog=to_come)
    # A level that has just moved tends to move back in part, which the day after does not show and the months after do.
    level = known.level["filtered"]
    means = np.asarray(ahead.predicted_mean) + RETURNING * (level[-LEVEL_DAYS:].mean() - level[-1])
    return means, np.asarray(ahead.se_mean)


def _variances(history: History, start: int, origin: int, likely: Floats) -> Floats:
    found: Floats = _model(history, start, origin)[0].fit(start_params=likely, disp=False, maxiter=100, return_params=True)
    return found


def _model(history: History, start: int, origin: int) -> tuple[Any, Floats | None]:
    """The model of the days before the origin, and its regressors on those to come."""
    # With a handful of numbers to multiply, several threads spend more time on waiting for each other than one does on the work.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # takes seconds to import, and most of what reads this module does not need it
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    # of a search that ends early: the backtest says what its forecasts are worth. For all threads: dbt runs models in several
    warnings.filterwarnings("ignore", module="statsmodels")

    regressors = _regressors(history, start, origin)
    known, to_come = (None, None) if regressors is None else (regressors[: origin - start], regressors[origin - start :])
    days = roots(history.days[start:origin])
    return UnobservedComponents(days, level="local level", seasonal=7, stochastic_seasonal=False, exog=known, mle_regression=False), to_come


def _regressors(history: History, start: int, origin: int) -> Floats | None:
    """Season and bank holidays, as far as the days before the origin can tell of them."""
    is_known, is_holiday = history.is_known[start:origin], history.is_holiday[start : origin + DAYS_AHEAD]
    day = np.arange(len(is_holiday))
    columns = []
    if is_known.sum() >= YEARLY_DAYS:
        columns += [wave(2 * np.pi * number * day / 365.25) for number in (1, 2) for wave in (np.sin, np.cos)]
    if (is_holiday[: origin - start] & is_known).any():
        columns.append(is_holiday.astype(float))
    return np.column_stack(columns) if columns else None
