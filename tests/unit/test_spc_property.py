"""Thousands of random series, judged by the SQL and by an independent implementation, in one phase and in windows: no difference."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from math import isclose

import pytest

from tests.spc_charts import charts, month
from tests.spc_reference import Point, Rules, judge

# years of a window (0: the whole series is one phase) -> how many series
SERIES = {0: 5_000, 3: 2_000, 2: 500}
# One measure per set of rules, as seed spc_parameters would have it.
RULES: dict[str, Rules] = {
    "standard": Rules(),
    "unscreened": Rules(mr_screen=False),
    "ties_ignored": Rules(trend_ties="ignore"),
    "wide_two_of_three": Rules(counts_beyond_3sigma=True),
    "baseline": Rules(baseline_n=24),
    "eight_and_six": Rules(shift_n=8, trend_n=6),
}
NAMES = {
    "mr_screen": "mr_screen",
    "shift_n": "shift_n",
    "trend_n": "trend_n",
    "trend_ties": "trend_ties",
    "counts_beyond_3sigma": "two_of_three_counts_beyond_3sigma",
    "baseline_n": "baseline_n",
}


@dataclass
class Series:
    measure: str
    name: str
    values: list[float | None]
    rebases: list[int] = field(default_factory=list)
    exclusions: list[int] = field(default_factory=list)

    def points(self, window_years: int) -> list[Point]:
        judged = [(i, v) for i, v in enumerate(self.values) if v is not None]
        first = judged[0][0] if judged else 0
        begun = sorted({r for r in self.rebases if r > first})
        points: list[Point] = []
        moves = 0
        for i, v in judged:
            rebase_no = sum(r <= i for r in begun)
            begins = next((p.month for p in points if p.rebase_no == rebase_no), i)
            window = max(begins, window_start(i, window_years)) if window_years else begins
            moves += bool(points) and points[-1].rebase_no == rebase_no and points[-1].window < window
            points.append(Point(i, round(v * 10**9), 1 + rebase_no + moves, i in self.exclusions, rebase_no, window))
        return points


def window_start(index: int, window_years: int) -> int:
    """The window of a month: from April to March the same one, which begins in the April that is one year less than the window's years before."""
    financial_year = index // 12 if index % 12 >= 3 else index // 12 - 1
    return 12 * (financial_year - window_years + 1) + 3


def random_series(draw: random.Random, number: int) -> Series:
    """Lengths 1-120; counts, ties, rounded numbers, flat and nearly flat ones, drifts and steps; gaps, rebases and special events."""
    n = draw.randint(1, 120)
    kind = draw.choice(["counts", "rare", "coarse", "fine", "flat", "spiked", "drift", "steps", "walk", "swing"])
    level = draw.choice([0, 1, 10, 1000])
    values: list[float] = {
        "counts": lambda: [draw.randint(0, 20) for _ in range(n)],
        "rare": lambda: [int(draw.random() < 0.1) for _ in range(n)],
        "coarse": lambda: [round(draw.gauss(level, 1) * 2) / 2 for _ in range(n)],
        "fine": lambda: [round(draw.gauss(level, 3), 6) for _ in range(n)],
        "flat": lambda: [level / 3] * n,
        "spiked": lambda: [level + (50 if draw.random() < 0.05 else 0) for _ in range(n)],
        "drift": lambda: [round(level + i * draw.choice([0.5, 1]) + draw.gauss(0, 1), 2) for i in range(n)],
        "steps": lambda: [level + 7 * (i // 15 % 3) + draw.randint(-2, 2) for i in range(n)],
        "walk": lambda: walk(draw, n),
        "swing": lambda: [level + [0, 1, 2, 3, 4, 5, 6, 7, 6, 5, 4, 3, 2, 1][i % 14] + draw.choice([0, 0, 0, 1]) for i in range(n)],
    }[kind]()
    gaps = draw.choice([0, 0, 0.03, 0.3])
    kept: list[float | None] = [None if draw.random() < gaps else float(v) for v in values]
    rebases = draw.sample(range(n), k=min(n, draw.choice([0, 0, 0, 1, 2])))
    exclusions = draw.sample(range(n), k=min(n, draw.choice([0, 0, 0, 1, 3])))
    return Series(draw.choice(list(RULES)), f"s{number}", kept, rebases, exclusions)


def walk(draw: random.Random, n: int) -> list[float]:
    values, at = [], 0
    for _ in range(n):
        at += draw.choice([-1, 0, 1])
        values.append(float(at))
    return values


@pytest.fixture(scope="module", params=SERIES)
def both(request):
    """(what the SQL says, what the reference says) of every judged month of every series."""
    draw = random.Random(20230731)
    drawn = [random_series(draw, number) for number in range(SERIES[request.param])]
    parameters = [
        (measure, NAMES[name], value)
        for measure, rules in RULES.items()
        for name, value in vars(rules).items()
        if value != getattr(Rules(), name) and value is not None
    ]
    with charts(
        {(s.measure, s.name): s.values for s in drawn},
        parameters=parameters,
        rebases=[(s.measure, s.name, r) for s in drawn for r in s.rebases],
        exclusions=[(s.measure, s.name, e) for s in drawn for e in s.exclusions],
        window_years=request.param,
    ) as connection:
        found = connection.execute(
            """
            select segment, month, phase, limits_status, rule_outside, rule_shift, rule_trend, rule_two_of_three, special_cause, special_cause_sign,
                mean, mr_bar, lpl, upl
            from measure_spc
            """
        ).fetchall()
    expected = {}
    for series in drawn:
        points = series.points(request.param)
        judge(points, RULES[series.measure])
        for p in points:
            expected[series.name, month(p.month)] = p
    return {(row[0], row[1]): row[2:] for row in found}, expected


def test_the_same_months_are_judged(both):
    found, expected = both
    assert found.keys() == expected.keys()
    assert len(found) > 20_000


def test_every_flag_is_the_same(both):
    found, expected = both
    differences = [
        (key, found[key][:8], p)
        for key, p in expected.items()
        if found[key][:8] != (p.phase, p.status, p.outside, p.shift, p.trend, p.two_of_three, p.special_cause, p.sign)
    ]
    assert len(differences) == 0, differences[:3]


def test_every_limit_is_the_same(both):
    found, expected = both
    for key, p in expected.items():
        mean, mr_bar, lpl, upl = found[key][8:]
        assert (mean is None, mr_bar is None) == (p.mean is None, p.mr_bar is None), key
        assert p.mean is None or isclose(mean, p.mean / 10**9, rel_tol=1e-12, abs_tol=1e-12), key
        assert (lpl is None, upl is None) == (p.status in {"none", "gap"},) * 2, key
        if upl is not None:
            reach = p.mr_bar * 266 / 100
            assert isclose(mr_bar, p.mr_bar / 10**9, rel_tol=1e-12), key
            assert isclose(upl, (p.mean + reach) / 10**9, rel_tol=1e-12, abs_tol=1e-9), key
            assert isclose(lpl, (p.mean - reach) / 10**9, rel_tol=1e-12, abs_tol=1e-9), key


def test_the_series_reach_every_rule_guard_and_state(both):
    _, expected = both
    points = expected.values()
    assert {p.status for p in points} == {"none", "gap", "degenerate", "trial", "provisional", "established"}
    for name in ("outside", "shift", "trend", "two_of_three"):
        assert {getattr(p, name) for p in points} == {-1, 0, 1}, name
    assert {p.special_cause for p in points} == {None, "outside", "shift", "trend", "two_of_three"}
