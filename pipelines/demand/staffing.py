"""The operators that each half hour to come needs, what to expect with those who are rostered, and what if more were asked of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipelines.demand.queues import Floats, Performance, Whole, erlang_a, erlang_c, fitted_patience, operators_needed, rostered_for

LONGEST_PATIENCE = 86_400.0  # where nobody gave up
CASES = {"": 0, "_one_fewer": -1, "_one_more": 1}


@dataclass(frozen=True)
class Rules:
    """What the force sets: nobody is to be busier than this, and so much of paid time is without calls."""

    max_occupancy: float
    shrinkage: float

    def __post_init__(self) -> None:
        if not (0 < self.max_occupancy <= 1 and 0 <= self.shrinkage < 1):
            raise ValueError(
                f"max_occupancy_pct must be above 0 and at most 100, and shrinkage_pct at least 0 and below 100 (dbt_project.yml), "
                f"not {100 * self.max_occupancy:g} and {100 * self.shrinkage:g}"
            )


def staffing(half_hours: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """The half hours (rows of int_staffing_inputs) with the operators needed and what to expect.

    Where no rota is supplied, what to expect is that of the operators needed by Erlang A.
    """
    calls = half_hours["expected_value"].to_numpy() * 2
    handling = half_hours["mean_handling_seconds"].to_numpy()
    patience = np.clip(fitted_patience(half_hours["waited_seconds"].to_numpy(), half_hours["abandoned_count"].to_numpy()), 1.0, LONGEST_PATIENCE)
    within = half_hours["within_seconds"].to_numpy()
    target = half_hours["target_pct"].to_numpy() / 100

    def with_operators(operators: Whole) -> Performance:
        return erlang_a(calls, handling, patience, operators, within)

    def of_patient_callers(operators: Whole) -> Performance:
        return erlang_c(calls, handling, operators, within)

    needed = operators_needed(with_operators, answered_within=target, occupancy=rules.max_occupancy)
    patient = operators_needed(of_patient_callers, answered_within=target, occupancy=rules.max_occupancy)
    scheduled = half_hours["scheduled_count"].to_numpy().astype(float)
    present = np.where(np.isnan(scheduled), needed, scheduled).astype(np.int64)
    expected: dict[str, Floats] = {}
    for name, more in CASES.items():
        reached = with_operators(np.maximum(present + more, 0))
        expected |= {
            f"expected_in_time{name}_pct": np.round(100 * reached.answered_within, 2),
            f"expected_wait{name}_seconds": np.round(reached.mean_wait_seconds, 2),
            f"expected_abandonment{name}_pct": np.round(100 * reached.abandonment, 2),
        }
    return half_hours.with_columns(
        pl.Series("patience_seconds", np.round(patience, 1)),
        pl.Series("needed_count", needed),
        pl.Series("needed_erlang_c_count", patient),
        pl.Series("to_roster_count", rostered_for(needed, rules.shrinkage)),
        *(pl.Series(name, values) for name, values in expected.items()),
    )


# What the what-ifs change: calls offered (%), handling time (seconds), operators of each half hour.
OFFERED_CHANGES = (-10, 0, 10, 20)
HANDLING_CHANGES = (-20, 0, 20)
OPERATOR_CHANGES = (-2, -1, 0, 1, 2)


def what_ifs(half_hours: pl.DataFrame) -> pl.DataFrame:
    """What becomes of each line's fortnight (rows of int_staffing) with more or fewer calls, longer or shorter ones, more or fewer operators.

    One row per force, line and change. Every call counts once; where no rota is supplied, the operators are those needed.
    """
    if half_hours.is_empty():
        return pl.DataFrame(schema=_WHAT_IF)
    found = [
        _what_if(half_hours, offered, handling, operators)
        for offered in OFFERED_CHANGES
        for handling in HANDLING_CHANGES
        for operators in OPERATOR_CHANGES
    ]
    return pl.concat(found).sort("area_id", "line", "offered_change_pct", "handling_change_seconds", "operator_change_count")


_WHAT_IF = {
    "area_id": pl.String,
    "line": pl.String,
    "offered_change_pct": pl.Float64,
    "handling_change_seconds": pl.Float64,
    "operator_change_count": pl.Int64,
    "expected_value": pl.Float64,
    "expected_in_time_pct": pl.Float64,
    "expected_wait_seconds": pl.Float64,
    "expected_abandonment_pct": pl.Float64,
    "operator_hours": pl.Float64,
    "short_interval_count": pl.Int64,
}


def _what_if(half_hours: pl.DataFrame, offered: int, handling: int, more: int) -> pl.DataFrame:
    calls = half_hours["expected_value"].to_numpy() * (1 + offered / 100)
    seconds = np.maximum(half_hours["mean_handling_seconds"].to_numpy() + handling, 1.0)
    present = half_hours.select(pl.coalesce("scheduled_count", "needed_count")).to_series().to_numpy()
    operators = np.maximum(present + more, 0)
    reached = erlang_a(2 * calls, seconds, half_hours["patience_seconds"].to_numpy(), operators, half_hours["within_seconds"].to_numpy())
    answered = calls * (1 - reached.abandonment)
    return (
        half_hours.select("area_id", "line", "target_pct")
        .with_columns(
            pl.Series("calls", calls),
            pl.Series("answered", answered),
            pl.Series("in_time", answered * reached.answered_within),
            pl.Series("waited", calls * reached.mean_wait_seconds),
            pl.Series("hours", operators / 2),
            pl.Series("in_time_pct", 100 * reached.answered_within),
        )
        .group_by("area_id", "line", maintain_order=True)
        .agg(
            pl.lit(float(offered)).alias("offered_change_pct"),
            pl.lit(float(handling)).alias("handling_change_seconds"),
            pl.lit(more, pl.Int64).alias("operator_change_count"),
            pl.col("calls").sum().round(1).alias("expected_value"),
            (100 * pl.col("in_time").sum() / pl.col("answered").sum()).round(2).alias("expected_in_time_pct"),
            (pl.col("waited").sum() / pl.col("calls").sum()).round(2).alias("expected_wait_seconds"),
            (100 - 100 * pl.col("answered").sum() / pl.col("calls").sum()).round(2).alias("expected_abandonment_pct"),
            pl.col("hours").sum().alias("operator_hours"),
            (pl.col("in_time_pct") < pl.col("target_pct")).sum().cast(pl.Int64).alias("short_interval_count"),
        )
        .with_columns(pl.col("expected_in_time_pct", "expected_wait_seconds", "expected_abandonment_pct").fill_nan(None))
    )
