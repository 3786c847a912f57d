"""The attack on the public tier: what can be worked out of suppressed counts by somebody who has kept every figure ever shown.

Counts are whole numbers of at least nought. Every published figure is an equation (or, rounded, a pair of inequalities) between them; what the
equations leave open of a count is asked of an exact integer program, lowest and highest.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

Cell = tuple  # any name of a count


@dataclass
class Attack:
    """Equations between counts. `sums_to` takes the counts on one side and what is known of their sum."""

    equations: list[tuple[dict[Cell, int], float, float]] = field(default_factory=list)
    cells: dict[Cell, int] = field(default_factory=dict)

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

    def range_of(self, cells: Iterable[Cell]) -> tuple[float, float]:
        """Lowest and highest possible sum of the counts; infinity where nothing bounds it. Raises AssertionError where the equations contradict."""
        wanted = np.zeros(len(self.cells))
        for cell in cells:
            if cell not in self.cells:
                return 0, math.inf
            wanted[self.cells[cell]] += 1
        matrix = np.zeros((len(self.equations), len(self.cells)))
        for row, (weights, _, _) in enumerate(self.equations):
            for cell, weight in weights.items():
                matrix[row, self.cells[cell]] = weight
        known = LinearConstraint(matrix, [low for _, low, _ in self.equations], [high for _, _, high in self.equations])
        ends = []
        for sign in (1, -1):
            found = milp(sign * wanted, constraints=known, integrality=np.ones(len(self.cells)), bounds=Bounds(0, 10_000_000))
            assert found.status == 0, found.message
            ends.append(round(sign * found.fun))
        return ends[0], math.inf if ends[1] >= 10_000_000 else ends[1]
