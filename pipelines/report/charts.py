"""Charts as inline SVG: pure functions from rows to markup, without script, fonts or files of their own.

The points, limits and rules themselves are the marts'; nothing is computed here but where to draw them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Any

from markupsafe import Markup, escape

from pipelines.report.palette import BAND, COMMON, CONCERN, IMPROVEMENT, INK, LINE, NEUTRAL, OUTLINES, PALE, SERIES, SOFT, TARGET
from pipelines.report.plane import (
    OTHER_LINE,
    Figure,
    Label,
    Plane,
    Point,
    circle,
    dots,
    end_labels,
    limits,
    line_path,
    month_after,
    nothing_to_draw,
    segments,
    steps,
    svg,
    upright,
)
from pipelines.report.units import axis_text


@dataclass(frozen=True)
class Event:
    """A dated event beside a chart; the letter stands on the chart and in the list below it."""

    month: date
    letter: str


@dataclass(frozen=True)
class Beside:
    """Other figures of the same months: what they are called, their values, and the rows and the column that these are cells of."""

    name: str
    values: Mapping[date, float]
    rows: Mapping[date, Any]
    column: str = "value"


@dataclass(frozen=True)
class Bar:
    """One bar: its label, its length, and the text at its end with the attributes that trace it; an estimate with its margin of error."""

    label: str
    value: float
    text: str
    attributes: str = ""
    label_attributes: str = ""
    margin: float | None = None


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


# Colour and dash of the line of the same figures raw, or adjusted.
OTHER = SERIES[1]
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
    latest: Figure | None = None,
    beside: Beside | None = None,
    first_said: Mapping[date, float] | None = None,
) -> Markup:
    """A process behaviour chart: values, mean and limits phase by phase, target, special causes by colour and shape, events as lettered lines.

    The published values are the line; where they are judged without their season, that line stands behind them, thinner, and the same figures raw or
    adjusted (`beside`) are a dashed line. A hollow diamond is what was first published of a month (`first_said`). A dotted upright is an approved
    rebase. points in the order of months; a missing month breaks the line. Without values the chart says that there is nothing to draw. With its
    `latest` figure the chart also says where its points lie, for what a page says of each of them.
    """
    shown = [p for p in points if p.value is not None]
    if not shown:
        return nothing_to_draw(width, label)
    others = [Point(p.month, beside.values.get(p.month)) for p in points] if beside else []
    firsts = [Point(p.month, first_said[p.month]) for p in shown if p.month in first_said] if first_said else []
    numbers = [v for p in (*points, *others, *firsts) for v in (p.value, p.adjusted, p.lower, p.upper, p.target) if v is not None]
    is_adjusted = any(p.adjusted is not None for p in points)
    plane = Plane.around(shown[0].month, shown[-1].month, numbers, unit, width, height, right=112 if is_adjusted or others else 92)
    parts = [plane.grid()]
    parts += [limits(plane, segment, PALE, f'stroke="{INK}" stroke-width="1.2"', has_edges=True) for segment in segments(points)]
    starts = [after.month for before, after in pairwise(points) if before.rebase_no != after.rebase_no]
    parts += [upright(plane, month, "2 3", "") for month in starts]
    parts += [upright(plane, event.month, "", event.letter) for event in events if plane.first <= event.month <= plane.last]
    parts.append(steps(plane, [(p.month, p.target) for p in points], f'stroke="{TARGET}" stroke-width="1.5" stroke-dasharray="8 3 2 3"'))
    if is_adjusted:
        adjusted = [replace(p, value=p.adjusted) for p in points]
        parts.append(f'<path{OTHER_LINE} d="{line_path(plane, adjusted)}" fill="none" stroke="{SOFT}" stroke-width=".8" stroke-linejoin="round"/>')
    if others:
        parts.append(
            f'<path{OTHER_LINE} d="{line_path(plane, others)}" fill="none" stroke="{OTHER[0]}" stroke-dasharray="{OTHER[1]}" stroke-width="1.4"/>'
        )
    parts.append(f'<path d="{line_path(plane, points)}" fill="none" stroke="{LINE}" stroke-width="1.6" stroke-linejoin="round"/>')
    parts.append("".join(_revision(plane, before, p) for before in firsts for p in shown if p.month == before.month))
    parts.append(dots(plane, shown, 1.0))
    other = next((p for p in reversed(others) if p.value is not None), None)
    parts.append(_side_labels(plane, points[-1], latest, (beside.name, other.value) if beside and other else None))
    return svg(width, height, label, "".join(parts), attributes=_places(plane, points) if latest else "")


def _revision(plane: Plane, before: Point, after: Point) -> str:
    """From the value as first published, a hollow diamond, to the value now; nothing where the two cannot be told apart on the drawing."""
    if before.value is None or after.value is None or abs(plane.y(before.value) - plane.y(after.value)) < 2:
        return ""
    x, y = plane.x(before.month), plane.y(before.value)
    return (
        f'<path d="M{x:.1f} {y:.1f}V{plane.y(after.value):.1f}" stroke="{INK}" stroke-width=".9"/>'
        f'<path class="first-said" d="M{x:.1f} {y - 5:.1f}l5 5l-5 5l-5 -5z" fill="#fff" stroke="{INK}"/>'
    )


def _side_labels(plane: Plane, last: Point, latest: Figure | None, other: tuple[str, float | None] | None = None) -> str:
    """Names of the lines beside their ends, and the latest value; `other` is the name and last value of the line beside."""
    lines = [("upper limit", last.upper, SOFT), ("mean", last.mean, INK), ("lower limit", last.lower, SOFT), ("target", last.target, TARGET)]
    if last.adjusted is not None:
        lines += [("season removed", last.adjusted, SOFT), ("published", last.value, LINE)]
    if other:
        lines.append((*other, OTHER[0]))
    placed = [(plane.y(level), name, colour) for name, level, colour in lines if level is not None]
    value = (plane.y(last.value), latest) if latest and last.value is not None else None
    return end_labels(plane.width - plane.right + 8, placed, 13, value=value, hideable=("season removed", other[0] if other else ""))


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


def between_chart(points: Sequence[Point], label: Label, width: int = 1080, height: int = 280) -> Markup:
    """The days between rare events, one point per event in their order; where there is no lower limit, the band begins at nought."""
    first = date(1, 1, 1)
    at = [replace(p, month=month_after(first, i), lower=(p.lower or 0.0) if p.upper is not None else None) for i, p in enumerate(points)]
    numbers = [v for p in at for v in (p.value, p.lower, p.upper) if v is not None]
    plane = Plane.around(at[0].month, at[-1].month, numbers, "days", width, height)
    plane = replace(plane, named=((at[0].month, f"{points[0].month:%b %Y}"), (at[-1].month, f"{points[-1].month:%b %Y}")))
    parts = [plane.grid()]
    parts += [limits(plane, segment, PALE, f'stroke="{INK}" stroke-width="1.2"', has_edges=True) for segment in segments(at)]
    parts.append(f'<path d="{line_path(plane, at)}" fill="none" stroke="{LINE}" stroke-width="1.4"/>')
    parts.append(dots(plane, at, 0.9))
    ends = [
        (plane.y(level), name, colour)
        for name, level, colour in (("upper limit", at[-1].upper, SOFT), ("centre", at[-1].mean, INK))
        if level is not None
    ]
    parts.append(end_labels(width - plane.right + 8, ends, 13))
    return svg(width, height, label, "".join(parts), attributes=_places(plane, at))


def _places(plane: Plane, points: Sequence[Point]) -> str:
    """The attribute that says where the points lie, for what a page says of each of them."""
    places = " ".join(f"{plane.x(p.month):.0f},{plane.y(p.value):.0f}" for p in points if p.value is not None)
    return f' data-points="{places}"'


TARGET_LINE = f'stroke="{TARGET}" stroke-width="1.2" stroke-dasharray="5 2 1.5 2"'


def sparkline(points: Sequence[Point], label: Label, latest: Figure | None = None, width: int = 124, height: int = 38, last: int = 24) -> Markup:
    """The last months of a series as one line with its mean, limits and target; signals by colour and shape, the latest month marked and named."""
    points = [p for p in points[-last:] if p.value is not None]
    if not points:
        return Markup("")
    numbers = [v for p in points for v in (p.value, p.lower, p.upper, p.target) if v is not None]
    low, high = min(numbers), max(numbers)
    right = 8 + 8 * len(latest.text) if latest else 5
    high = high if high > low else low + 1
    plane = Plane(points[0].month, points[-1].month, low, high, (), "", width + right, height, left=1, right=right, top=6, bottom=6)
    parts = [limits(plane, segment, BAND, f'stroke="{SOFT}" stroke-width=".8"', has_edges=False) for segment in segments(points)]
    return svg(width + right, height, label, "".join([*parts, _small(plane, points, latest)]), css="spark")


def small_chart(
    points: Sequence[Point],
    unit: str,
    label: Label,
    latest: Figure,
    width: int = 300,
    height: int = 132,
    last: int = 36,
    scale: tuple[float, float] | None = None,
) -> Markup:
    """A chart for a row of many: as a process behaviour chart with few ticks, its latest value beside the line, and the target named.

    Charts of one `scale` can be compared.
    """
    points = [p for p in points[-last:] if p.value is not None]
    if not points:
        return Markup("")
    numbers = [*(scale or ()), *(v for p in points for v in (p.value, p.lower, p.upper, p.target) if v is not None)]
    right = 12 + 8 * len(latest.text)
    plane = Plane.around(points[0].month, points[-1].month, numbers, unit, width, height, right=max(right, 44))
    left = 14 + 7 * max(len(axis_text(tick, unit)) for tick in (plane.low, plane.high))
    plane = replace(
        plane, left=left, top=8, bottom=22, ticks=(plane.low, plane.high), named=tuple((m, f"{m:%b %y}") for m in (plane.first, plane.last))
    )
    parts = [plane.grid()]
    parts += [limits(plane, segment, PALE, f'stroke="{SOFT}" stroke-width="1"', has_edges=True) for segment in segments(points)]
    parts.append(_small(plane, points, latest))
    return svg(width, height, label, "".join(parts), css="small")


def _small(plane: Plane, points: Sequence[Point], latest: Figure | None) -> str:
    """The lines of a small chart: target, values, signals, and the latest value beside its end, with the target's name where there is room."""
    end = points[-1]
    parts = [steps(plane, [(p.month, p.target) for p in points], TARGET_LINE)]
    parts.append(f'<path d="{line_path(plane, points)}" fill="none" stroke="{LINE}" stroke-width="1.4" stroke-linejoin="round"/>')
    parts.append(dots(plane, [p for p in points[:-1] if p.colour != COMMON], 0.6))
    parts.append(dots(plane, points[-1:], 0.9))
    if latest and end.value is not None:
        named = [(plane.y(end.target), "target", TARGET)] if end.target is not None and plane.ticks else []
        parts.append(end_labels(plane.width - plane.right + 4, named, 13, value=(plane.y(end.value), latest)))
    return "".join(parts)


