"""A course of days with prediction intervals as inline SVG: what is drawn are cells of the marts, and the table beside it has them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup, escape

from pipelines.report.formatting import date_text
from pipelines.report.palette import INK, PALE, SERIES, SOFT
from pipelines.report.plane import Label, svg
from pipelines.report.units import axis_text, nice_ticks

LEFT, RIGHT, TOP, BOTTOM = 62, 24, 16, 30


@dataclass(frozen=True)
class Day:
    """A day's expected value with its 80 and 95 % intervals, from the inner to the outer."""

    day: date
    expected: float
    inner: tuple[float, float]
    outer: tuple[float, float]


def forecast_chart(days: Sequence[Day], label: Label, width: int = 1080, height: int = 260) -> Markup:
    """The line of what is expected over both bands; each first of a month is named."""
    ticks = nice_ticks(min(day.outer[0] for day in days), max(day.outer[1] for day in days), "count")
    across = (width - LEFT - RIGHT) / max(len(days) - 1, 1)

    def x(place: int) -> float:
        return LEFT + across * place

    def y(value: float) -> float:
        return height - BOTTOM - (height - TOP - BOTTOM) * (value - ticks[0]) / ((ticks[-1] - ticks[0]) or 1)

    def band(bounds: Sequence[tuple[float, float]], opacity: str) -> str:
        there = [f"{x(n):.1f} {y(high):.1f}" for n, (_, high) in enumerate(bounds)]
        back = [f"{x(n):.1f} {y(low):.1f}" for n, (low, _) in reversed(list(enumerate(bounds)))]
        return f'<path d="M{"L".join(there + back)}Z" fill="{SERIES[0][0]}" fill-opacity="{opacity}"/>'

    grid = "".join(
        f'<path d="M{LEFT} {y(tick):.1f}H{width - RIGHT}" stroke="{PALE}"/>'
        f'<text x="{LEFT - 8}" y="{y(tick) + 4:.1f}" text-anchor="end" font-size="12" fill="{SOFT}">{escape(axis_text(tick, "count"))}</text>'
        for tick in ticks
    )
    named = "".join(
        f'<path d="M{x(n):.1f} {TOP}V{height - BOTTOM}" stroke="{PALE}"/>'
        f'<text x="{x(n):.1f}" y="{height - 10}" text-anchor="middle" font-size="12" fill="{INK}">{escape(date_text(day.day))}</text>'
        for n, day in enumerate(days)
        if day.day.day == 1 and len(days) - n > 7
    )
    line = "L".join(f"{x(n):.1f} {y(day.expected):.1f}" for n, day in enumerate(days))
    return svg(
        width,
        height,
        label,
        f'<g class="axis">{grid}{named}</g>'
        + band([day.outer for day in days], ".15")
        + band([day.inner for day in days], ".25")
        + f'<path d="M{line}" fill="none" stroke="{SERIES[0][0]}" stroke-width="2"/>',
    )
