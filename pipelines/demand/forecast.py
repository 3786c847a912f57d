"""Forecasts of calls by day and half hour with prediction intervals, and how accurate such forecasts were when made in the past (rolling origin).

Days: by the model, with intervals calibrated by how far off it was before. Half hours: the day's forecast, divided as such a day usually is. Both are
compared with the same weekday of the week before; a forecast that does no better is replaced by it (docs/decisions/0027).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pipelines.demand.day_model import OriginForecast
from pipelines.demand.history import DAYS_AHEAD, Floats, History
from pipelines.demand.outlook import INTERVAL_DAYS_AHEAD, YEAR_DAYS, Z80, Z95, Bounds, Outlook, divided, naive_days, naive_slots

HORIZONS = ((0, INTERVAL_DAYS_AHEAD), (INTERVAL_DAYS_AHEAD, DAYS_AHEAD))  # judged each by itself, since what is near is known better
MODEL, NAIVE = "model", "same weekday of the week before"

LEAST_DAYS = 56  # known, before anything is forecast
LEAST_ORIGINS = 4
DOUBTED_STRETCHES = 5  # the errors of so many stretches count as much as what the standard errors say of themselves
WIDEST = 3.0  # times the standard errors, and no narrower than a third


@dataclass(frozen=True)
class Backtest:
    """How accurate forecasts from each Monday of the last year were, over the days ahead that are known by now.

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


def forecasts(history: History, by_origin: Mapping[int, OriginForecast]) -> tuple[list[Forecast], Forecast] | None:
    """By day for each of HORIZONS, and by half hour (one row per day); None where too few days are known.

    by_origin  of the model of days (day_model.origin_forecasts), by origin
    """
    if int(history.is_known.sum()) < LEAST_DAYS:
        return None
    now = len(history.days)
    past = [origin for origin in sorted(by_origin) if origin + 7 <= now]
    judged = [origin for origin in past if origin + 7 > now - YEAR_DAYS]
    if len(judged) < LEAST_ORIGINS or now not in by_origin:
        naive = naive_days(history, [now])[now]
        return [Forecast(first, naive.bounds(first, end), NAIVE, None) for first, end in HORIZONS], _naive_half_hours(history)
    outlooks = {origin: Outlook.of(by_origin[origin]) for origin in (*past, now)}, naive_days(history, [*past, now])
    by_model, by_week_before = (calibrated(history.days, each, [*judged, now]) for each in outlooks)
    days = [_chosen(history.days, by_model[number], by_week_before[number], first) for number, (first, _) in enumerate(HORIZONS)]
    half_hours_known = np.append(0, np.cumsum(~np.isnan(history.counts[:, 0])))
    judged = [origin for origin in judged if half_hours_known[origin] >= LEAST_DAYS]
    if len(judged) < LEAST_ORIGINS:
        return days, _naive_half_hours(history)
    slots = {origin: divided(history, origin, by_model[0][origin]) for origin in (*judged, now)}
    return days, _chosen(history.counts, slots, naive_slots(history, [*judged, now]), 0)


def _naive_half_hours(history: History) -> Forecast:
    now = len(history.days)
    return Forecast(0, naive_slots(history, [now])[now], NAIVE, None)


def calibrated(came: Floats, outlooks: Mapping[int, Outlook], shown: Sequence[int]) -> list[dict[int, Bounds]]:
    """For each of HORIZONS and each origin shown, bounds by what was known then of the errors of the origins of a year before."""
    origins = np.array(sorted(outlooks))
    scores = np.stack([outlooks[origin].scores(came[origin : origin + DAYS_AHEAD]) for origin in origins])
    found = []
    for first, end in HORIZONS:
        bounds = {}
        for origin in shown:
            is_before = (origins >= origin - YEAR_DAYS) & (origins < origin)
            day = origins[is_before, None] + np.arange(first, end)
            part = scores[is_before, first:end]
            bounds[origin] = outlooks[origin].bounds(first, end, factors(part[(day < origin) & np.isfinite(part)], end - first))
        found.append(bounds)
    return found


def factors(scores: Floats, days: int) -> tuple[float, float]:
    """How much wider (or narrower) intervals should have been, taken the less for granted the fewer stretches the errors are from.

    Errors of origins a week apart are largely those of the same days: they count as stretches that do not overlap.
    """
    if not scores.size:
        return 1, 1
    stretches = 7 * scores.size / days**2
    weight = stretches / (stretches + DOUBTED_STRETCHES)
    ratios = np.quantile(scores, (0.8, 0.95)) / (Z80, Z95)
    of_80, of_95 = np.clip(ratios, 1 / WIDEST, WIDEST) ** weight
    return float(of_80), float(of_95)


def _chosen(actual: Floats, by_model: Mapping[int, Bounds], by_week_before: Mapping[int, Bounds], first: int) -> Forecast:
    """The forecast of these days ahead from the newest day: the model's if it did better in the past than the naive one."""
    *past, now = sorted(by_model)
    days = len(by_model[now].expected)
    came = [actual[origin + first : origin + first + days] for origin in past]
    scale = np.nanmean(np.abs(actual[7 : past[0]] - actual[: past[0] - 7]))

    def together(of: Mapping[int, Bounds], name: str) -> Floats:
        return np.concatenate([getattr(of[origin], name)[: len(part)].ravel() for origin, part in zip(past, came, strict=True)])

    values = np.concatenate([part.ravel() for part in came])
    known = ~np.isnan(values)
    if not known.any():
        return Forecast(first, by_week_before[now], NAIVE, None)
    mase, naive_mase = (
        float(np.nanmean(np.abs(values - together(of, "expected"))) / scale) if scale > 0 else float("nan") for of in (by_model, by_week_before)
    )
    method, shown = (MODEL, by_model) if mase < naive_mase else (NAIVE, by_week_before)
    within = [float(((values >= together(shown, f"lower_{pct}")) & (values <= together(shown, f"upper_{pct}")))[known].mean()) for pct in (80, 95)]
    origin_count = sum(len(part) > 0 for part in came)
    return Forecast(first, shown[now], method, Backtest(origin_count, int(known.sum()), mase, naive_mase, *within))
