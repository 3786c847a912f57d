"""The golden vectors of the reference package, methods.md 1.5, on the SQL of the models; and what each rule, guard and parameter does."""

from __future__ import annotations

import math
import random

import duckdb
import pytest

from tests.models import render
from tests.spc_charts import chart, charts

V1 = [1, 2, 1, 2, 10, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1]
# R: set.seed(123); rnorm(20)
V2 = [
    -0.56047565, -0.23017749, 1.55870831, 0.07050839, 0.12928774, 1.71506499, 0.46091621, -1.26506123, -0.68685285, -0.44566197,
    1.22408180, 0.35981383, 0.40077145, 0.11068272, -0.55584113, 1.78691314, 0.49785048, -1.96661716, 0.70135590, -0.47279141,
]  # fmt: skip
ICONS = ("provisional", "established")


def column(values, name, **options):
    return [row[name] for row in chart(values, [name], **options)]


def test_v1_one_high_point_among_ones_and_twos():
    rows = chart(V1)
    assert {round(r["mean"], 6) for r in rows} == {1.944444}
    # screened: fifteen ranges of 1; unscreened: 32/17. Written out from the formula, and as the package's vignette prints them.
    assert {round(r["upl"], 6) for r in rows} == {round(35 / 18 + 2.66, 6)} == {4.604444}
    assert {round(r["lpl"], 6) for r in rows} == {-0.715556}
    assert {round(r["upl_unscreened"], 6) for r in rows} == {round(35 / 18 + 2.66 * 32 / 17, 6)}
    assert (round(rows[0]["upl"], 1), round(rows[0]["mean"], 2), round(rows[0]["lpl"], 2)) == (4.6, 1.94, -0.72)
    assert (round(rows[0]["upl_unscreened"], 2), round(rows[0]["lpl_unscreened"], 2)) == (6.95, -3.06)
    assert [r["special_cause"] for r in rows] == [None] * 4 + ["outside"] + [None] * 13
    assert [r["variation"] for r in rows] == ["common_cause"] * 4 + ["concern_high"] + ["common_cause"] * 13
    assert {r["limits_status"] for r in rows} == {"provisional"}


def test_v1_unscreened_by_parameter():
    row = chart(V1, parameters=[("m", "mr_screen", "false")])[0]
    assert (round(row["upl"], 3), round(row["lpl"], 3)) == (6.952, -3.063)
    assert (row["upl"], row["lpl"]) == (row["upl_unscreened"], row["lpl_unscreened"])
    assert round(row["upl_screened"], 3) == 4.604


def test_v2_twenty_normal_numbers():
    row = chart(V2)[0]
    assert (round(row["mean"], 7), round(row["lpl"], 5), round(row["upl"], 6)) == (0.1416238, -3.01138, 3.294627)
    assert row["limits_status"] == "established"


def test_v2_with_a_ten_in_place_of_the_fifteenth():
    row = chart([*V2[:14], 10, *V2[15:]])[0]
    found = [round(row[name], 6) for name in ("mean", "lpl", "upl", "lpl_unscreened", "upl_unscreened")]
    assert found == [0.669416, -2.383666, 3.722497, -4.596625, 5.935457]


def test_v3_two_of_three_does_not_reach_across_the_mean():
    rows = chart([1, -1] * 7 + [5.5, -5.5])
    assert [r["special_cause"] for r in rows[-2:]] == [None, None]
    assert [r["variation"] for r in rows[-2:]] == ["common_cause"] * 2
    assert [abs(r["z"]) > 2 and r["rule_outside"] == 0 for r in rows[-2:]] == [True, True]


@pytest.mark.parametrize(
    ("values", "trend"),
    [
        ([1, 2, 3, 4, 5, 6], [0] * 6),
        ([1, 2, 3, 4, 5, 6, 7], [1] * 7),
        ([1, 2, 3, 3, 4, 5, 6], [0] * 7),
        ([2, 1, 2, 3, 4, 5, 6, 7, 3], [0] + [1] * 7 + [0]),
        ([7, 6, 5, 4, 3, 2, 1], [-1] * 7),
        ([6, 7, 6, 5, 4, 3, 2, 1, 5], [0] + [-1] * 7 + [0]),
        # a point of two windows takes the later window's sign
        ([1, 2, 3, 4, 5, 6, 7, 6, 5, 4, 3, 2, 1], [1] * 6 + [-1] * 7),
    ],
)
def test_v4_trends(values, trend):
    assert column(values, "rule_trend") == trend