# ---- other charts


def line_chart(series: Sequence[tuple[str, Sequence[Point]]], unit: str, label: Label, width: int = 820, height: int = 280, gap: int = 1) -> Markup:
    """Up to four series, each with its own colour and dash, named at its end; points more than `gap` months apart are not joined."""
    shown = [(name, [p for p in points if p.value is not None]) for name, points in series]
    every = [p for _, points in shown for p in points]
    if not every:
        return nothing_to_draw(width, label)
    plane = Plane.around(
        min(p.month for p in every),
        max(p.month for p in every),
        [v for p in every for v in (p.value, p.lower, p.upper) if v is not None],
        unit,
        width,
        height,
        right=130,
    )
    parts = [plane.grid()]
    ends = []
    for (name, points), (colour, dash) in zip(shown, SERIES, strict=False):
        if not points:
            continue
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        whiskers = "".join(
            f"M{plane.x(p.month):.1f} {plane.y(p.lower):.1f}V{plane.y(p.upper):.1f}" for p in points if p.lower is not None and p.upper is not None
        )
        if whiskers:
            parts.append(f'<path d="{whiskers}" stroke="{colour}" stroke-width="5" stroke-opacity=".3"/>')
        parts.append(f'<path d="{line_path(plane, points, gap)}" fill="none" stroke="{colour}" stroke-width="2"{dashes} stroke-linejoin="round"/>')
        if gap > 1:
            left, _, dot = circle(3)
            dots = "".join(f"M{plane.x(p.month) + left:.1f} {plane.y(p.value):.1f}{dot}" for p in points if p.value is not None)
            parts.append(f'<path d="{dots}" fill="{colour}"/>')
        ends.append((plane.y(points[-1].value or 0.0), name, colour))
    parts.append(end_labels(width - 108, ends, 14, ' font-weight="600"'))
    return svg(width, height, label, "".join(parts))


