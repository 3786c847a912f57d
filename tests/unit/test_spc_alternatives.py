"""P′, U′, T and G charts against their formulas written out; which chart is recommended; which rebases are suggested."""

from __future__ import annotations

import itertools
import random
from math import isclose, isnan, sqrt
from statistics import fmean, median

import pytest

from tests.spc_charts import ALL_MODELS, charts, month

SHARE = {"unit": "pct", "statistic": "share", "direction": "increase"}
RATE = {"unit": "pct", "statistic": "rate", "direction": "increase"}


def screened_mean(ranges):
    first = fmean(ranges)
    return fmean([r for r in ranges if r < 3.267 * first])


def alternatives(measure, sides=None, days=None, counts=None, **options):
    """Rows of spc_alternatives of one series, and what measure_spc recommends."""
    series = {("m", "all"): counts or [100 * d / n for d, n in sides]}
    with charts(
        series,
        measures={"m": measure},
        divided={("m", "all"): sides} if sides else None,
        days_since={("m", "all"): days} if days is not None else None,
        models=ALL_MODELS,
        **options,
    ) as connection:
        rows = connection.execute("select * from spc_alternatives order by chart, point_no").pl().to_dicts()
        ((recommended, headline, note),) = connection.execute(
            "select distinct recommended_chart, has_headline_icon, note from measure_spc where is_latest"
        ).fetchall()
    return rows, recommended, headline, note


@pytest.mark.parametrize(("measure", "chart"), [(SHARE, "p_prime"), (RATE, "u_prime")])
def test_laney_limits_follow_the_denominator(measure, chart):
    draw = random.Random(3)
    sides = [(round(0.3 * n + draw.gauss(0, 30)), n) for n in (draw.randint(500, 2000) for _ in range(30))]
    rows, recommended, headline, note = alternatives(measure, sides)
    centre = sum(d for d, _ in sides) / sum(n for _, n in sides)
    errors = [sqrt(centre * (1 - centre if chart == "p_prime" else 1) / n) for _, n in sides]
    scores = [(d / n - centre) / s for (d, n), s in zip(sides, errors, strict=True)]
    sigma_z = screened_mean([abs(b - a) for a, b in itertools.pairwise(scores)]) / 1.128
    assert {r["chart"] for r in rows} == {chart} == {recommended}
    for row, (d, n), s in zip(rows, sides, errors, strict=True):
        assert isclose(row["value"], 100 * d / n)
        assert isclose(row["centre"], 100 * centre)
        assert isclose(row["sigma_z"], sigma_z, rel_tol=1e-6)
        assert isclose(row["upl"], 100 * (centre + 3 * s * sigma_z), rel_tol=1e-6)
        assert isclose(row["lpl"], 100 * (centre - 3 * s * sigma_z), rel_tol=1e-6)
        assert row["rule_outside"] == (row["value"] > row["upl"]) - (row["value"] < row["lpl"])
    assert headline
    assert "denominators vary by more than a quarter" in note


def test_a_point_of_a_small_month_may_lie_where_one_of_a_large_month_may_not():
    sides = [(330 + i % 3 * 9, 1000) for i in range(24)] + [(66, 200), (4600, 12000)]
    rows, *_ = alternatives(SHARE, sides)
    small, large = rows[-2:]
    assert small["rule_outside"] == 0
    assert small["upl"] - small["centre"] > 5 * (large["upl"] - large["centre"])
    assert (large["rule_outside"], large["special_cause"], large["variation"]) == (1, "outside", "improvement_high")


def test_steady_denominators_and_other_statistics_keep_xmr():
    steady = [(300 + i % 7, 1000 + 10 * (i % 5)) for i in range(24)]
    assert alternatives(SHARE, steady)[:2] == ([], "xmr")
    uneven = [(300 + i % 7, 1000 + 100 * (i % 5)) for i in range(24)]
    assert alternatives({"unit": "seconds", "statistic": "median"}, uneven)[:2] == ([], "xmr")
    assert alternatives(SHARE, [(0, 1000 + 100 * (i % 5)) for i in range(24)])[:2] == ([], "xmr"), "a share of nothing has no width"
    assert alternatives(SHARE, [(1000 + 100 * (i % 5),) * 2 for i in range(24)])[:2] == ([], "xmr")


def test_an_adjusted_series_keeps_xmr():
    sides = [(300 + 100 * (i % 12 > 5) + i % 7, 1000 + 100 * (i % 5)) for i in range(48)]
    rows, recommended, *_ = alternatives(SHARE | {"is_seasonal": True}, sides)
    assert (recommended, {r["is_recommended"] for r in rows}) == ("xmr", {False})


