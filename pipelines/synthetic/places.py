"""Where things happen: districts, community policing teams in mixed spellings, census areas."""

from __future__ import annotations

from functools import cache

import numpy as np
import polars as pl

from pipelines.synthetic import calibration as cal
from pipelines.synthetic.draw import codes, take

DISTRICTS = ("county", "swindon", "unallocated")


def districts(rng: np.random.Generator, mix: cal.Weights, count: int) -> np.ndarray:
    """Positions in DISTRICTS, drawn by the mix."""
    return codes(rng, {d: mix[d] for d in DISTRICTS}, count)


@cache
def _cpt_texts() -> tuple[tuple[str, ...], tuple[np.ndarray, ...]]:
    """Every spelling of every team, and for each district the weights with which they are drawn."""
    texts: list[str] = []
    weights: list[tuple[float, float, float]] = []
    for cpt in cal.CPTS:
        for spelling, share in cal.CPT_SPELLINGS.items():
            texts.append(spelling.format(name=cpt.name, upper=cpt.name.upper()))
            weights.append(tuple(cpt.share * share if d == cpt.district else 0.0 for d in DISTRICTS))
    for text, share in cal.UNALLOCATED_CPTS.items():
        texts.append(text)
        weights.append((0.0, 0.0, share))
    table = np.array(weights)
    return tuple(texts), tuple(np.cumsum(table[:, i]) / table[:, i].sum() for i in range(len(DISTRICTS)))


def cpt_names(rng: np.random.Generator, district: np.ndarray) -> pl.Series:
    """A team of each row's district, as some system spells it; blank or unknown where unallocated."""
    texts, edges = _cpt_texts()
    drawn = rng.random(len(district))
    positions = np.select([district == i for i in range(len(DISTRICTS))], [np.searchsorted(e, drawn, side="right") for e in edges])
    return take(list(texts), positions.clip(max=len(texts) - 1))


@cache
def lsoas() -> tuple[tuple[str, str, int], ...]:
    """Code, name and district of the census areas of the force, then those outside it."""
    found: list[tuple[str, str, int]] = []
    for district, prefix, first in (("county", "Wiltshire", 31_800), ("swindon", "Swindon", 15_400)):
        for i in range(cal.LSOAS[district]):
            found.append((f"E010{first + i}", f"{prefix} {i // 5 + 1:03d}{'ABCDE'[i % 5]}", DISTRICTS.index(district)))
    return (*found, *((code, name, DISTRICTS.index("unallocated")) for code, name in cal.OUTSIDE_LSOAS))


def lsoa_positions(rng: np.random.Generator, district: np.ndarray) -> np.ndarray:
    """Positions in `lsoas()`, each in its row's district; some areas have far more than others."""
    table = np.array([d for _, _, d in lsoas()])
    skewed = rng.random(len(district)) ** 1.6
    choices = [np.flatnonzero(table == i) for i in range(len(DISTRICTS))]
    return np.select([district == i for i in range(len(DISTRICTS))], [c[(skewed * len(c)).astype(np.int64)] for c in choices])
