"""What if: a line's usual week, or its fortnight to come, by half hour, changed, and the waits, abandonment and operators needed that follow."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import product
from math import fsum

import numpy as np
import polars as pl
import polars.selectors as cs
from numpy.typing import ArrayLike

from pipelines.demand.queues import Floats, Performance, Whole, erlang_a, fitted_patience, operators_needed

# What is changed of the fortnight to come: calls offered (%), handling time (seconds), operators of each half hour.
OFFERED_CHANGES = (-10, 0, 10, 20)
HANDLING_CHANGES = (-20, 0, 20)
OPERATOR_CHANGES = (-2, -1, 0, 1, 2)
WHAT_IF = {
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

CHANGE = re.compile(r"(?P<sign>[+\-−]?)(?P<number>\d+(?:\.\d+)?)(?P<unit>%|s|)")


@dataclass(frozen=True)
class Change:
    """What is added: a share of what there is, or so many (seconds, operators)."""

    share: float = 0.0
    amount: float = 0.0

    def of(self, value: ArrayLike) -> Floats:
        """The changed value; nothing falls below nought."""
        changed: Floats = np.maximum(np.asarray(value, dtype=float) * (1 + self.share) + self.amount, 0.0)
        return changed


def read_change(text: str, *units: str) -> Change:
    """A change such as +10%, +20s or -2. `units` are those that make sense: '%', 's', or '' for a plain number. Raises ValueError."""
    found = CHANGE.fullmatch(text.strip())
    if found is None or found["unit"] not in units:
        examples = " or ".join({"%": "+10%", "s": "+20s", "": "-2"}[unit] for unit in units)
        raise ValueError(f"{text!r} is no such change: write {examples}")
    size = float(found["number"]) * (1 if found["sign"] in {"", "+"} else -1)
    if found["unit"] == "%":
        if size < -100:
            raise ValueError(f"{text!r} takes more than all there is")
        return Change(share=size / 100)
    if not found["unit"] and not size.is_integer():
        raise ValueError(f"{text!r} is no whole number")
    return Change(amount=size)


@dataclass(frozen=True)
class Week:
    """A line's usual week: calls by half hour, how long they take, how long callers wait before they give up, and the target."""

    calls_per_hour: Floats
    handling_seconds: float
    patience_seconds: float
    within_seconds: float
    target_share: float
    max_occupancy: float = 1.0

    @classmethod
    def observed(
        cls,
        offered_per_half_hour: ArrayLike,
        *,
        handled_seconds: float,
        handled: float,
        waited_seconds: float,
        abandoned: float,
        within_seconds: float,
        target_share: float,
        max_occupancy: float = 1.0,
    ) -> Week:
        """From what was counted; where nobody gave up, callers are taken to wait a day. Raises ValueError where no call has a handling time."""
        if not handled or not handled_seconds:
            raise ValueError("no answered call has an end, so that handling times are not known")
        patience = min(float(fitted_patience(waited_seconds, abandoned)), 86_400.0)
        return cls(
            2 * np.asarray(offered_per_half_hour, dtype=float),
            handled_seconds / handled,
            max(patience, 1.0),
            within_seconds,
            target_share,
            max_occupancy,
        )

    def changed(self, offered: Change, handling: Change) -> Week:
        longer = float(handling.of(self.handling_seconds))
        if longer <= 0:
            raise ValueError(f"calls take {self.handling_seconds:.0f} seconds on average: nothing would be left of them")
        return replace(self, calls_per_hour=offered.of(self.calls_per_hour), handling_seconds=longer)

    def with_operators(self, operators: ArrayLike) -> Performance:
        return erlang_a(self.calls_per_hour, self.handling_seconds, self.patience_seconds, operators, self.within_seconds)

    def needed(self) -> Whole:
        """The fewest operators of each half hour with whom the target is met, and nobody is busier than is allowed."""
        return operators_needed(self.with_operators, answered_within=self.target_share, occupancy=self.max_occupancy)


@dataclass(frozen=True)
class Outcome:
    """A whole week with so many operators: every call counts once."""

    calls: float
    answered_within: float
    mean_wait_seconds: float
    abandonment: float
    occupancy: float
    operator_hours: float


def outcome(week: Week, operators: ArrayLike) -> Outcome:
    """The usual week with so many operators in each half hour."""
    return _outcome(week.calls_per_hour / 2, week.handling_seconds, week.with_operators(operators), operators)


def _outcome(calls: Floats, handling_seconds: float | Floats, reached: Performance, operators: ArrayLike) -> Outcome:
    # fsum: the half hours come in any order, and a sum of floats depends on it
    answered = calls * (1 - reached.abandonment)
    hours = float(np.sum(operators)) / 2
    return Outcome(
        calls=fsum(calls),
        answered_within=_mean(reached.answered_within, answered),
        mean_wait_seconds=_mean(reached.mean_wait_seconds, calls),
        abandonment=_mean(reached.abandonment, calls),
        occupancy=fsum(answered * handling_seconds) / 3600 / hours if hours else float("nan"),
        operator_hours=hours,
    )


def what_ifs(half_hours: pl.DataFrame) -> pl.DataFrame:
    """The outcome of each line's fortnight (rows of int_staffing) with more or fewer calls, longer or shorter ones, more or fewer operators.

    One row per force, line and change. Where no rota is supplied, the operators are those needed.
    """
    found = [
        {"area_id": area_id, "line": line} | _what_if(rows, *changes)
        for (area_id, line), rows in half_hours.group_by("area_id", "line", maintain_order=True)
        for changes in product(OFFERED_CHANGES, HANDLING_CHANGES, OPERATOR_CHANGES)
    ]
    return pl.DataFrame(found, schema=WHAT_IF).with_columns(
        cs.ends_with("_pct", "_seconds").fill_nan(None).round(2), pl.col("expected_value").round(1)
    )


def _what_if(rows: pl.DataFrame, offered: int, handling: int, more: int) -> dict[str, float]:
    calls = rows["expected_value"].to_numpy() * (1 + offered / 100)
    seconds = np.maximum(rows["mean_handling_seconds"].to_numpy() + handling, 1.0)
    operators = np.maximum(rows.select(pl.coalesce("scheduled_count", "needed_count")).to_series().to_numpy() + more, 0)
    reached = erlang_a(2 * calls, seconds, rows["patience_seconds"].to_numpy(), operators, rows["within_seconds"].to_numpy())
    found = _outcome(calls, seconds, reached, operators)
    return {
        "offered_change_pct": offered,
        "handling_change_seconds": handling,
        "operator_change_count": more,
        "expected_value": found.calls,
        "expected_in_time_pct": 100 * found.answered_within,
        "expected_wait_seconds": found.mean_wait_seconds,
        "expected_abandonment_pct": 100 * found.abandonment,
        "operator_hours": found.operator_hours,
        "short_interval_count": int((100 * reached.answered_within < rows["target_pct"].to_numpy()).sum()),
    }


def _mean(values: Floats, weights: Floats) -> float:
    total = fsum(weights)
    return fsum(values * weights) / total if total else float("nan")