DAYS = [3, 9, 4, 12, 7, 5, 8, 15, 2, 6, 11, 4, 9, 7, 3, 10, 6, 8, 5, 13]
RARE = [3, 4] * 12


def test_days_between_rare_events_t():
    rows, recommended, headline, note = alternatives({}, counts=RARE, days=[*DAYS, 90])
    assert (recommended, headline) == ("t", False)
    assert "rare events" in note
    t = [r for r in rows if r["chart"] == "t"]
    turned = [d ** (1 / 3.6) for d in [*DAYS, 90]]
    mean, mr_bar = fmean(turned), screened_mean([abs(b - a) for a, b in itertools.pairwise(turned)])
    low, high = mean - 2.66 * mr_bar, mean + 2.66 * mr_bar
    assert isclose(t[0]["centre"], mean**3.6, rel_tol=1e-6)
    assert isclose(t[0]["upl"], high**3.6, rel_tol=1e-6)
    assert t[0]["lpl"] is None if low <= 0 else isclose(t[0]["lpl"], low**3.6, rel_tol=1e-6)
    assert (t[-1]["rule_outside"], t[-1]["variation"], t[-1]["is_recommended"]) == (1, "improvement_high", True), "long without an event is good"
    assert [r["value"] for r in t] == [*DAYS, 90]


def test_days_between_rare_events_g():
    days = [0, *DAYS, 60]
    rows, recommended, headline, _ = alternatives({"direction": "increase"}, counts=RARE, days=days)
    assert (recommended, headline) == ("g", False), "two events on one day"
    g = [r for r in rows if r["chart"] == "g"]
    mean = fmean(days)
    assert g[0]["centre"] == median(days)
    assert isclose(g[0]["upl"], mean + 3 * sqrt(mean * (mean + 1)))
    assert {r["lpl"] for r in g} == {None}
    assert (g[-1]["rule_outside"], g[-1]["variation"]) == (1, "concern_high")


def test_too_few_events_are_not_judged():
    rows, recommended, headline, note = alternatives({}, counts=RARE, days=DAYS[:7])
    assert (recommended, headline, note) == ("none", False, "too few events to judge")
    assert {r["limits_status"] for r in rows} == {"none"}
    assert {r["variation"] for r in rows} == {None}


def test_no_nan_where_all_events_fall_on_one_day():
    rows, *_ = alternatives({}, counts=RARE, days=[0] * 20)
    assert {r["limits_status"] for r in rows} == {"degenerate"}
    assert [k for r in rows for k, v in r.items() if isinstance(v, float) and isnan(v)] == []


def test_rare_counts_without_days_keep_xmr_and_say_so():
    rows, recommended, _, note = alternatives({}, counts=RARE)
    assert (rows, recommended) == ([], "xmr")
    assert note == "rare events whose days are not kept: read with care"


# ---- rebase candidates


def candidates(values, **options):
    with charts({("m", "all"): values}, models=ALL_MODELS, **options) as connection:
        return connection.execute(
            """
            select effective_month, shift, shift_months, has_dated_cause, has_shift_or_definition_change, is_lasting, is_approved, missing
            from rebase_candidates order by 1
            """
        ).fetchall()


STEP = [10, 12] * 12 + [20, 22] * 6


def test_a_lasting_shift_is_suggested_from_its_first_point():
    missing = "a known, dated cause; approval"
    assert candidates(STEP) == [(month(24), 1, 12, False, True, True, False, missing)]


def test_with_a_dated_cause_only_approval_is_missing():
    found = candidates(STEP, breaks=[("m*", 23, "other call taking")])
    assert found == [(month(23), 1, 12, True, True, True, False, "approval")]


def test_a_change_of_definition_is_suggested_without_a_shift():
    found = candidates([10, 12] * 12, breaks=[("m", 15, "another form")])
    assert found == [(month(15), 0, 0, True, True, False, False, "that the new level lasts; approval")]


def test_a_shift_that_is_over_and_one_that_was_rebased_are_not_suggested():
    assert candidates([10, 12] * 8 + [14, 16] * 4 + [10, 12, 9, 14] * 3) == []
    assert candidates(STEP, rebases=[("m", "all", 24)]) == []
    assert candidates(STEP, rebases=[("m", "all", 24)], breaks=[("m", 24, "other call taking")]) == []
