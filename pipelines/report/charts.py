"""Charts as inline SVG: pure functions from rows to markup, without script, fonts or files of their own.

The points, limits and rules themselves are the marts'; nothing is computed here but where to draw them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby, pairwise
from typing import Any

from dateutil.relativedelta import relativedelta
from markupsafe import Markup, escape

from pipelines.report.palette import (
    BAND,
    COMMON,
    CONCERN,
    GRID,
    IMPROVEMENT,
    INK,
    LINE,
    NEUTRAL,
    OUTLINES,
    PALE,
    SERIES,
    SOFT,
    TARGET,
    colour_of,
)
from pipelines.report.units import axis_text, nice_ticks

FONT = 'font-family="system-ui,-apple-system,Segoe UI,Roboto,Helvetica,Arial,sans-serif"'


@dataclass(frozen=True)
class Label:
    """Title and description of a chart for screen readers. `attributes` trace the title to its mart cell (pipelines/report/trace.py)."""

    title: str
    description: str = ""
    attributes: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """One month of a process behaviour chart: the published value, and the value without its season where that is what the limits judge.

    Limits may be missing.
    """

    month: date
    value: float | None
    mean: float | None = None
    lower: float | None = None
    upper: float | None = None
    phase: int = 1
    variation: str | None = None
    is_excluded: bool = False
    is_trial: bool = False
    target: float | None = None
    adjusted: float | None = None
    rebase_no: int = 0

    @property
    def colour(self) -> str:
        return colour_of(self.variation)


@dataclass(frozen=True)
class Event:
    """A dated event beside a chart; the letter stands on the chart and in the list below it."""

    month: date
    letter: str


@dataclass(frozen=True)
class Bar:
    """One bar: its label, its length, and the text at its end with the attributes that trace it."""

    label: str
    value: float
    text: str
    attributes: str = ""
    label_attributes: str = ""


@dataclass(frozen=True)
class Mark:
    """A risk on the heat map: a short letter, where it stands, and where it stood before if it moved."""

    letter: str
    likelihood: int
    impact: int
    before: tuple[int, int] | None = None


def points_of(rows: Iterable[Mapping[str, Any]]) -> list[Point]:
    """Points from rows of measures.measure_spc, or of measures.spc_alternatives (whose centre line may not be a mean), in their order."""
    return [
        Point(
            month=row["month"],
            value=row["value"],
            mean=row.get("mean", row.get("centre")),
            lower=row["lpl_display"],
            upper=row["upl_display"],
            phase=row["phase"],
            variation=row["variation"],
            is_excluded=bool(row["is_excluded"]),
            is_trial=row["limits_status"] == "trial",
            target=row.get("target"),
            adjusted=row["value_adjusted"] if row.get("is_seasonally_adjusted") else None,
            rebase_no=row["rebase_no"],
        )
        for row in rows
    ]


# Charts with a limit for each month, by its denominator.
BY_MONTH = ("p_prime", "u_prime")

# ---- the process behaviour chart


def spc_chart(
    points: Sequence[Point],
    unit: str,
    label: Label,
    events: Sequence[Event] = (),
    width: int = 820,
    height: int = 330,
) -> Markup:
    """A process behaviour chart: values, mean and limits phase by phase, target, special causes by colour and shape, events as lettered lines.

    The published values are the line; where they are judged without their season, that line stands behind them, thinner. A dotted upright is an
    approved rebase. points in the order of months; a missing month breaks the line. Without values the chart says
    that there is nothing to draw.
    """
    shown = [p for p in points if p.value is not None]
    if not shown:
        return _nothing_to_draw(width, label)
    numbers = [v for p in points for v in (p.value, p.adjusted, p.lower, p.upper, p.target) if v is not None]
    is_adjusted = any(p.adjusted is not None for p in points)
    plane = _Plane.around(shown[0].month, shown[-1].month, numbers, unit, width, height, right=112 if is_adjusted else 92)
    parts = [plane.grid()]
    parts += [_limits(plane, segment, PALE, f'stroke="{INK}" stroke-width="1.2"', has_edges=True) for segment in _segments(points)]
    starts = [after.month for before, after in pairwise(points) if before.rebase_no != after.rebase_no]
    parts += [_upright(plane, month, "2 3", "") for month in starts]
    parts += [_upright(plane, event.month, "", event.letter) for event in events if plane.first <= event.month <= plane.last]
    parts.append(_steps(plane, [(p.month, p.target) for p in points], f'stroke="{TARGET}" stroke-width="1.5" stroke-dasharray="8 3 2 3"'))
    if is_adjusted:
        adjusted = [replace(p, value=p.adjusted) for p in points]
        parts.append(f'<path d="{_line(plane, adjusted)}" fill="none" stroke="{SOFT}" stroke-width=".8" stroke-linejoin="round"/>')
    parts.append(f'<path d="{_line(plane, points)}" fill="none" stroke="{LINE}" stroke-width="1.6" stroke-linejoin="round"/>')
    parts.append(_dots(plane, shown, 1.0))
    parts.append(_side_labels(plane, points[-1]))
    return _svg(width, height, label, "".join(parts))


@dataclass(frozen=True)
class _Plane:
    """Where months and values lie on the drawing."""

    first: date
    last: date
    low: float
    high: float
    ticks: tuple[float, ...]
    unit: str
    width: int
    height: int
    left: int = 62
    right: int = 92
    top: int = 24
    bottom: int = 26

    @classmethod
    def around(cls, first: date, last: date, numbers: Sequence[float], unit: str, width: int, height: int, right: int = 92) -> _Plane:
        low, high = min(numbers), max(numbers)
        if low >= 0 and low < 0.45 * high:
            low = 0.0
        ticks = nice_ticks(low, high, unit)
        return cls(first, last, ticks[0], ticks[-1], ticks, unit, width, height, right=right)

    def x(self, month: date) -> float:
        span = max(_months(self.first, self.last), 1)
        return self.left + 6 + (self.width - self.left - self.right - 12) * _months(self.first, month) / span

    @property
    def half_month(self) -> float:
        return (self.width - self.left - self.right - 12) / max(_months(self.first, self.last), 1) / 2

    def y(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return self.height - self.bottom - (self.height - self.top - self.bottom) * share

    def grid(self) -> str:
        end = self.width - self.right
        parts = []
        for tick in self.ticks:
            y = self.y(tick)
            parts.append(f'<path d="M{self.left} {y:.1f}H{end}" stroke="{GRID}"/>')
            parts.append(
                f'<text class="axis" x="{self.left - 8}" y="{y + 4:.1f}" text-anchor="end" font-size="12" fill="{SOFT}">'
                f"{escape(axis_text(tick, self.unit))}</text>"
            )
        for month, text in _month_ticks(self.first, self.last):
            x = self.x(month)
            parts.append(f'<path d="M{x:.1f} {self.height - self.bottom}v5" stroke="{SOFT}"/>')
            parts.append(
                f'<text class="axis" x="{x:.1f}" y="{self.height - self.bottom + 18}" text-anchor="middle" font-size="12" fill="{SOFT}">{text}</text>'
            )
        return "".join(parts)


def _months(first: date, last: date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month


def _month_ticks(first: date, last: date) -> Iterator[tuple[date, str]]:
    span = _months(first, last)
    step = 12 if span > 30 else 6 if span > 14 else 3 if span > 4 else 1
    for ahead in range(span + 1):
        month = first + relativedelta(months=ahead)
        if (month.month - 1) % step == 0:
            yield month, f"{month:%Y}" if step == 12 else f"{month:%b %y}"


def _segments(points: Sequence[Point]) -> Iterator[list[Point]]:
    """The points that share their limits: those of one phase, with limits or without."""
    for _, together in groupby(points, key=lambda p: (p.phase, p.upper is None)):
        yield list(together)


def _limits(plane: _Plane, points: Sequence[Point], band: str, mean_style: str, has_edges: bool) -> str:
    """The band between the limits of points of one phase, its edges, and the mean."""
    banded = [p for p in points if p.lower is not None and p.upper is not None]
    parts = []
    if banded:
        above = _step_path(plane, [(p.month, p.upper) for p in banded])
        below = _step_path(plane, [(p.month, p.lower) for p in reversed(banded)], backwards=True)
        parts.append(f'<path d="{above}L{below[1:]}Z" fill="{band}"/>')
    if banded and has_edges:
        edge = f'stroke="{SOFT}" stroke-dasharray="{"1.5 3.5" if any(p.is_trial for p in points) else "6 4"}"'
        parts += [_steps(plane, [(p.month, p.upper) for p in points], edge), _steps(plane, [(p.month, p.lower) for p in points], edge)]
    parts.append(_steps(plane, [(p.month, p.mean) for p in points], mean_style))
    return "".join(parts)


def _step_path(plane: _Plane, levels: Sequence[tuple[date, float | None]], backwards: bool = False) -> str:
    """One path of levels, each held for its month; equal neighbours make one line."""
    half = -plane.half_month if backwards else plane.half_month
    parts: list[str] = []
    before: float | None = None
    end = 0.0
    for month, level in levels:
        if level is None:
            continue
        x, y = plane.x(month), plane.y(level)
        if before is None:
            parts.append(f"M{x - half:.1f} {y:.1f}")
        elif level != before:
            parts.append(f"H{end:.1f}V{y:.1f}")
        before, end = level, x + half
    return "".join(parts) + (f"H{end:.1f}" if before is not None else "")


def _steps(plane: _Plane, levels: Sequence[tuple[date, float | None]], style: str) -> str:
    path = _step_path(plane, levels)
    return f'<path d="{path}" fill="none" {style}/>' if path else ""


def _line(plane: _Plane, points: Sequence[Point], gap: int = 1) -> str:
    """The path through the values, broken where points lie more than `gap` months apart."""
    parts: list[str] = []
    before: date | None = None
    for p in points:
        if p.value is None:
            before = None
            continue
        move = "L" if before is not None and _months(before, p.month) <= gap else "M"
        parts.append(f"{move}{plane.x(p.month):.1f} {plane.y(p.value):.1f}")
        before = p.month
    return "".join(parts)


def _upright(plane: _Plane, month: date, dash: str, letter: str) -> str:
    """A line from top to bottom: the start of a phase (before its first month), or a lettered event (at its month)."""
    x = plane.x(month) if letter else plane.x(month) - plane.half_month
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    line = f'<path d="M{x:.1f} {plane.top - 6}V{plane.height - plane.bottom}" stroke="{SOFT}" stroke-width=".9"{dashes}/>'
    if not letter:
        return line
    return (
        f'{line}<rect x="{x - 8:.1f}" y="{plane.top - 22}" width="16" height="16" rx="2" fill="{INK}"/>'
        f'<text x="{x:.1f}" y="{plane.top - 10}" text-anchor="middle" font-size="11" font-weight="600" fill="#fff">{escape(letter)}</text>'
    )


def _dots(plane: _Plane, points: Iterable[Point], scale: float) -> str:
    """Values: small dots where they are noise, larger shapes where they are signals, hollow where they are excluded from the limits.

    All points of a kind are one path: half the size of single shapes, and drawn alike by browsers and in PDF.
    """
    kinds: dict[tuple[str, bool], list[Point]] = {}
    for p in points:
        kinds.setdefault((p.colour, p.is_excluded), []).append(p)
    parts = []
    for (colour, hollow), together in sorted(kinds.items(), key=lambda kind: kind[0][0] != COMMON):
        outline = SHAPES[colour](scale)
        path = "".join(
            f"M{plane.x(p.month) + outline[0]:.1f} {plane.y(p.value) + outline[1]:.1f}{outline[2]}" for p in together if p.value is not None
        )
        parts.append(f'<path d="{path}" fill="{"#fff" if hollow else colour}" stroke="{OUTLINES[colour]}"/>')
    return "".join(parts)


def _circle(r: float) -> tuple[float, float, str]:
    return -r, 0.0, f"a{r:.1f} {r:.1f} 0 1 0 {2 * r:.1f} 0a{r:.1f} {r:.1f} 0 1 0 {-2 * r:.1f} 0"


# For each colour its shape at a scale: from the point to where its outline begins, and the outline.
SHAPES: dict[str, Callable[[float], tuple[float, float, str]]] = {
    COMMON: lambda scale: _circle(2.6 * scale),
    IMPROVEMENT: lambda scale: _circle(4.7 * scale),
    CONCERN: lambda scale: (-4.2 * scale, -4.2 * scale, f"h{8.4 * scale:.1f}v{8.4 * scale:.1f}h{-8.4 * scale:.1f}z"),
    NEUTRAL: lambda scale: (0.0, -5.5 * scale, f"l{5 * scale:.1f} {9.5 * scale:.1f}h{-10 * scale:.1f}z"),
}


def _side_labels(plane: _Plane, last: Point) -> str:
    """Names of the lines beside their ends."""
    lines = [("upper limit", last.upper, SOFT), ("mean", last.mean, INK), ("lower limit", last.lower, SOFT), ("target", last.target, TARGET)]
    if last.adjusted is not None:
        lines += [("season removed", last.adjusted, SOFT), ("published", last.value, LINE)]
    placed = [(plane.y(level), name, colour) for name, level, colour in lines if level is not None]
    return _end_labels(plane.width - plane.right + 8, placed, 13)


def _end_labels(x: int, labels: Iterable[tuple[float, str, str]], apart: int, weight: str = "") -> str:
    """Labels (y, text, colour) at the right, from the top, moved apart where they would overlap."""
    parts, lowest = [], -math.inf
    for y, text, colour in sorted(labels, key=lambda label: label[0]):
        lowest = max(y, lowest + apart)
        parts.append(f'<text x="{x}" y="{lowest + 4:.1f}" font-size="12"{weight} fill="{colour}">{escape(text)}</text>')
    return "".join(parts)


def key_of_signals() -> Markup:
    """The key of a process behaviour chart: what each colour and shape means."""
    shapes = (
        (f'<circle cx="6" cy="6" r="5" fill="{IMPROVEMENT}" stroke="{OUTLINES[IMPROVEMENT]}"/>', "improvement"),
        (f'<rect x="1" y="1" width="10" height="10" fill="{CONCERN}" stroke="{OUTLINES[CONCERN]}"/>', "concern"),
        (f'<path d="M6 1l5 10H1z" fill="{NEUTRAL}"/>', "signal, neither way better"),
        (f'<circle cx="6" cy="6" r="3" fill="{COMMON}" stroke="{OUTLINES[COMMON]}"/>', "common cause"),
    )
    items = "".join(f'<li><svg width="14" height="12" aria-hidden="true">{shape}</svg> {words}</li>' for shape, words in shapes)
    return Markup(f'<ul class="key">{items}</ul>')


# ---- small charts


def sparkline(points: Sequence[Point], label: Label, width: int = 132, height: int = 34, last: int = 24) -> Markup:
    """The last months of a series as one line with its mean and limits; signals by colour and shape, the latest month always marked."""
    points = [p for p in points[-last:] if p.value is not None]
    if not points:
        return Markup("")
    numbers = [v for p in points for v in (p.value, p.lower, p.upper) if v is not None]
    low, high = min(numbers), max(numbers)
    plane = _Plane(points[0].month, points[-1].month, low, high if high > low else low + 1, (), "", width, height, left=1, right=5, top=6, bottom=6)
    parts = [_limits(plane, segment, BAND, f'stroke="{SOFT}" stroke-width=".8"', has_edges=False) for segment in _segments(points)]
    parts.append(f'<path d="{_line(plane, points)}" fill="none" stroke="{LINE}" stroke-width="1.3" stroke-linejoin="round"/>')
    parts.append(_dots(plane, [p for p in points[:-1] if p.colour != COMMON], 0.6))
    parts.append(_dots(plane, points[-1:], 0.85))
    return _svg(width, height, label, "".join(parts), css="spark")


# ---- other charts


def line_chart(series: Sequence[tuple[str, Sequence[Point]]], unit: str, label: Label, width: int = 820, height: int = 280, gap: int = 1) -> Markup:
    """Up to four series, each with its own colour and dash, named at its end; points more than `gap` months apart are not joined."""
    shown = [(name, [p for p in points if p.value is not None]) for name, points in series]
    every = [p for _, points in shown for p in points]
    if not every:
        return _nothing_to_draw(width, label)
    plane = _Plane.around(
        min(p.month for p in every), max(p.month for p in every), [p.value for p in every if p.value is not None], unit, width, height, right=130
    )
    parts = [plane.grid()]
    ends = []
    for (name, points), (colour, dash) in zip(shown, SERIES, strict=False):
        if not points:
            continue
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        parts.append(f'<path d="{_line(plane, points, gap)}" fill="none" stroke="{colour}" stroke-width="2"{dashes} stroke-linejoin="round"/>')
        if gap > 1:
            left, _, dot = _circle(3)
            dots = "".join(f"M{plane.x(p.month) + left:.1f} {plane.y(p.value):.1f}{dot}" for p in points if p.value is not None)
            parts.append(f'<path d="{dots}" fill="{colour}"/>')
        ends.append((plane.y(points[-1].value or 0.0), name, colour))
    parts.append(_end_labels(width - 108, ends, 14, ' font-weight="600"'))
    return _svg(width, height, label, "".join(parts))


def _bar(value: float, zero: float, scale: float, y: int, height: int) -> str:
    """A bar from zero to the right; below zero to the left, and hollow."""
    start, length = zero + min(value * scale, 0.0), abs(value) * scale
    fill = SERIES[0][0] if value >= 0 else "#fff"
    return f'<rect x="{start:.1f}" y="{y}" width="{max(length, 0.8):.1f}" height="{height}" fill="{fill}" stroke="{SERIES[0][0]}"/>'


def bar(value: float, low: float, high: float, width: int = 140) -> Markup:
    """A bar for one cell of a table, from the zero that all its neighbours share. The number stands in the cell beside it."""
    scale = (width - 4) / ((high - low) or 1)
    zero = 2 - low * scale
    return Markup(
        f'<svg width="{width}" height="14" viewBox="0 0 {width} 14" aria-hidden="true">'
        f'{_bar(value, zero, scale, 2, 10)}<path d="M{zero:.1f} 0v14" stroke="{SOFT}"/></svg>'
    )


def bars(items: Sequence[Bar], label: Label, width: int = 640, label_width: int = 200) -> Markup:
    """Horizontal bars from a common zero, each with its label and its text."""
    height = 24 * len(items) + 6
    values = [0.0, *(item.value for item in items)]
    scale = (width - label_width - 110) / ((max(values) - min(values)) or 1)
    zero = label_width + 8 - min(values) * scale
    parts = []
    for i, item in enumerate(items):
        y, end = 24 * i + 4, zero + max(item.value * scale, 0.0) + 6
        parts += [
            f'<text x="{label_width}" y="{y + 13}" text-anchor="end" font-size="13" fill="{INK}" {item.label_attributes}>{escape(item.label)}</text>',
            _bar(item.value, zero, scale, y, 16),
            f'<text x="{end:.1f}" y="{y + 13}" font-size="13" fill="{INK}" {item.attributes}>{escape(item.text)}</text>',
        ]
    parts.append(f'<path d="M{zero:.1f} 0V{height - 4}" stroke="{SOFT}"/>')
    return _svg(width, height, label, "".join(parts))


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
                f'fill="{_tint(likelihood * impact / steps**2)}"/>'
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
    return _svg(width, height, label, "".join(parts))


def _tint(share: float) -> str:
    """From near white to deep orange brown; light enough for dark text all the way."""
    low, high = (244, 246, 248), (236, 148, 84)
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(low, high, strict=True))
    return f"#{red:02x}{green:02x}{blue:02x}"


def _arrow(x0: float, y0: float, x1: float, y1: float) -> str:
    length = math.hypot(x1 - x0, y1 - y0) or 1.0
    ux, uy = (x1 - x0) / length, (y1 - y0) / length
    tx, ty = x1 - ux * 13, y1 - uy * 13
    head = f"M{tx:.1f} {ty:.1f}L{tx - ux * 8 - uy * 4.5:.1f} {ty - uy * 8 + ux * 4.5:.1f}L{tx - ux * 8 + uy * 4.5:.1f} {ty - uy * 8 - ux * 4.5:.1f}z"
    return f'<path d="M{x0:.1f} {y0:.1f}L{tx:.1f} {ty:.1f}" stroke="{INK}" stroke-dasharray="3 3"/><path d="{head}" fill="{INK}"/>'


def _nothing_to_draw(width: int, label: Label) -> Markup:
    return _svg(width, 60, label, f'<text x="12" y="34" fill="{SOFT}" font-size="14">No monthly figures to draw.</text>')


def _svg(width: int, height: int, label: Label, drawing: str, css: str = "chart") -> Markup:
    title = f"<title {label.attributes}>{escape(label.title)}</title>" if label.attributes else f"<title>{escape(label.title)}</title>"
    description = f"<desc>{escape(label.description)}</desc>" if label.description else ""
    font = f" {FONT}" if "<text" in drawing else ""
    return Markup(
        f'<svg class="{css}" role="img" viewBox="0 0 {width} {height}" width="{width}" height="{height}"{font}>{title}{description}{drawing}</svg>'
    )
