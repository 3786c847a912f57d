"""What tests of printed statements work out anew: process behaviour charts, trends, correlations, tests of two shares or totals.

Series are arrays of one value per month, oldest first. The rules are those of docs/spc.md and docs/findings.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import erfc, sqrt

import numpy as np

Series = np.ndarray


@dataclass(frozen=True)
class Chart:
    """An XmR chart: limits, and for each month the sign (-1, 0, 1) of each rule."""

    mean: float
    lower: float
    upper: float
    beyond: np.ndarray  # a single point beyond the limits
    shift: np.ndarray  # seven on one side of the mean
    trend: np.ndarray  # seven rising or falling
    near: np.ndarray  # two of three near a limit, all three on one side

    @property
    def signals(self) -> np.ndarray:
        """Whether any rule speaks, by month."""
        return (self.beyond != 0) | (self.shift != 0) | (self.trend != 0) | (self.near != 0)

    @property
    def is_high(self) -> np.ndarray:
        """Which months are exceptionally high: above the upper limit, or among two of three near it."""
        return (self.beyond == 1) | (self.near == 1)


def chart(values: Series) -> Chart:
    """Limits from 2.66 mean moving ranges with one screening pass; the rules over the whole series."""
    y = np.asarray(values, dtype=float)
    ranges = np.abs(np.diff(y))
    mean, spread = y.mean(), ranges[ranges < 3.267 * ranges.mean()].mean()
    side = np.sign(y - mean)
    beyond = np.where(np.abs(y - mean) > 2.66 * spread, side, 0)
    is_near = (np.abs(y - mean) > 2.66 * 2 / 3 * spread) & (beyond == 0)
    shift, trend, near = (np.zeros(len(y)) for _ in range(3))
    for i in range(len(y) - 6):
        if abs(side[i : i + 7].sum()) == 7:
            shift[i : i + 7] = side[i]
        steps = np.sign(np.diff(y[i : i + 7]))
        if abs(steps.sum()) == 6:
            trend[i : i + 7] = steps[0]
    for i in range(len(y) - 2):
        three = slice(i, i + 3)
        if abs(side[three].sum()) == 3 and is_near[three].sum() >= 2:
            near[three] = np.where(is_near[three], side[three], near[three])
    return Chart(mean, mean - 2.66 * spread, mean + 2.66 * spread, beyond, shift, trend, near)


def run_length(mask: np.ndarray) -> int:
    """For how many of the last months it holds, without a gap."""
    return len(mask) - 1 - int(np.flatnonzero(~mask).max(initial=-1))


def deseasonalised(values: Series, first_month: int) -> np.ndarray:
    """Values divided by their month's index: the median ratio to the centred twelve-month mean."""
    y = np.array(values, dtype=float)
    centred = np.convolve(y, np.r_[0.5, np.ones(11), 0.5] / 12, "valid")
    month = (np.arange(len(y)) + first_month - 1) % 12
    ratio = y[6:-6] / centred
    return y / np.array([np.median(ratio[month[6:-6] == m]) for m in range(12)])[month]


def mann_kendall(values: Series) -> tuple[float, float]:
    """z of the trend (with ties) and its two-sided p."""
    y = np.asarray(values, dtype=float)
    n = len(y)
    s = sum(np.sign(y[j] - y[i]) for i in range(n) for j in range(i + 1, n))
    ties = np.unique(y, return_counts=True)[1]
    variance = (n * (n - 1) * (2 * n + 5) - (ties * (ties - 1) * (2 * ties + 5)).sum()) / 18
    z = (s - np.sign(s)) / sqrt(variance)
    return float(z), erfc(abs(z) / sqrt(2))


def slope(values: Series) -> float:
    """Sen's slope per month, as a share of the mean."""
    y = np.asarray(values, dtype=float)
    steps = [(y[j] - y[i]) / (j - i) for i in range(len(y)) for j in range(i + 1, len(y))]
    return float(np.median(steps) / y.mean())


def is_steady(values: Series, year: int = 12) -> bool:
    """Stable: no rule speaks in the last six months and the last twelve have no trend."""
    return not chart(values).signals[-6:].any() and mann_kendall(values[-year:])[1] >= 0.05


def is_falling(values: Series, year: int = 12) -> bool:
    """A trend of the last twelve months by Mann-Kendall, of at least a hundredth of the mean per month."""
    z, p = mann_kendall(values[-year:])
    return z < 0 and p < 0.05 and slope(values[-year:]) <= -0.01


def is_rising(values: Series, year: int = 12) -> bool:
    z, p = mann_kendall(values[-year:])
    return z > 0 and p < 0.05 and slope(values[-year:]) >= 0.01


def correlation(a: Series, b: Series) -> tuple[float, float]:
    """Pearson's r and the z of Fisher's transformation; beyond 1.96 its interval excludes nought."""
    r = float(np.corrcoef(a, b)[0, 1])
    return r, float(np.arctanh(r) * sqrt(len(a) - 3))


def shares_z(hits: float, of: float, hits_before: float, of_before: float) -> float:
    """z of the difference of two proportions, pooled."""
    pooled = (hits + hits_before) / (of + of_before)
    return (hits / of - hits_before / of_before) / sqrt(pooled * (1 - pooled) * (1 / of + 1 / of_before))


def totals_z(total: float, before: float) -> float:
    """z of the difference of two Poisson totals."""
    return (total - before) / sqrt(total + before)
