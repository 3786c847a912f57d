"""Charts of other kinds than months: hours of the week, and estimates with their intervals beside each other."""

from __future__ import annotations

from calendar import day_abbr
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from pipelines.report.palette import GRID, INK, SERIES, SOFT
from pipelines.report.plane import Figure, Label, svg, tint
from pipelines.report.units import axis_text, nice_ticks

WEEKDAYS = tuple(day_abbr)


@dataclass(frozen=True)
class Week:
    """A number for each weekday (Monday is 1) and hour, and the one that has the darkest tint."""

    cells: Mapping[tuple[int, int], float]
    most: float


@dataclass(frozen=True)
class Estimate:
    """An estimate of a survey: whose, the value, half its interval, and its text."""

    name: str
    value: float
    margin: float | None
    figure: Figure


def week_chart(week: Week, label: Label, cell: int = 20) -> Markup:
    """Weekdays downwards, hours to the right; the tint deepens with the number."""
    left, top = 38, 4
    parts = [
        f'<rect x="{left + hour * cell}" y="{top + (day - 1) * cell}" width="{cell - 1}" height="{cell - 1}" '
        f'fill="{tint(value / (week.most or 1))}"/>'
        for (day, hour), value in sorted(week.cells.items())
    ]
    parts += [f'<text x="0" y="{top + i * cell + 14}" font-size="12" fill="{SOFT}">{name}</text>' for i, name in enumerate(WEEKDAYS)]
    parts += [
        f'<text class="axis" x="{left + hour * cell}" y="{top + 7 * cell + 15}" font-size="12" fill="{SOFT}">{hour:02d}:00</text>'
        for hour in range(0, 24, 4)
    ]
    return svg(left + 24 * cell + 10, top + 7 * cell + 22, label, "".join(parts), css="week")


def peers_strip(values: Mapping[str, float], own: str, width: int = 150) -> Markup:
    """Where one area lies among others: a small dot for each, a large one for its own, from the lowest to the highest value."""
    low, high = min(values.values()), max(values.values())
    scale = (width - 14) / ((high - low) or 1)
    others = "".join(f"M{7 + (v - low) * scale - 3:.1f} 9a3 3 0 1 0 6 0a3 3 0 1 0-6 0" for area, v in sorted(values.items()) if area != own)
    x = 7 + (values[own] - low) * scale
    drawing = (
        f'<path d="M4 9H{width - 4}" stroke="{GRID}"/><path d="{others}" fill="#fff" stroke="{SOFT}"/>'
        f'<circle cx="{x:.1f}" cy="9" r="5.5" fill="{SERIES[0][0]}"/>'
    )
    return svg(width, 18, Label("Among areas of its kind, from the lowest to the highest"), drawing, css="strip")


def estimates_chart(estimates: Sequence[Estimate], unit: str, label: Label, width: int = 720) -> Markup:
    """A point with its interval for each, one below the other on one axis."""
    ends = [v for e in estimates for v in (e.value - (e.margin or 0), e.value + (e.margin or 0))]
    ticks = nice_ticks(min(ends), max(ends), unit)
    left, right, row = 190, 70, 30
    height = row * len(estimates) + 30

    def x(value: float) -> float:
        return left + (width - left - right) * (value - ticks[0]) / ((ticks[-1] - ticks[0]) or 1)

    parts = []
    for tick in ticks:
        parts.append(f'<path d="M{x(tick):.1f} 0V{height - 24}" stroke="{GRID}"/>')
        text = escape(axis_text(tick, unit))
        parts.append(f'<text class="axis" x="{x(tick):.1f}" y="{height - 8}" text-anchor="middle" font-size="12" fill="{SOFT}">{text}</text>')
    for i, estimate in enumerate(estimates):
        y, colour = row * i + 15, SERIES[min(i, 1)][0]
        if estimate.margin:
            low, high = x(estimate.value - estimate.margin), x(estimate.value + estimate.margin)
            parts.append(
                f'<path d="M{low:.1f} {y}H{high:.1f}M{low:.1f} {y - 5}v10M{high:.1f} {y - 5}v10" stroke="{colour}" stroke-width="2" fill="none"/>'
            )
        parts.append(f'<circle cx="{x(estimate.value):.1f}" cy="{y}" r="5" fill="{colour}"/>')
        parts.append(f'<text x="{left - 12}" y="{y + 4}" text-anchor="end" font-size="13" fill="{INK}">{escape(estimate.name)}</text>')
        parts.append(
            f'<text x="{width - right + 12}" y="{y + 4}" font-size="13" font-weight="700" fill="{INK}" {estimate.figure.attributes}>'
            f"{escape(estimate.figure.text)}</text>"
        )
    return svg(width, height, label, "".join(parts), css="estimates")
