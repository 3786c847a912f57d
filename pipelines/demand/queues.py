"""Erlang C and Erlang A: waits, service level, abandonment and occupancy of calls that queue for operators.

Every argument may be a number or an array (one value per half hour, say); results have the shape of the arguments together. Erlang C takes callers
who wait for ever, Erlang A callers who give up after a patience that is exponentially distributed. Both take calls that arrive at random at a steady
rate and handling times that are exponentially distributed (docs/decisions/0022).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

# The integral over the wait of answered callers is smooth; 48 nodes give it to more than ten digits.
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(48)
_NEGLIGIBLE = np.log(1e-15)


@dataclass(frozen=True)
class Performance:
    """What callers and operators meet. Of no calls, nobody waits."""

    waiting_probability: Floats
    answered_within: Floats  # of the calls that are answered
    mean_wait_seconds: Floats  # of all calls, answered or abandoned
    abandonment: Floats  # of all calls
    occupancy: Floats  # of the operators; not a number without operators


def erlang_c(calls_per_hour: ArrayLike, handling_seconds: ArrayLike, operators: ArrayLike, within_seconds: ArrayLike) -> Performance:
    """Callers who never give up. With no more operators than the work needs, the queue grows without end: infinite waits, nobody answered in time."""
    calls, handling, staff, within = _arrays(calls_per_hour, handling_seconds, operators, within_seconds)
    _refuse_negative(calls_per_hour=calls, operators=staff, within_seconds=within)
    _refuse_not_positive(handling_seconds=handling)
    load = calls / 3600 * handling
    is_stable = load < staff
    spare = np.where(is_stable, staff - load, 1)
    lost = _erlang_b(load, staff)
    waiting = np.where(is_stable, staff * lost / np.where(is_stable, staff - load * (1 - lost), 1), 1.0)
    idle = calls == 0
    return Performance(
        waiting_probability=np.where(idle, 0.0, waiting),
        answered_within=np.where(idle, 1.0, np.where(is_stable, 1 - waiting * np.exp(-spare * within / handling), 0.0)),
        mean_wait_seconds=np.where(idle, 0.0, np.where(is_stable, waiting * handling / spare, np.inf)),
        abandonment=np.zeros_like(load),
        occupancy=_share(np.minimum(load, staff), staff),
    )


def erlang_a(
    calls_per_hour: ArrayLike, handling_seconds: ArrayLike, patience_seconds: ArrayLike, operators: ArrayLike, within_seconds: ArrayLike
) -> Performance:
    """Callers who give up: after `patience_seconds` on average, had nobody answered. Formulas of Mandelbaum and Zeltyn (2007)."""
    calls, handling, patience, staff, within = _arrays(calls_per_hour, handling_seconds, patience_seconds, operators, within_seconds)
    _refuse_negative(calls_per_hour=calls, operators=staff, within_seconds=within)
    _refuse_not_positive(handling_seconds=handling, patience_seconds=patience)
    arrivals, service, giving_up = calls / 3600, 1 / handling, 1 / patience
    is_served = (staff > 0) & (calls > 0)
    capacity = np.where(is_served, staff * service, 1.0)
    arrivals_served = np.where(is_served, arrivals, 1.0)

    lost = _erlang_b(arrivals_served * handling, staff)
    log_sum = _log_queue_sum(capacity * patience, arrivals_served * patience)
    inverse = np.exp(-log_sum)
    waiting = lost / (inverse * (1 - lost) + lost)
    abandonment = waiting * (inverse * capacity / arrivals_served + 1 - capacity / arrivals_served)

    # Callers who wait and are answered within the time: the density of the wait they would have, times the chance that they are still there.
    moments = within[..., None] * (_NODES + 1) / 2
    gone = -np.expm1(-giving_up[..., None] * moments)
    density = np.exp(arrivals_served[..., None] * patience[..., None] * gone - capacity[..., None] * moments - log_sum[..., None])
    waited = waiting * capacity * ((density * (1 - gone)) @ _WEIGHTS) * within / 2
    answered_within = (1 - waiting + waited) / (1 - abandonment)

    idle = calls == 0
    abandonment = np.where(idle, 0.0, np.where(is_served, abandonment, 1.0))
    return Performance(
        waiting_probability=np.where(idle, 0.0, np.where(is_served, waiting, 1.0)),
        answered_within=np.where(idle, 1.0, np.where(is_served, np.minimum(answered_within, 1.0), 0.0)),
        mean_wait_seconds=abandonment * patience,
        abandonment=abandonment,
        occupancy=_share(arrivals * handling * (1 - abandonment), staff),
    )


def operators_needed(
    performance: Callable[[Whole], Performance],
    *,
    answered_within: ArrayLike,
    abandonment: ArrayLike = 1.0,
    occupancy: ArrayLike = 1.0,
) -> Whole:
    """The fewest operators with whom all of the targets are met: share answered in time (at least), abandonment and occupancy (at most).

    `performance` gives what a number of operators achieves: `lambda operators: erlang_c(calls, handling, operators, 20)`.
    """
    least_answered, most_abandoned, most_busy = _arrays(answered_within, abandonment, occupancy)
    _refuse_unreachable(answered_within=least_answered)
    _refuse_not_positive(abandonment=most_abandoned, occupancy=most_busy)

    def meets(staff: Whole) -> NDArray[np.bool_]:
        reached = performance(staff)
        busy = np.where(staff > 0, reached.occupancy, 0.0)
        met: NDArray[np.bool_] = (reached.answered_within >= least_answered) & (reached.abandonment <= most_abandoned) & (busy <= most_busy)
        return met

    shape = performance(np.zeros(1, dtype=np.int64)).answered_within.shape
    enough: Whole = np.ones(shape, dtype=np.int64)
    while not (reached := meets(enough)).all():
        enough = np.where(reached, enough, enough * 2)
    too_few: Whole = np.full(shape, -1, dtype=np.int64)
    while np.any(enough - too_few > 1):
        middle = np.maximum((enough + too_few) // 2, 0)
        reached = meets(middle)
        enough, too_few = np.where(reached, middle, enough), np.where(reached, too_few, middle)
    return enough


def rostered_for(operators: ArrayLike, shrinkage: ArrayLike) -> Whole:
    """How many to roster so that `operators` take calls: `shrinkage` is the share of paid time in which they do not (breaks, training, sickness)."""
    share = np.asarray(shrinkage, dtype=float)
    if np.any((share < 0) | (share >= 1)):
        raise ValueError("shrinkage must be at least 0 and below 1, such as 0.3 for 30 %")
    # what is whole but for the last digits of a division is whole
    rostered: Whole = np.ceil(np.round(np.asarray(operators, dtype=float) / (1 - share), 9)).astype(np.int64)
    return rostered


def fitted_patience(waiting_seconds: ArrayLike, abandoned: ArrayLike) -> Floats:
    """The mean patience under which callers abandoned as they did: all the time spent waiting, by answered and abandoned callers, per abandoned call.

    The maximum likelihood estimate for exponential patience, of which answered callers show only that it was longer than their wait. Infinite where
    nobody abandoned.
    """
    waited, gave_up = _arrays(waiting_seconds, abandoned)
    return np.where(gave_up > 0, waited / np.where(gave_up > 0, gave_up, 1), np.inf)


def _erlang_b(load: Floats, operators: Floats) -> Floats:
    """The share of calls that would be lost if nobody could wait, by the usual recursion over operators, for all half hours together."""
    lost = np.ones_like(load)
    for number in range(1, int(operators.max(initial=0)) + 1):
        lost = np.where(number <= operators, load * lost / (number + load * lost), lost)
    return lost


def _log_queue_sum(x: Floats, y: Floats) -> Floats:
    """log(1 + y/(x+1) + y²/((x+1)(x+2)) + …), in logarithms since the terms of an overloaded queue are beyond any number."""
    term = np.zeros_like(x)
    total = np.zeros_like(x)
    number = 0
    while np.any((term - total > _NEGLIGIBLE) | (x + number <= y)):
        number += 1
        term = term + np.log(y) - np.log(x + number)
        total = np.logaddexp(total, term)
    return total


def _share(part: Floats, whole: Floats) -> Floats:
    return np.where(whole > 0, part / np.where(whole > 0, whole, 1), np.nan)


def _arrays(*values: ArrayLike) -> tuple[Floats, ...]:
    return tuple(np.array(each, dtype=float) for each in np.broadcast_arrays(*[np.asarray(value, dtype=float) for value in values]))


def _refuse_negative(**values: Floats) -> None:
    _refuse(values, lambda value: ~(np.isfinite(value) & (value >= 0)), "must be nought or more")


def _refuse_not_positive(**values: Floats) -> None:
    _refuse(values, lambda value: ~(np.isfinite(value) & (value > 0)), "must be above nought")


def _refuse_unreachable(**values: Floats) -> None:
    _refuse(values, lambda value: ~((value >= 0) & (value < 1)), "must be at least 0 and below 1, such as 0.9 for 90 %")


def _refuse(values: dict[str, Floats], is_wrong: Callable[[Floats], Any], rule: str) -> None:
    for name, value in values.items():
        wrong = is_wrong(value)
        if np.any(wrong):
            raise ValueError(f"{name} {rule}, not {value[wrong].flat[0]:g}")