@pytest.mark.parametrize(
    ("values", "trend"),
    [
        ([1, 2, 3, 3, 4, 5, 6], [0] * 7),
        ([1, 2, 3, 3, 4, 5, 6, 7], [1] * 8),
        ([1, 1, 2, 3, 4, 5, 6, 7, 7, 1], [0] + [1] * 8 + [0]),
        ([1, 2, 3, 4, 5, 6, 6, 5], [0] * 8),
    ],
)
def test_trends_where_a_tie_neither_adds_nor_ends(values, trend):
    assert column(values, "rule_trend", parameters=[("m", "trend_ties", "ignore")]) == trend


def rules_of(sides=None, near=None, outside=None, parameters=""):
    """rule_shift and rule_two_of_three of points whose zones are given."""
    n = len(sides or near)
    sides, near, outside = sides or [1] * n, near or [0] * n, outside or [0] * n
    sql = render("with {{ spc_rules('zoned', 'parameters') }} select rule_shift, rule_two_of_three from spc_flagged order by position")
    with duckdb.connect() as connection:
        connection.execute(
            "create table zoned as select 1 as series_id, 0 as rebase_no, 0 as stretch, i as position, (7 * i % 3)::hugeint as y, "
            "?[i] as side, ?[i] as near, ?[i] as outside from range(1, ?) as t (i)",
            [sides, near, outside, n + 1],
        )
        chosen = render("select 1 as series_id{% for p in spc_defaults() %}, {{ literal(p.value) }} as {{ p.name }}{% endfor %}")
        connection.execute(f"create table parameters as {chosen}")
        if parameters:
            connection.execute(f"update parameters set {parameters}")
        return tuple(map(list, zip(*connection.execute(sql).fetchall(), strict=True)))


def test_v5_shift():
    assert rules_of(sides=[1] * 6 + [-1])[0] == [0] * 7
    assert rules_of(sides=[1] * 8 + [-1])[0] == [1] * 8 + [0]
    assert rules_of(sides=[-1] * 7)[0] == [-1] * 7
    assert rules_of(sides=[1] * 3 + [0] + [1] * 6)[0] == [0] * 10, "a point on the mean breaks"


def test_v5_two_of_three():
    assert rules_of(near=[1, 0, 0, 1])[1] == [0, 0, 0, 0]
    assert rules_of(near=[1, 0, 0, 1, 1])[1] == [0, 0, 0, 1, 1]
    assert rules_of(near=[1, 0, 1])[1] == [1, 0, 1], "only the near ones, not the one between"
    assert rules_of(near=[-1, -1], sides=[-1, -1])[1] == [0, 0], "two are not three"
    assert rules_of(near=[1, 0, 1], outside=[0, 1, 0])[1] == [1, 0, 1]
    assert rules_of(near=[1, 0, 0], outside=[0, 1, 0])[1] == [0, 0, 0], "beyond three sigma does not count"
    assert rules_of(near=[1, 0, 0], outside=[0, 1, 0], parameters="two_of_three_counts_beyond_3sigma = true")[1] == [1, 1, 0]
    assert rules_of(near=[1, 1, 1], parameters="two_of_three = false")[1] == [0, 0, 0]


@pytest.mark.parametrize("value", [0, 0.1, 100 / 3, 1e9])
@pytest.mark.parametrize("n", [1, 2, 7, 8, 20])
def test_v6_no_nan_escapes_a_constant_series(value, n):
    rows = chart([value] * n)
    assert {r["limits_status"] for r in rows} == {"degenerate" if n >= 8 else "none"}
    for row in rows:
        assert [k for k, v in row.items() if isinstance(v, float) and not math.isfinite(v)] == []
        assert (row["special_cause"], row["variation"], row["assurance"], row["side"], row["z"]) == (None, None, None, 0, None)
        assert (row["lpl"], row["upl"]) == ((row["mean"],) * 2 if n >= 8 else (None, None))


def test_v6_one_step_in_a_flat_series_leaves_limits_with_a_width():
    """Screening would keep nothing but ranges of 0, and everything would lie outside limits without width."""
    rows = chart([5] * 12 + [9, 5])
    assert {r["limits_status"] for r in rows} == {"degenerate"}
    assert {r["variation"] for r in rows} == {None}
    assert rows[0]["upl"] == rows[0]["upl_unscreened"] > rows[0]["mean"]