def _bar(value: float, zero: float, scale: float, y: int, height: int) -> str:
    """A bar from zero to the right; below zero to the left, and hollow."""
    start, length = zero + min(value * scale, 0.0), abs(value) * scale
    fill = SERIES[0][0] if value >= 0 else "#fff"
    return f'<rect x="{start:.1f}" y="{y}" width="{max(length, 0.8):.1f}" height="{height}" fill="{fill}" stroke="{SERIES[0][0]}"/>'


def _interval(x: float, margin: float, y: int) -> str:
    """A line with ends about the end of a bar, on white so that it is seen on the bar as well."""
    drawn = f"M{x - margin:.1f} {y}H{x + margin:.1f}M{x - margin:.1f} {y - 4}v8M{x + margin:.1f} {y - 4}v8"
    return f'<path d="{drawn}" stroke="#fff" stroke-width="4" fill="none"/><path d="{drawn}" stroke="{INK}" stroke-width="1.5" fill="none"/>'


def bar(value: float, low: float, high: float, width: int = 140) -> Markup:
    """A bar for one cell of a table, from the zero that all its neighbours share. The number stands in the cell beside it."""
    scale = (width - 4) / ((high - low) or 1)
    zero = 2 - low * scale
    return Markup(
        f'<svg width="{width}" height="14" viewBox="0 0 {width} 14" aria-hidden="true">'
        f'{_bar(value, zero, scale, 2, 10)}<path d="M{zero:.1f} 0v14" stroke="{SOFT}"/></svg>'
    )


