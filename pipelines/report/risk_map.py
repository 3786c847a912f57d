"""The map of risks: likelihood by impact, with what moved."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup, escape

from pipelines.report.palette import INK, SOFT
from pipelines.report.plane import Label, svg, tint


@dataclass(frozen=True)
class Mark:
    """A risk on the heat map: a short letter, where it stands, and where it stood before if it moved."""

    letter: str
    likelihood: int
    impact: int
    before: tuple[int, int] | None = None


def heat_map(marks: Sequence[Mark], label: Label, steps: int = 5, cell: int = 84) -> Markup:
    """Risks by likelihood (upwards) and impact (to the right); the tint deepens with likelihood times impact, arrows show what moved."""
    left, bottom = 62, 50
    width, height = left + steps * cell + 8, steps * cell + bottom + 8

    def middle(likelihood: float, impact: float) -> tuple[float, float]:
        return left + (impact - 0.5) * cell, 4 + (steps - likelihood + 0.5) * cell

    parts = []
    for likelihood in range(1, steps + 1):
        for impact in range(1, steps + 1):
            x, y = middle(likelihood, impact)
            parts.append(
                f'<rect x="{x - cell / 2 + 1:.1f}" y="{y - cell / 2 + 1:.1f}" width="{cell - 2}" height="{cell - 2}" rx="3" '
                f'fill="{tint(likelihood * impact / steps**2)}"/>'
            )
        x, y = middle(likelihood, 1)
        parts.append(f'<text class="axis" x="{left - 10}" y="{y + 5:.1f}" text-anchor="end" font-size="14" fill="{INK}">{likelihood}</text>')
        x, y = middle(1, likelihood)
        parts.append(
            f'<text class="axis" x="{x:.1f}" y="{y + cell / 2 + 20:.1f}" text-anchor="middle" font-size="14" fill="{INK}">{likelihood}</text>'
        )
    x, y = middle((steps + 1) / 2, (steps + 1) / 2)
    parts.append(f'<text x="{x:.1f}" y="{height - 8}" text-anchor="middle" font-size="14" fill="{SOFT}">impact</text>')
    parts.append(f'<text transform="translate(18 {y:.1f}) rotate(-90)" text-anchor="middle" font-size="14" fill="{SOFT}">likelihood</text>')
    ordered = sorted(marks, key=lambda m: (m.likelihood, m.impact, m.letter))
    for (likelihood, impact), together in groupby(ordered, key=lambda m: (m.likelihood, m.impact)):
        group = list(together)
        across = 3 if len(group) > 1 else 1
        for i, mark in enumerate(group):
            cx, cy = middle(likelihood, impact)
            rows = math.ceil(len(group) / across)
            x = cx + (i % across - (min(across, len(group)) - 1) / 2) * 26
            y = cy + (i // across - (rows - 1) / 2) * 26
            if mark.before and mark.before != (likelihood, impact):
                bx, by = middle(*mark.before)
                parts.append(_arrow(bx, by, x, y))
            parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="11.5" fill="#fff" stroke="{INK}" stroke-width="1.5"/>')
            parts.append(
                f'<text x="{x:.1f}" y="{y + 4:.1f}" text-anchor="middle" font-size="11" font-weight="600" fill="{INK}">{escape(mark.letter)}</text>'
            )
    return svg(width, height, label, "".join(parts), css="chart tinted")


def _arrow(x0: float, y0: float, x1: float, y1: float) -> str:
    length = math.hypot(x1 - x0, y1 - y0) or 1.0
    ux, uy = (x1 - x0) / length, (y1 - y0) / length
    tx, ty = x1 - ux * 13, y1 - uy * 13
    head = f"M{tx:.1f} {ty:.1f}L{tx - ux * 8 - uy * 4.5:.1f} {ty - uy * 8 + ux * 4.5:.1f}L{tx - ux * 8 + uy * 4.5:.1f} {ty - uy * 8 - ux * 4.5:.1f}z"
    return f'<path d="M{x0:.1f} {y0:.1f}L{tx:.1f} {ty:.1f}" stroke="{INK}" stroke-dasharray="3 3"/><path d="{head}" fill="{INK}"/>'