@pytest.mark.parametrize(
    ("lpl", "upl", "direction", "expected"),
    [
        (1, 3, "increase", "fail"),
        (1, 3, "decrease", "pass"),
        (5, 7, "increase", "pass"),
        (5, 7, "decrease", "fail"),
        (1, 5, "increase", "hit_or_miss"),
        (1, 5, "decrease", "hit_or_miss"),
        (4, 7, "increase", "hit_or_miss"),
        (1, 4, "decrease", "hit_or_miss"),
        (1, 3, "neutral", None),
    ],
)
def test_v7_assurance_with_target_4(lpl, upl, direction, expected):
    """On limits as such, and on a whole series whose limits they are."""
    sql = render(f"select {{{{ spc_assurance('4', \"'{direction}'\", '{lpl}', '{upl}', \"'established'\") }}}}")
    assert duckdb.connect().sql(sql).fetchone() == (expected,)
    middle, swing = (lpl + upl) / 2, (upl - lpl) / 2 / 2.66 / 2
    rows = chart([middle - swing, middle + swing] * 10, measures={"m": {"direction": direction}}, targets=[("m", 4, 0, 40)])
    assert (round(rows[0]["lpl"], 6), round(rows[0]["upl"], 6)) == (lpl, upl)
    if 4 not in (lpl, upl):  # limits of a whole series are on a limit to nine decimals only
        assert {r["assurance"] for r in rows} == {expected}


# ---- what the vectors do not say


@pytest.mark.parametrize(("n", "status"), [(7, "none"), (8, "trial"), (12, "trial"), (13, "provisional"), (19, "provisional"), (20, "established")])
def test_limits_status_by_months(n, status):
    rows = chart([10, 12, 11, 14, 9] * 4)[:n]
    rows = chart([row["value"] for row in rows])
    assert {r["limits_status"] for r in rows} == {status}
    assert {r["lpl"] is None for r in rows} == {status == "none"}
    assert {r["variation"] is None for r in rows} == {status not in ICONS}
    assert {r["has_headline_icon"] for r in rows} == {status in ICONS}


def test_a_gap_ends_runs_and_ranges():
    rising = [1, 2, 3, 4, None, 5, 6, 7, 8]
    rows = chart(rising)
    assert [r["rule_trend"] for r in rows] == [0] * 8
    assert [r["mr"] for r in rows] == [None, 1, 1, 1, None, 1, 1, 1]
    assert {r["limits_status"] for r in rows} == {"gap"}, "six moving ranges are too few"
    assert len(rows) == 8, "an incomplete month has no row"


def test_every_second_month_gives_no_limits_and_no_nan():
    rows = chart([5, None, 7, None] * 10)
    assert {r["limits_status"] for r in rows} == {"gap"}
    assert {r["upl"] for r in rows} == {None}
    assert {r["rule_shift"] for r in rows} == {0}


def test_a_rebase_begins_limits_and_runs_anew():
    rows = chart([10, 12] * 10 + [20, 22] * 10, rebases=[("m", "all", 20)])
    assert [r["phase"] for r in rows] == [1] * 20 + [2] * 20
    assert {(r["phase"], r["mean"], r["n_phase"]) for r in rows} == {(1, 11, 20), (2, 21, 20)}
    assert {r["special_cause"] for r in rows} == {None}
    assert rows[20]["mr"] is None
    assert None not in {r["special_cause"] for r in chart([10, 12] * 10 + [20, 22] * 10)}, "in one phase, both levels are shifts"


def test_a_special_event_is_judged_and_in_no_limits():
    rows = chart([10, 12] * 8 + [60] + [10, 12] * 4, exclusions=[("m", "all", 16)])
    assert {(r["mean"], r["mr_bar_unscreened"]) for r in rows} == {(11, 2)}
    assert (rows[16]["special_cause"], rows[16]["is_excluded"], rows[16]["note"]) == ("outside", True, "special event, in no limits: a special event")
    assert {r["n_phase"] for r in rows} == {24}


def test_a_baseline_fixes_the_limits():
    rows = chart([10, 12] * 6 + [30, 32] * 6, parameters=[("m", "baseline_n", 12)])
    assert {(r["mean"], r["mr_bar"]) for r in rows} == {(11, 2)}
    assert [r["rule_outside"] for r in rows] == [0] * 12 + [1] * 12


def test_the_latest_months_may_be_too_young():
    assert len(chart([10, 12] * 10, parameters=[("m", "immature_months", 3)])) == 17