def bars(items: Sequence[Bar], label: Label, width: int = 640, label_width: int = 200) -> Markup:
    """Horizontal bars from a common zero, each with its label and its text; a line across the end of an estimate is its interval."""
    height = 24 * len(items) + 6
    values = [0.0, *(item.value + (item.margin or 0.0) for item in items), *(item.value for item in items)]
    scale = (width - label_width - 110) / ((max(values) - min(values)) or 1)
    zero = label_width + 8 - min(values) * scale
    parts = []
    for i, item in enumerate(items):
        y, end = 24 * i + 4, zero + max((item.value + (item.margin or 0.0)) * scale, 0.0) + 6
        parts += [
            f'<text x="{label_width}" y="{y + 13}" text-anchor="end" font-size="13" fill="{INK}" {item.label_attributes}>{escape(item.label)}</text>',
            _bar(item.value, zero, scale, y, 16),
            _interval(zero + item.value * scale, item.margin * scale, y + 8) if item.margin else "",
            f'<text x="{end:.1f}" y="{y + 13}" font-size="13" fill="{INK}" {item.attributes}>{escape(item.text)}</text>',
        ]
    parts.append(f'<path d="M{zero:.1f} 0V{height - 4}" stroke="{SOFT}"/>')
    return svg(width, height, label, "".join(parts))
