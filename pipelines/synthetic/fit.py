"""Fits drawn durations to what their month is declared to show: how many lie below a mark, a median, a sum.

A fit keeps the order of what was drawn. Values are cut by rank into pieces between marks, and all values of a group are
bent by one exponent within their pieces until they have the group's sum; where that is out of reach (a handful of rows of
a scaled-down month) they come as near as they can.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

BISECTIONS = 50
STEEPEST = 7.0  # natural logarithm of the largest exponent


def pieces(drawn: np.ndarray, counts: Sequence[int], top: float) -> tuple[np.ndarray, np.ndarray]:
    """For each value the piece that its rank puts it in, and its place (0-1) between the piece's ends.

    drawn   values from 0 to `top`, in any unit
    counts  how many values each piece has, the smallest first; they sum to the number of values
    """
    order = np.argsort(drawn, kind="stable")
    ranked = np.concatenate([[0.0], drawn[order], [top]])
    ends = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    edges = (ranked[ends] + ranked[ends + 1]) / 2
    edges[ends == 0], edges[ends == len(drawn)] = 0.0, top
    piece = np.empty(len(drawn), dtype=np.int64)
    piece[order] = np.repeat(np.arange(len(counts)), counts)
    width = np.maximum(edges[piece + 1] - edges[piece], 1e-9)
    return piece, ((drawn - edges[piece]) / width).clip(0.0, 1.0)


def bent(place: np.ndarray, low: np.ndarray, high: np.ndarray, total: float) -> np.ndarray:
    """Values between `low` and `high`, in the order of their places, that sum to `total`."""
    below, above = -STEEPEST, STEEPEST
    for _ in range(BISECTIONS):
        middle = (below + above) / 2
        if (low + (high - low) * place ** np.exp(middle)).sum() > total:
            below = middle
        else:
            above = middle
    values: np.ndarray = low + (high - low) * place ** np.exp((below + above) / 2)
    return values


def around_median(drawn: np.ndarray, median: float, shortest: float, longest: float, total: float) -> np.ndarray:
    """The drawn values with this median and this sum."""
    below, middle = middle_ranks(len(drawn))
    piece, place = pieces(drawn, (below, middle, len(drawn) - below - middle), max(longest, float(drawn.max(initial=0.0))))
    return bent(place, np.array([shortest, median, median])[piece], np.array([median, median, longest])[piece], total)


def middle_ranks(count: int) -> tuple[int, int]:
    """How many of `count` ranked values lie below the middle ones, and how many are in the middle: one or two."""
    return (0, 0) if count == 0 else ((count - 1) // 2, 2 - count % 2)