@pytest.mark.parametrize(
    ("direction", "variation"),
    [("decrease", "concern_high"), ("increase", "improvement_high"), ("neutral", "neutral_high")],
)
def test_variation_follows_the_direction(direction, variation):
    measures = {"m": {"direction": direction}}
    assert column(V1, "variation", measures=measures)[4] == variation
    low = column([-v for v in V1], "variation", measures=measures)[4]
    opposite = {"concern_high": "improvement_low", "improvement_high": "concern_low", "neutral_high": "neutral_low"}
    assert low == opposite[variation]


def test_a_trend_s_sign_is_its_direction_not_its_side():
    """Seven months rising, all below the mean of what follows: upwards, and low."""
    rows = chart([1, 2, 3, 4, 5, 6, 7] + [20, 21] * 10)
    assert [(r["side"], r["rule_trend"]) for r in rows[:7]] == [(-1, 1)] * 7


def test_targets_are_those_of_the_month():
    rows = chart([10, 12] * 10, targets=[("m", 11, 0, 9), ("m", 100, 10, 40)])
    assert [r["target"] for r in rows] == [11] * 10 + [100] * 10
    assert [r["is_target_met"] for r in rows] == [True, False] * 5 + [True] * 10
    assert [r["months_met_last_12"] for r in rows][-1] == 11
    assert rows[-1]["assurance"] == "pass"
    assert rows[0]["assurance"] == "hit_or_miss"


def test_display_limits_are_clipped_and_raw_ones_are_not():
    share = {"m": {"unit": "pct", "statistic": "share"}}
    row = chart([1, 5] * 10, measures=share)[0]
    assert row["lpl"] < 0 == row["lpl_display"]
    row = chart([95, 99] * 10, measures=share)[0]
    assert row["upl"] > 100 == row["upl_display"]
    row = chart([95, 150] * 10, measures={"m": {"unit": "pct", "statistic": "rate"}})[0]
    assert row["upl_display"] == row["upl"] > 150


def test_means_of_durations_are_judged_and_head_nothing():
    rows = chart(V1, measures={"m": {"unit": "seconds", "statistic": "mean"}})
    assert rows[4]["variation"] == "concern_high"
    assert {r["has_headline_icon"] for r in rows} == {False}


SEASON = [0.7, 0.8, 1.0, 1.1, 1.2, 1.3, 1.3, 1.2, 1.0, 0.9, 0.8, 0.7]


def test_the_season_is_taken_out_where_there_are_three_years():
    draw = random.Random(7)
    level = [100 + draw.gauss(0, 2) for _ in range(48)]
    values = [level[i] * SEASON[i % 12] for i in range(48)]
    seasonal = {"m": {"is_seasonal": True}}
    rows = chart(values, measures=seasonal)
    assert {r["is_seasonally_adjusted"] for r in rows} == {True}
    assert [r["value"] for r in rows] == values, "the value as it is stays beside it"
    index = [r["seasonal_index"] for r in rows[:12]]
    assert sum(index) == pytest.approx(12)
    assert index == pytest.approx(SEASON, abs=0.04)
    assert max(abs(r["value_adjusted"] - a) for r, a in zip(rows, level, strict=True)) < 5
    flagged = [sum(r["special_cause"] is not None for r in of) for of in (rows, chart(values))]
    assert flagged[0] <= 2, "adjusted, chance alone"
    assert flagged[1] > 20, "unadjusted, the season itself is a signal"
    short = chart(values[:35], measures=seasonal)
    assert {r["is_seasonally_adjusted"] for r in short} == {False}
    assert {r["note"] for r in short} == {"seasonality not removed: it takes 36 months without gaps, there are 35"}


def test_series_do_not_touch_each_other():
    with charts({("m", "a"): V1, ("m", "b"): [100, 120] * 10, ("n", "a"): V1[:9]}, rebases=[("m", "b", 10)]) as connection:
        found = connection.execute(
            """
            select measure_id, segment, max(phase), count(*), max(month) filter (where is_latest) = max(month)
            from measure_spc group by all order by all
            """
        ).fetchall()
    assert found == [("m", "a", 1, 18, True), ("m", "b", 2, 20, True), ("n", "a", 1, 9, True)]


def test_the_longest_pattern_of_a_parameter_wins():
    parameters = [("*", "baseline_n", 15), ("m*", "baseline_n", 12), ("?", "baseline_n", 18)]
    rows = chart([10, 12] * 6 + [30, 32] * 6, ["mean", "param_hash"], parameters=parameters)
    assert {r["mean"] for r in rows} == {11}
    assert {r["param_hash"] for r in rows} != {r["param_hash"] for r in chart([10, 12] * 12, ["param_hash"])}
