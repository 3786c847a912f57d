"""Where things happen: districts, community policing teams in mixed spellings, census areas."""

from __future__ import annotations

from functools import cache

import numpy as np
import polars as pl

from pipelines.synthetic import calibration as cal
from pipelines.synthetic.draw import codes, take

DISTRICTS = ("county", "swindon", "unallocated")
TEAMS = tuple(cpt.name for cpt in cal.places.CPTS)


def districts(rng: np.random.Generator, mix: cal.shapes.Weights, count: int) -> np.ndarray:
    """Positions in DISTRICTS, drawn by the mix."""
    return codes(rng, {d: mix[d] for d in DISTRICTS}, count)


@cache
def _cpt_texts() -> tuple[tuple[str, ...], np.ndarray, tuple[np.ndarray, ...]]:
    """Every spelling of every team, the team it is of, and for each district the weights with which they are drawn."""
    texts: list[str] = []
    teams: list[int] = []
    weights: list[list[float]] = []
    for cpt in cal.places.CPTS:
        for spelling, share in cal.places.CPT_SPELLINGS.items():
            texts.append(spelling.format(name=cpt.name, upper=cpt.name.upper()))
            teams.append(TEAMS.index(cpt.name))
            weights.append([cpt.share * share if d == cpt.district else 0.0 for d in DISTRICTS])
    for text, share in cal.places.UNALLOCATED_CPTS.items():
        texts.append(text)
        teams.append(-1)
        weights.append([0.0, 0.0, share])
    table = np.array(weights)
    return tuple(texts), np.array(teams), tuple(np.cumsum(table[:, i]) / table[:, i].sum() for i in range(len(DISTRICTS)))


def cpt_names(rng: np.random.Generator, district: np.ndarray) -> pl.Series:
    """A team of each row's district, as some system spells it; blank or unknown where unallocated."""
    return cpts(rng, district)[1]


def cpts(rng: np.random.Generator, district: np.ndarray) -> tuple[np.ndarray, pl.Series]:
    """For each row a team of its district (a place in TEAMS; -1 where unallocated) and how some system spells it."""
    texts, teams, edges = _cpt_texts()
    drawn = rng.random(len(district))
    positions = np.select([district == i for i in range(len(DISTRICTS))], [np.searchsorted(e, drawn, side="right") for e in edges])
    positions = positions.clip(max=len(texts) - 1)
    return teams[positions], take(list(texts), positions)


@cache
def lsoas() -> tuple[tuple[str, str, int], ...]:
    """Code, name and district of the census areas of the force, then those outside it."""
    areas: list[tuple[str, str, int]] = []
    for district, prefix, first in (("county", "Wiltshire", 31_800), ("swindon", "Swindon", 15_400)):
        for i in range(cal.places.LSOAS[district]):
            areas.append((f"E010{first + i}", f"{prefix} {i // 5 + 1:03d}{'ABCDE'[i % 5]}", DISTRICTS.index(district)))
    return (*areas, *((code, name, DISTRICTS.index("unallocated")) for code, name in cal.places.OUTSIDE_LSOAS))


def lsoa_positions(rng: np.random.Generator, district: np.ndarray) -> np.ndarray:
    """Positions in `lsoas()`, each in its row's district; some areas have far more than others."""
    table = np.array([d for _, _, d in lsoas()])
    skewed = rng.random(len(district)) ** cal.places.LSOA_SKEW
    choices = [np.flatnonzero(table == i) for i in range(len(DISTRICTS))]
    return np.select([district == i for i in range(len(DISTRICTS))], [c[(skewed * len(c)).astype(np.int64)] for c in choices])
