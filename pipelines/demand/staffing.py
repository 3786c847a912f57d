"""The operators that each half hour to come needs, and what to expect with those who are rostered, one fewer and one more."""

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
