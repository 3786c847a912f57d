"""Seeded random draws: exact shares, weighted texts, lognormal durations. Nothing here loops over rows."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from datetime import date

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
    return np.searchsorted(edges, rng.random(count) * edges[-1], side="right").clip(max=len(edges) - 1)


def texts(rng: np.random.Generator, weights: Mapping[str, float], count: int) -> pl.Series:
    """Texts drawn by weight; the empty text is null."""
    return take(list(weights), codes(rng, weights, count))


def take(values: list[str], positions: np.ndarray) -> pl.Series:
    """The values at these positions, as texts; the empty text is null."""
    return pl.Series([v or None for v in values], dtype=pl.String).gather(positions.astype(np.uint32))


def largest_remainders(weights: np.ndarray, total: int) -> np.ndarray:
    """Whole numbers in proportion to the weights that sum to `total`."""
    exact = weights / weights.sum() * total
    whole = np.floor(exact).astype(np.int64)
    order = np.argsort(-(exact - whole), kind="stable")
    whole[order[: total - whole.sum()]] += 1
    return whole


def lognormal(rng: np.random.Generator, count: int, sigma: float, *, mean: float | None = None, median: float | None = None) -> np.ndarray:
    """Lognormal values of this mean or this median."""
    mu = np.log(median) if median is not None else np.log(mean) - sigma**2 / 2
    return rng.lognormal(mu, sigma, count)


def seconds(values: np.ndarray) -> np.ndarray:
    return np.rint(values).astype(np.int64)


def numbered(prefix: str, count: int, width: int, first: int = 1) -> pl.Series:
    """`prefix` and a number of `width` digits, counting up."""
    return pl.select(pl.lit(prefix) + pl.int_range(first, first + count, eager=False).cast(pl.String).str.zfill(width)).to_series()
