"""What all charts are drawn on: points, the plane of months and values, and the lines, bands and dots on it, as pieces of SVG."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from markupsafe import Markup, escape

from pipelines.report.palette import COMMON, CONCERN, GRID, IMPROVEMENT, INK, NEUTRAL, OUTLINES, SOFT, colour_of
from pipelines.report.units import axis_text, nice_ticks

OTHER_LINE = ' class="other"'  # what a reader can hide
FONT = 'font-family="system-ui,-apple-system,Segoe UI,Roboto,Helvetica,Arial,sans-serif"'


@dataclass(frozen=True)
class Label:
    """Title and description of a chart for screen readers. `attributes` trace the title to its mart cell (pipelines/report/trace.py)."""

    title: str
    description: str = ""
    attributes: str = ""


@dataclass(frozen=True)
class Figure:
    """The text of a figure on a chart, with the attributes that trace it."""

    text: str
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
class Plane:
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
    named: tuple[tuple[date, str], ...] | None = None  # the names along the time axis, where they are not those of round months

    @classmethod
    def around(cls, first: date, last: date, numbers: Sequence[float], unit: str, width: int, height: int, right: int = 92) -> Plane:
        low, high = min(numbers), max(numbers)
        if low >= 0 and low < 0.45 * high:
            low = 0.0
        ticks = nice_ticks(low, high, unit)
        return cls(first, last, ticks[0], ticks[-1], ticks, unit, width, height, right=right)

    def x(self, month: date) -> float:
        span = max(months_between(self.first, self.last), 1)
        return self.left + 6 + (self.width - self.left - self.right - 12) * months_between(self.first, month) / span

    @property
    def half_month(self) -> float:
        return (self.width - self.left - self.right - 12) / max(months_between(self.first, self.last), 1) / 2

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
        for month, text in month_ticks(self.first, self.last) if self.named is None else self.named:
            x = self.x(month)
            parts.append(f'<path d="M{x:.1f} {self.height - self.bottom}v5" stroke="{SOFT}"/>')
            parts.append(
                f'<text class="axis" x="{x:.1f}" y="{self.height - self.bottom + 18}" text-anchor="middle" font-size="12" fill="{SOFT}">{text}</text>'
            )
        return "".join(parts)


def months_between(first: date, last: date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month


def month_after(first: date, months: int) -> date:
    """The first of a month so many months ahead."""
    years, month = divmod(first.month - 1 + months, 12)
    return date(first.year + years, month + 1, 1)


def month_ticks(first: date, last: date) -> Iterator[tuple[date, str]]:
    span = months_between(first, last)
    step = 12 if span > 30 else 6 if span > 14 else 3 if span > 4 else 1
    for ahead in range((1 - first.month) % step, span + 1, step):
        month = month_after(first, ahead)
        yield month, f"{month:%Y}" if step == 12 else f"{month:%b %y}"


def segments(points: Sequence[Point]) -> Iterator[list[Point]]:
    """The points that share their limits: those of one phase, with limits or without."""
    for _, together in groupby(points, key=lambda p: (p.phase, p.upper is None)):
        yield list(together)


def limits(plane: Plane, points: Sequence[Point], band: str, mean_style: str, has_edges: bool) -> str:
    """The band between the limits of points of one phase, its edges, and the mean."""
    banded = [p for p in points if p.lower is not None and p.upper is not None]
    parts = []
    if banded:
        above = step_path(plane, [(p.month, p.upper) for p in banded])
        below = step_path(plane, [(p.month, p.lower) for p in reversed(banded)], backwards=True)
        parts.append(f'<path d="{above}L{below[1:]}Z" fill="{band}"/>')
    if banded and has_edges:
        edge = f'stroke="{SOFT}" stroke-dasharray="{"1.5 3.5" if any(p.is_trial for p in points) else "6 4"}"'
        parts += [steps(plane, [(p.month, p.upper) for p in points], edge), steps(plane, [(p.month, p.lower) for p in points], edge)]
    parts.append(steps(plane, [(p.month, p.mean) for p in points], mean_style))
    return "".join(parts)


def step_path(plane: Plane, levels: Sequence[tuple[date, float | None]], backwards: bool = False) -> str:
    """One path of levels, each held for its month, within the plane; equal neighbours make one line."""
    half = -plane.half_month if backwards else plane.half_month

    def within(x: float) -> float:
        return min(max(x, plane.left), plane.width - plane.right)

    parts: list[str] = []
    before: float | None = None
    end = 0.0
    for month, level in levels:
        if level is None:
            continue
        x, y = plane.x(month), plane.y(level)
        if before is None:
            parts.append(f"M{within(x - half):.1f} {y:.1f}")
        elif level != before:
            parts.append(f"H{end:.1f}V{y:.1f}")
        before, end = level, within(x + half)
    return "".join(parts) + (f"H{end:.1f}" if before is not None else "")


def steps(plane: Plane, levels: Sequence[tuple[date, float | None]], style: str) -> str:
    path = step_path(plane, levels)
    return f'<path d="{path}" fill="none" {style}/>' if path else ""


def line_path(plane: Plane, points: Sequence[Point], gap: int = 1) -> str:
    """The path through the values, broken where points lie more than `gap` months apart."""
    parts: list[str] = []
    before: date | None = None
    for p in points:
        if p.value is None:
            before = None
            continue
        move = "L" if before is not None and months_between(before, p.month) <= gap else "M"
        parts.append(f"{move}{plane.x(p.month):.1f} {plane.y(p.value):.1f}")
        before = p.month
    return "".join(parts)


def upright(plane: Plane, month: date, dash: str, letter: str) -> str:
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


def dots(plane: Plane, points: Iterable[Point], scale: float) -> str:
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


def circle(r: float) -> tuple[float, float, str]:
    return -r, 0.0, f"a{r:.1f} {r:.1f} 0 1 0 {2 * r:.1f} 0a{r:.1f} {r:.1f} 0 1 0 {-2 * r:.1f} 0"


# For each colour its shape at a scale: from the point to where its outline begins, and the outline.
SHAPES: dict[str, Callable[[float], tuple[float, float, str]]] = {
    COMMON: lambda scale: circle(2.6 * scale),
    IMPROVEMENT: lambda scale: circle(4.7 * scale),
    CONCERN: lambda scale: (-4.2 * scale, -4.2 * scale, f"h{8.4 * scale:.1f}v{8.4 * scale:.1f}h{-8.4 * scale:.1f}z"),
    NEUTRAL: lambda scale: (0.0, -5.5 * scale, f"l{5 * scale:.1f} {9.5 * scale:.1f}h{-10 * scale:.1f}z"),
}


def end_labels(
    x: int,
    labels: Iterable[tuple[float, str, str]],
    apart: int,
    weight: str = "",
    value: tuple[float, Figure] | None = None,
    hideable: Collection[str] = (),
) -> str:
    """Labels (y, text, colour) at the right, from the top, moved apart where they would overlap; the latest value among them, in bold.

    hideable  the names of lines that a reader can hide; they go with their lines
    """
    placed = [(y, text, f'{weight} fill="{colour}"{OTHER_LINE if text in hideable else ""}') for y, text, colour in labels]
    if value is not None:
        placed.append((value[0], value[1].text, f' font-weight="700" fill="{INK}" {value[1].attributes}'))
    parts, lowest = [], -math.inf
    for y, text, style in sorted(placed, key=lambda label: label[0]):
        lowest = max(y, lowest + apart)
        parts.append(f'<text x="{x}" y="{lowest + 4:.1f}" font-size="12"{style}>{escape(text)}</text>')
    return "".join(parts)


# The deep end of a tint: of what is a concern where it is more, and of what is neither good nor bad.
WARM, COOL = (236, 148, 84), (138, 166, 194)


def tint(share: float, deep: tuple[int, int, int] = WARM) -> str:
    """From near white to a deep colour; light enough for dark text all the way."""
    low = (244, 246, 248)
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(low, deep, strict=True))
    return f"#{red:02x}{green:02x}{blue:02x}"


def nothing_to_draw(width: int, label: Label) -> Markup:
    return svg(width, 60, label, f'<text x="12" y="34" fill="{SOFT}" font-size="14">No monthly figures to draw.</text>')


def svg(width: int, height: int, label: Label, drawing: str, css: str = "chart", attributes: str = "") -> Markup:
    title = f"<title {label.attributes}>{escape(label.title)}</title>" if label.attributes else f"<title>{escape(label.title)}</title>"
    description = f"<desc>{escape(label.description)}</desc>" if label.description else ""
    font = f" {FONT}" if "<text" in drawing else ""
    return Markup(
        f'<svg class="{css}" role="img" viewBox="0 0 {width} {height}" width="{width}" height="{height}"{font}{attributes}>'
        f"{title}{description}{drawing}</svg>"
    )
