"""The rules of methods.md 1.2 a second time, in plain Python by counting windows: what the SQL is held against.

Values are integers (billionths); means and limits are fractions, so nothing is rounded before it is compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor


@dataclass(frozen=True)
class Rules:
    mr_screen: bool = True
    shift_n: int = 7
    trend_n: int = 7
    trend_ties: str = "break"
    counts_beyond_3sigma: bool = False
    baseline_n: int | None = None


@dataclass
class Point:
    """One judged month: its number, value in billionths, phase, whether it is a special event, how many rebases came before, the first month of its
    window (None: that of its phase); and what comes of it.
    """

    month: int
    y: int
    phase: int
    is_excluded: bool = False
    rebase_no: int = 0
    window: int | None = None
    mean: Fraction | None = None
    mr_bar: Fraction | None = None
    status: str = ""
    outside: int = 0
    shift: int = 0
    trend: int = 0
    two_of_three: int = 0
    side: int = 0
    near: int = 0
    special_cause: str | None = None
    sign: int = 0


def judge(points: Sequence[Point], rules: Rules) -> None:
    """Fill in what comes of the points of one series, in order of months."""
    for phase in sorted({p.phase for p in points}):
        own = [p for p in points if p.phase == phase]
        first = own[0].month if own[0].window is None else own[0].window
        _place_in_limits(own, [p for p in points if p.rebase_no == own[0].rebase_no and first <= p.month <= own[-1].month], rules)
    begin = 0
    for end in range(1, len(points) + 1):
        if end == len(points) or points[end].month != points[end - 1].month + 1 or points[end].rebase_no != points[end - 1].rebase_no:
            _judge_stretch(points[begin:end], rules)
            begin = end
    for point in points:
        for name, sign in [("outside", point.outside), ("trend", point.trend), ("two_of_three", point.two_of_three), ("shift", point.shift)]:
            if sign:
                point.special_cause, point.sign = name, sign
                break


def _place_in_limits(own: list[Point], points: list[Point], rules: Rules) -> None:
    """Give its own points of a phase the limits of the points of its window."""
    based = [not p.is_excluded and (rules.baseline_n is None or i < rules.baseline_n) for i, p in enumerate(points)]
    fixed = [p.y for p, inside in zip(points, based, strict=True) if inside]
    ranges = [
        abs(b.y - a.y)
        for (a, a_in), (b, b_in) in zip(zip(points, based, strict=True), zip(points[1:], based[1:], strict=True), strict=False)
        if a_in and b_in and b.month == a.month + 1
    ]
    mean = Fraction(sum(fixed), len(fixed)) if fixed else None
    first = Fraction(sum(ranges), len(ranges)) if ranges else None
    kept = [r for r in ranges if r * 1000 * len(ranges) < 3267 * sum(ranges)]
    screened = Fraction(sum(kept), len(kept)) if kept else Fraction(0)
    n = sum(not p.is_excluded for p in points)
    is_flat = first == 0 or (rules.mr_screen and screened == 0)
    mr_bar = first if not rules.mr_screen or is_flat else screened
    if n < 8:
        status = "none"
    elif len(ranges) < 7:
        status = "gap"
    elif is_flat:
        status = "degenerate"
    else:
        status = "trial" if n < 13 else "provisional" if n < 20 else "established"
    for point in own:
        point.mean, point.mr_bar, point.status = mean, mr_bar, status
        point.side = 0 if mean is None else (point.y > mean) - (point.y < mean)
    if status not in {"none", "gap"}:
        assert mean is not None
        assert mr_bar is not None
        wide, narrow = Fraction(266, 100) * mr_bar, Fraction(266, 150) * mr_bar
        for point in own:
            point.outside = _beyond(point.y, mean - wide, mean + wide)
            point.near = 0 if point.outside else _beyond(point.y, mean - narrow, mean + narrow)


def _beyond(y: int, low: Fraction, high: Fraction) -> int:
    return 1 if y > floor(high) else -1 if y < ceil(low) else 0


def _judge_stretch(points: list[Point], rules: Rules) -> None:
    """Months without a gap: every window of a rule is looked at, and marks its members."""
    for start in range(len(points) - rules.shift_n + 1):
        window = [p.side for p in points[start : start + rules.shift_n]]
        if window[0] and len(set(window)) == 1:
            for point in points[start : start + rules.shift_n]:
                point.shift = window[0]
    counted = [bool(p.near) or (rules.counts_beyond_3sigma and bool(p.outside)) for p in points]
    for start in range(len(points) - 2):
        window = [p.side for p in points[start : start + 3]]
        if window[0] and len(set(window)) == 1 and sum(counted[start : start + 3]) >= 2:
            for i in range(start, start + 3):
                if counted[i]:
                    points[i].two_of_three = window[0]
    _judge_trends(points, rules)


def _judge_trends(points: list[Point], rules: Rules) -> None:
    """Later windows come later and overwrite: a point of two trends takes the later one's sign."""
    for start in range(len(points)):
        for sign in (1, -1):
            steps, end = 0, start
            while end + 1 < len(points):
                step = (points[end + 1].y - points[end].y) * sign
                if step < 0 or (step == 0 and (rules.trend_ties == "break" or steps == 0)):
                    break
                steps += step > 0
                end += 1
            if steps >= rules.trend_n - 1:
                for point in points[start : end + 1]:
                    point.trend = sign
