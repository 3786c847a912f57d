"""Operators needed against the rota: what a half hour's row says is what the queue formulas say of it."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from pipelines.demand.queues import erlang_a, erlang_c
from pipelines.demand.staffing import Rules, staffing
from pipelines.demand.what_if import what_ifs

RULES = Rules(max_occupancy=0.85, shrinkage=0.3)


def half_hours(**columns: list) -> pl.DataFrame:
    usual = {
        "expected_value": [2.0, 12.5, 12.5, 40.0],
        "mean_handling_seconds": [190.0, 190.0, 190.0, 240.0],
        "waited_seconds": [50_000.0, 50_000.0, 50_000.0, 0.0],
        "abandoned_count": [400, 400, 400, 0],
        "within_seconds": [10, 10, 10, 30],
        "target_pct": [90.0, 90.0, 90.0, 90.0],
        "scheduled_count": [3, 2, None, 0],
    }
    return pl.DataFrame(usual | columns, schema_overrides={"scheduled_count": pl.Int64})


def test_the_operators_needed_are_the_fewest_who_meet_target_and_occupancy():
    rows = staffing(half_hours(), RULES)
    for row in rows.iter_rows(named=True):
        calls = row["expected_value"] * 2
        for operators, is_enough in ((row["needed_count"], True), (row["needed_count"] - 1, False)):
            reached = erlang_a(calls, row["mean_handling_seconds"], row["patience_seconds"], operators, row["within_seconds"])
            assert bool((reached.answered_within >= 0.9) & (reached.occupancy <= 0.85)) is is_enough
        patient = erlang_c(calls, row["mean_handling_seconds"], row["needed_erlang_c_count"], row["within_seconds"])
        assert patient.answered_within >= 0.9
        assert row["needed_erlang_c_count"] >= row["needed_count"]
        assert row["to_roster_count"] == int(np.ceil(round(row["needed_count"] / 0.7, 9)))


def test_what_to_expect_is_of_the_rota_one_fewer_and_one_more_and_of_those_needed_without_a_rota():
    rows = staffing(half_hours(), RULES)
    for row in rows.iter_rows(named=True):
        present = row["needed_count"] if row["scheduled_count"] is None else row["scheduled_count"]
        for case, operators in (("", present), ("_one_fewer", max(present - 1, 0)), ("_one_more", present + 1)):
            reached = erlang_a(row["expected_value"] * 2, row["mean_handling_seconds"], row["patience_seconds"], operators, row["within_seconds"])
            assert row[f"expected_in_time{case}_pct"] == pytest.approx(100 * reached.answered_within, abs=0.01)
            assert row[f"expected_wait{case}_seconds"] == pytest.approx(reached.mean_wait_seconds, abs=0.01)
            assert row[f"expected_abandonment{case}_pct"] == pytest.approx(100 * reached.abandonment, abs=0.01)
        assert row["expected_in_time_one_more_pct"] >= row["expected_in_time_pct"] >= row["expected_in_time_one_fewer_pct"]


def test_patience_is_that_of_the_calls_and_a_day_where_nobody_gave_up():
    assert staffing(half_hours(), RULES)["patience_seconds"].to_list() == [125.0, 125.0, 125.0, 86_400.0]


def test_without_half_hours_there_is_nothing_to_say():
    assert staffing(half_hours().clear(), RULES).is_empty()


@pytest.mark.parametrize(("occupancy", "shrinkage"), [(0, 0.3), (1.2, 0.3), (0.85, 1), (0.85, -0.1)])
def test_rules_that_make_no_sense_are_refused_with_the_way_out(occupancy, shrinkage):
    with pytest.raises(ValueError, match="max_occupancy_pct must be above 0"):
        Rules(occupancy, shrinkage)


def fortnight() -> pl.DataFrame:
    return staffing(half_hours(), RULES).with_columns(pl.lit("force").alias("area_id"), pl.lit("999").alias("line"))


def test_what_if_nothing_changes_is_what_is_expected():
    rows = fortnight()
    (usual,) = (
        what_ifs(rows)
        .filter((pl.col("offered_change_pct") == 0) & (pl.col("handling_change_seconds") == 0) & (pl.col("operator_change_count") == 0))
        .to_dicts()
    )
    assert usual["expected_value"] == 67.0
    weighted = (rows["expected_value"] * rows["expected_wait_seconds"]).sum() / 67
    assert usual["expected_wait_seconds"] == pytest.approx(weighted, abs=0.02)
    assert usual["operator_hours"] == (3 + 2 + rows["needed_count"][2] + 0) / 2
    assert usual["short_interval_count"] == (rows["expected_in_time_pct"] < 90).sum()


def test_more_calls_longer_ones_and_fewer_operators_are_worse():
    found = what_ifs(fortnight())
    keys = ("offered_change_pct", "handling_change_seconds", "operator_change_count")
    at = {tuple(row[key] for key in keys): row for row in found.iter_rows(named=True)}
    assert len(at) == found.height == 60
    for worse, better in (((20, 0, 0), (0, 0, 0)), ((0, 20, 0), (0, 0, 0)), ((0, 0, -1), (0, 0, 0)), ((0, 0, 0), (0, 0, 2))):
        assert at[worse]["expected_abandonment_pct"] > at[better]["expected_abandonment_pct"]
        assert at[worse]["expected_wait_seconds"] > at[better]["expected_wait_seconds"]
    assert what_ifs(fortnight().clear()).is_empty()


def test_what_if_does_not_depend_on_the_order_of_the_half_hours():
    """Their calls add up to 134.05, of which the last bit decides what it is rounded to."""
    calls = [134.05 / 17000 * (number % 49) for number in range(671)]
    many = pl.concat([fortnight().head(1)] * 672).with_columns(pl.Series("expected_value", [*calls, 134.05 - sum(calls)]))
    found = [what_ifs(many.sample(fraction=1, shuffle=True, seed=seed)) for seed in range(4)]
    assert all(other.equals(found[0]) for other in found)
