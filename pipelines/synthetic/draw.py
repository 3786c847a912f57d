"""Seeded random draws: exact shares, weighted texts, lognormal durations. Nothing here loops over rows."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from datetime import date
from functools import cache
from statistics import NormalDist

import numpy as np
import polars as pl


def generator(seed: int, what: str, month: date | None = None) -> np.random.Generator:
    """A generator of its own for each thing and month, so that more months or another feed change nothing already drawn."""
    return np.random.default_rng([seed, zlib.crc32(what.encode()), 0 if month is None else month.year * 12 + month.month])


def flags(rng: np.random.Generator, count: int, share: float, at_least: int = 0) -> np.ndarray:
    """A mask with exactly the share of its rows set (rounded), at least `at_least` of them."""
    wanted = min(count, max(at_least, round(count * share)))
    mask = np.zeros(count, dtype=bool)
    mask[rng.permutation(count)[:wanted]] = True
    return mask


def codes(rng: np.random.Generator, weights: Mapping[str, float], count: int) -> np.ndarray:
    """Positions in `weights`, drawn by weight."""
    edges = np.cumsum(np.fromiter(weights.values(), dtype=float))
    positions: np.ndarray = np.searchsorted(edges, rng.random(count) * edges[-1], side="right").clip(max=len(edges) - 1)
    return positions


def texts(rng: np.random.Generator, weights: Mapping[str, float], count: int) -> pl.Series:
    """Texts drawn by weight; the empty text is null."""
    return take(list(weights), codes(rng, weights, count))


def take(values: list[str], positions: np.ndarray) -> pl.Series:
    """The values at these positions, as texts; the empty text is null."""
    return pl.Series([v or None for v in values], dtype=pl.String).gather(positions.astype(np.uint32))


def largest_remainders(weights: np.ndarray, total: int) -> np.ndarray:
    """Whole numbers in proportion to the weights that sum to `total`."""
    exact = weights / weights.sum() * total
    whole: np.ndarray = np.floor(exact).astype(np.int64)
    order = np.argsort(-(exact - whole), kind="stable")
    whole[order[: total - whole.sum()]] += 1
    return whole


def lognormal(rng: np.random.Generator, count: int, sigma: float, *, mean: float | None = None, median: float | None = None) -> np.ndarray:
    """Lognormal values of this mean or this median."""
    mu = np.log(median) if median is not None else np.log(mean or 0.0) - sigma**2 / 2
    return rng.lognormal(mu, sigma, count)


def lognormal_at(places: np.ndarray, sigma: float, *, median: float) -> np.ndarray:
    """The values of a lognormal distribution at these places (0-1) of it."""
    values: np.ndarray = median * np.exp(sigma * np.interp(places, *_normal_quantiles()))
    return values


@cache
def _normal_quantiles() -> tuple[np.ndarray, np.ndarray]:
    """The standard normal distribution as a table: shares below, and values."""
    values = np.linspace(-4, 4, 1_601)
    return np.array([NormalDist().cdf(v) for v in values]), values


def ranks_within(rng: np.random.Generator, groups: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each row its random place (0 upwards) among the rows of its group, and the size of the group."""
    shuffled = rng.permutation(len(groups))
    order = shuffled[np.argsort(groups[shuffled], kind="stable")]
    _, inverse, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    starts = np.cumsum(sizes) - sizes
    rank = np.empty(len(groups), dtype=np.int64)
    rank[order] = np.arange(len(groups)) - starts[inverse[order]]
    return rank, sizes[inverse]


def seconds(values: np.ndarray) -> np.ndarray:
    whole: np.ndarray = np.rint(values).astype(np.int64)
    return whole


def summing_to(values: np.ndarray, total: int) -> np.ndarray:
    """The positive values as whole numbers in the same proportions, with this sum: so a month shows exactly its mean."""
    return largest_remainders(values, total) if len(values) else seconds(values)


def with_share_up_to(rng: np.random.Generator, values: np.ndarray, limit: float, share: float) -> np.ndarray:
    """The values with exactly the share of them (rounded) at or below the limit: others take the place of as many as are too much."""
    values = values.copy()
    inside = values <= limit
    wrong = inside.sum() - round(len(values) * share)
    source, change = (~inside, inside) if wrong > 0 else (inside, ~inside)
    if wrong and source.any():
        places = rng.permutation(np.flatnonzero(change))[: abs(wrong)]
        values[places] = rng.choice(values[source], len(places))
    return values


def numbered(prefix: str, count: int, width: int, first: int = 1) -> pl.Series:
    """`prefix` and a number of `width` digits, counting up."""
    return pl.select(pl.lit(prefix) + pl.int_range(first, first + count, eager=False).cast(pl.String).str.zfill(width)).to_series()
