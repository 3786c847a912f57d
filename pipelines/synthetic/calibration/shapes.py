"""Types of the calibration: volumes by year and month, levels that move, weights.

Years run from 1 August to 31 July and are named by the year
they end in, as the printed report's rolling twelve months do. Durations are seconds, shares are 0-1. Sources of the
figures: the volumes, rates and times that the printed report of July 2023 implies; what it does not give is a
plausible value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from dateutil.relativedelta import relativedelta


@dataclass(frozen=True)
class Volume:
    """Rows per month of one series: totals by year to 31 July, spread over its months by days, season, events and noise.

    `factors` multiply single months (an event and how it fades); `steps` multiply every month from a date on (another
    operating model); `course` is the level about which the months of a year lie, where the totals alone would step each
    August; `pins` fix a month's rows, the others of its year share the rest. Years that are not named take the nearest
    named one.
    """

    yearly: Mapping[int, int]
    season: tuple[float, ...] = (1.0,) * 12  # January to December
    factors: Mapping[date, float] = field(default_factory=dict)
    steps: Mapping[date, float] = field(default_factory=dict)
    pins: Mapping[date, float] = field(default_factory=dict)  # whole numbers
    noise: float = 0.035  # standard deviation of a month's own factor, beside the noise that a count of its size has
    course: Trend | None = None


@dataclass(frozen=True)
class Counts:
    """Rows per month of one series, declared month by month: by calendar year, January first.

    For what is printed of single months, of years that do not end in July, or of how two series go together. Months of
    other years take the nearest year that has them.
    """

    years: Mapping[int, tuple[int, ...]]

    def at(self, month: date) -> int:
        known = [year for year, counts in self.years.items() if len(counts) >= month.month]
        return self.years[min(known, key=lambda year: (abs(year - month.year), year))][month.month - 1]


@dataclass(frozen=True)
class Trend:
    """A level that moves linearly between dated anchors and stays flat outside them."""

    anchors: Mapping[date, float]

    def at(self, month: date) -> float:
        days = [d.toordinal() for d in self.anchors]
        return float(np.interp(month.toordinal(), days, list(self.anchors.values())))


def level(value: float) -> Trend:
    """A level that does not move."""
    return Trend({date(2020, 1, 1): value})


def monthly(first: date, *values: float) -> dict[date, float]:
    """Anchors of a trend that is declared month by month."""
    return {first + relativedelta(months=i): value for i, value in enumerate(values)}


@dataclass(frozen=True)
class Level:
    """What a month shows: a trend and, about it, a noise of the month's own (standard deviation as a share of the trend).

    `pins` fix what single months show.
    """

    trend: Trend
    noise: Trend = field(default_factory=lambda: level(0.0))
    pins: Mapping[date, float] = field(default_factory=dict)


Weights = Mapping[str, float]

SUMMER = (0.95, 0.93, 0.96, 0.98, 1.03, 1.06, 1.09, 1.07, 1.02, 1.01, 0.96, 0.96)
WARM_EVENINGS = (0.78, 0.82, 0.93, 1.03, 1.12, 1.16, 1.20, 1.18, 1.05, 0.99, 0.92, 0.82)
FLAT = (1.0,) * 12
