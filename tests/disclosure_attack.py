"""The attack on the public tier: what can be worked out of suppressed counts by somebody who has kept every figure ever shown.

Counts are whole numbers of at least nought. Every published figure is an equation (or, rounded, a pair of inequalities) between them; what the
equations leave open of a count is asked of an exact integer program, lowest and highest.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

Cell = tuple  # any name of a count
NO_BOUND = 10_000_000


@dataclass
class Island:
    """Equations that share counts with no others: `matrix` (equations, counts) times the counts lies between `low` and `high`."""

    matrix: csr_array
    low: np.ndarray
    high: np.ndarray
    solutions: list[np.ndarray] = field(default_factory=list)  # (counts,) each: answers met so far

    def furthest(self, weights: np.ndarray, sign: int) -> int:
        """The lowest (sign 1) or highest (-1) weighted sum of the counts. Raises AssertionError where the equations contradict."""
        found = milp(
            sign * weights,
            constraints=LinearConstraint(self.matrix, self.low, self.high),
            integrality=np.ones(len(weights)),
            bounds=Bounds(0, NO_BOUND),
        )
        assert found.status == 0, found.message
        self.solutions.append(np.rint(found.x))
        return round(sign * found.fun)

    def seen(self, weights: np.ndarray) -> tuple[float, float]:
        """The lowest and highest sum among the answers met so far; nothing between them where there are none."""
        if not self.solutions:
            return math.inf, -math.inf
        sums = np.array(self.solutions) @ weights
        return sums.min(), sums.max()


@dataclass
class Attack:
    """Equations between counts. `sums_to` takes the counts on one side and what is known of their sum."""

    equations: list[tuple[dict[Cell, int], float, float]] = field(default_factory=list)
    cells: dict[Cell, int] = field(default_factory=dict)
    _islands: list[tuple[np.ndarray, Island]] | None = None

    def _place(self, cell: Cell) -> int:
        return self.cells.setdefault(cell, len(self.cells))

    def sums_to(self, cells: Iterable[Cell], lowest: float, highest: float | None = None, less: Sequence[Cell] = ()) -> None:
        """The sum of `cells`, less those in `less`, is a known number, or lies between two."""
        weights: dict[Cell, int] = {}
        for cell in cells:
            self._place(cell)
            weights[cell] = weights.get(cell, 0) + 1
        for cell in less:
            self._place(cell)
            weights[cell] = weights.get(cell, 0) - 1
        self.equations.append((weights, lowest, lowest if highest is None else highest))
        self._islands = None

    def islands(self) -> list[tuple[np.ndarray, Island]]:
        """The places of the counts of each island, and the island."""
        if self._islands is None:
            places = [[self.cells[cell] for cell in weights] for weights, _, _ in self.equations]
            rows = np.repeat(np.arange(len(places)), [len(one) for one in places])
            columns = np.array([place for one in places for place in one], dtype=int)
            entries = np.array([weight for weights, _, _ in self.equations for weight in weights.values()], dtype=float)
            matrix = csr_array((entries, (rows, columns)), shape=(len(places), len(self.cells)))
            low, high = (np.array([equation[side] for equation in self.equations], dtype=float) for side in (1, 2))
            _, labels = connected_components(abs(matrix.T) @ abs(matrix), directed=False)
            row_labels = labels[[one[0] for one in places]] if places else np.array([], dtype=int)
            self._islands = []
            for label in range(labels.max(initial=-1) + 1):
                inside, known = np.flatnonzero(labels == label), np.flatnonzero(row_labels == label)
                self._islands.append((inside, Island(matrix[known][:, inside], low[known], high[known])))
        return self._islands

    def starting_from(self, truth: Mapping[Cell, float]) -> Attack:
        """The true counts are an answer, too, and the first met. Raises AssertionError where they contradict the equations."""
        counts = np.array([truth[cell] for cell in self.cells])
        for inside, island in self.islands():
            sums = island.matrix @ counts[inside]
            assert (island.low <= sums).all() and (sums <= island.high).all(), "what is said to be known is not so"
            island.solutions.append(counts[inside])
        return self

    def _weights(self, cells: Iterable[Cell]) -> list[tuple[np.ndarray, Island]] | None:
        wanted = np.zeros(len(self.cells))
        for cell in cells:
            if cell not in self.cells:
                return None
            wanted[self.cells[cell]] += 1
        return [(wanted[inside], island) for inside, island in self.islands() if wanted[inside].any()]

    def range_of(self, cells: Iterable[Cell]) -> tuple[float, float]:
        """Lowest and highest possible sum of the counts; infinity where nothing bounds it. Raises AssertionError where the equations contradict."""
        asked = self._weights(cells)
        if asked is None:
            return 0, math.inf
        low, high = (sum(island.furthest(weights, sign) for weights, island in asked) for sign in (1, -1))
        return low, math.inf if high >= NO_BOUND else high

    def leaves_open(self, cells: Iterable[Cell], width: float) -> bool:
        """Whether the sum of the counts can differ by as much as `width`. Answers met before are looked at first, so that most need no program."""
        asked = self._weights(cells)
        if asked is None:
            return True
        for sign in (0, 1, -1):
            if sign:
                for weights, island in asked:
                    island.furthest(weights, sign)
            seen = [island.seen(weights) for weights, island in asked]
            if sum(high for _, high in seen) - sum(low for low, _ in seen) >= width:
                return True
        return False
