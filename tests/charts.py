"""Process behaviour charts and trends, worked out anew for the tests of the synthetic force (methods 1.2 and 11, rule set mdc7)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise, takewhile

import numpy as np


@dataclass(frozen=True)
class Chart:
    """One series of months, oldest first, and which of its points stand out upwards."""

    values: np.ndarray
    mean: float
    two_sigma: float  # the upper line of two sigma
    upper: float  # the upper limit of three sigma
    is_high: np.ndarray  # beyond three sigma, or one of two of three beyond two

    @property
    def last_high(self) -> int:
        """How many of the last months are exceptionally high, without a gap."""
        return sum(1 for _ in takewhile(bool, self.is_high[::-1]))

    @property
    def last_above_mean(self) -> int:
        return sum(1 for _ in takewhile(lambda v: v > self.mean, self.values[::-1]))

    @property
    def over_limit(self) -> int:
        """How many of the last exceptionally high months lie above the upper limit."""
        return int((self.values[len(self.values) - self.last_high :] > self.upper).sum())

    @property
    def rises_at_the_end(self) -> bool:
        """Seven points, each above the one before."""
        return all(a < b for a, b in pairwise(self.values[-7:]))


def chart(values: list[float]) -> Chart:
    """The XmR chart of a whole history: moving ranges screened once."""
    y = np.array(values, dtype=float)
    mean, ranges = y.mean(), np.abs(np.diff(y))
    average = ranges[ranges < 3.267 * ranges.mean()].mean()
    two, three = 2.66 * average * 2 / 3, 2.66 * average
    beyond = np.abs(y - mean) > three
    near = ~beyond & (np.abs(y - mean) > two)
    side = np.sign(y - mean)
    two_of_three = np.zeros(len(y), dtype=bool)
    for start in range(len(y) - 2):
        window = slice(start, start + 3)
        if abs(side[window].sum()) == 3 and near[window].sum() >= 2:
            two_of_three[window] |= near[window]
    return Chart(y, mean, mean + two, mean + three, (beyond | two_of_three) & (side > 0))


def trend(values: list[float]) -> tuple[int, float]:
    """The sign of a significant Mann-Kendall trend (two-sided 5 %; else 0), and Sen's slope a month as a share of the mean."""
    y = np.array(values, dtype=float)
    n = len(y)
    earlier, later = np.triu_indices(n, 1)
    score = np.sign(y[later] - y[earlier]).sum()
    z = (score - np.sign(score)) / np.sqrt(n * (n - 1) * (2 * n + 5) / 18)
    slope = np.median((y[later] - y[earlier]) / (later - earlier)) / y.mean()
    return (int(np.sign(z)) if abs(z) > 1.96 else 0), float(slope)


def deseasonalised(values: list[float], first_month: int) -> np.ndarray:
    """Values divided by their month's index: the median ratio to the centred twelve-month mean."""
    y = np.array(values, dtype=float)
    centred = np.convolve(y, np.r_[0.5, np.ones(11), 0.5] / 12, "valid")
    month = (np.arange(len(y)) + first_month - 1) % 12
    ratio = y[6:-6] / centred
    return y / np.array([np.median(ratio[month[6:-6] == m]) for m in range(12)])[month]
