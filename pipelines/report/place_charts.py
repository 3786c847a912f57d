"""Charts of other kinds than months: hours of the week, estimates with their intervals beside each other, and places in a funnel."""

from __future__ import annotations

from calendar import day_abbr
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from pipelines.report.palette import BAND, CONCERN, GRID, IMPROVEMENT, INK, NEUTRAL, PALE, SERIES, SOFT
from pipelines.report.plane import SHAPES, Figure, Label, end_labels, svg, tint
from pipelines.report.units import axis_text, nice_ticks

WEEKDAYS = tuple(day_abbr)
# Whose shape and which fill a place has outside the limits: a square beyond the outer ones, a triangle beyond the inner ones, else a hollow circle.
FUNNEL_MARKS = {"alarm": (CONCERN, INK), "alert": (NEUTRAL, SOFT)}


@dataclass(frozen=True)
class Place:
    """A place in a funnel: its name with the attributes that trace it, its size, its value, and where it lies (`funnel_state`)."""

    name: Figure
    size: float
    value: float
    state: str


@dataclass(frozen=True)
class Limits:
    """The limits of a funnel for places of one size."""

    size: float
    centre: float
    alarm_lower: float
    alert_lower: float
    alert_upper: float
    alarm_upper: float


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
    return svg(left + 24 * cell + 10, top + 7 * cell + 22, label, "".join(parts), css="week tinted")


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


def funnel_chart(places: Sequence[Place], funnel: Sequence[Limits], unit: str, size: str, label: Label, width: int = 1080) -> Markup:
    """Places by their size (to the right) and value (upwards), within the limits that chance allows each size; outside them a shape of its own.

    places  from the smallest to the largest; their names stand beside them, apart
    funnel  the limits at sizes that span the places
    size    what the size of a place is, in words
    """
    height, left, right, top, bottom = 400, 70, 150, 16, 44
    # limits below nought or far above every place would leave the places no room
    highest = max(p.value for p in places)
    ends = [p.value for p in places] + [funnel[-1].alarm_lower, funnel[-1].alarm_upper, *(min(f.alarm_upper, 1.5 * highest) for f in funnel)]
    ticks = nice_ticks(max(0.0, min(*ends, *(f.alarm_lower for f in funnel))), max(ends), unit)
    low, high, first, last = ticks[0], ticks[-1], funnel[0].size, funnel[-1].size

    def x(at: float) -> float:
        return left + (width - left - right) * (at - first) / ((last - first) or 1)

    def y(value: float) -> float:
        return height - bottom - (height - top - bottom) * (min(max(value, low), high) - low) / ((high - low) or 1)

    def line(levels: Sequence[tuple[float, float]]) -> str:
        return "M" + "L".join(f"{x(at):.1f} {y(value):.1f}" for at, value in levels)

    parts = []
    for inner, fill in ((("alarm_lower", "alarm_upper"), PALE), (("alert_lower", "alert_upper"), BAND)):
        lower, upper = ([(f.size, getattr(f, name)) for f in funnel] for name in inner)
        parts.append(f'<path d="{line(upper)}L{line(lower[::-1])[1:]}Z" fill="{fill}"/>')
    for tick in ticks:
        text = escape(axis_text(tick, unit))
        parts.append(f'<path d="M{left} {y(tick):.1f}H{width - right}" stroke="{GRID}"/>')
        parts.append(f'<text class="axis" x="{left - 8}" y="{y(tick) + 4:.1f}" text-anchor="end" font-size="12" fill="{SOFT}">{text}</text>')
    for tick in nice_ticks(first, last, "count"):
        if first <= tick <= last:
            parts.append(f'<path d="M{x(tick):.1f} {height - bottom}v5" stroke="{SOFT}"/>')
            parts.append(
                f'<text class="axis" x="{x(tick):.1f}" y="{height - bottom + 18}" text-anchor="middle" font-size="12" fill="{SOFT}">'
                f"{escape(axis_text(tick, 'count'))}</text>"
            )
    parts.append(
        f'<text x="{(left + width - right) / 2:.0f}" y="{height - 6}" text-anchor="middle" font-size="12" fill="{SOFT}">{escape(size)}</text>'
    )
    end = funnel[-1]
    for name, dash in (("alarm_lower", "6 4"), ("alarm_upper", "6 4"), ("alert_lower", "1.5 3.5"), ("alert_upper", "1.5 3.5")):
        parts.append(f'<path d="{line([(f.size, getattr(f, name)) for f in funnel])}" fill="none" stroke="{SOFT}" stroke-dasharray="{dash}"/>')
    parts.append(f'<path d="M{left} {y(end.centre):.1f}H{width - right}" stroke="{INK}" stroke-width="1.2"/>')
    levels = [("outer limit", end.alarm_upper), ("inner limit", end.alert_upper), ("all together", end.centre)]
    levels += [("inner limit", end.alert_lower), ("outer limit", end.alarm_lower)]
    parts.append(end_labels(width - right + 8, [(y(level), name, SOFT) for name, level in levels], 13))
    taken = [(x(p.size) - 7, y(p.value), 14.0) for p in places]
    for place in places:
        kind, fill = FUNNEL_MARKS.get(place.state.partition(" ")[0], (IMPROVEMENT, "#fff"))
        across, up, outline = SHAPES[kind](1.0)
        at_x, at_y = x(place.size), y(place.value)
        parts.append(f'<path d="M{at_x + across:.1f} {at_y + up:.1f}{outline}" fill="{fill}" stroke="{INK}"/>')
        parts.append(_beside(place.name, at_x, at_y, taken, width - right))
    spots = " ".join(f"{x(p.size):.0f},{y(p.value):.0f}" for p in places)
    return svg(width, height, label, "".join(parts), css="chart funnel", attributes=f' data-points="{spots}"')


def _beside(name: Figure, x: float, y: float, taken: list[tuple[float, float, float]], edge: float) -> str:
    """The name of a place beside its point: to the right, or to the left at the edge; above or below where other names stand."""
    length = 6.6 * len(name.text)
    is_left = x + 10 + length > edge
    start = x - 10 - length if is_left else x + 10
    for shift in (0, -14, 14, -28, 28, -42, 42):
        if all(abs(y + shift - other) >= 12 or start > there + long or there > start + length for there, other, long in taken):
            break
    taken.append((start, y + shift, length))
    anchor = "end" if is_left else "start"
    return (
        f'<text x="{x - 10 if is_left else x + 10:.1f}" y="{y + shift + 4:.1f}" text-anchor="{anchor}" font-size="12" fill="{INK}" {name.attributes}>'
        f"{escape(name.text)}</text>"
    )
