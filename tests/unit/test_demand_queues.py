"""Erlang C against published values, Erlang A against a simulation and against Erlang C, and the fewest operators that meet a target."""

import heapq

import numpy as np
import pytest

from pipelines.demand.queues import erlang_a, erlang_c, fitted_patience, operators_needed, rostered_for


def test_erlang_c_gives_the_published_values():
    # 100 calls per half hour of 180 seconds each, 14 operators, 20 seconds
    reached = erlang_c(200, 180, 14, 20)
    assert reached.waiting_probability == pytest.approx(0.1741319, abs=5e-8)
    assert reached.answered_within == pytest.approx(0.88835, abs=5e-6)
    assert reached.mean_wait_seconds == pytest.approx(7.83594, abs=5e-6)
    assert reached.occupancy == pytest.approx(0.7142857, abs=5e-8)


def test_an_overloaded_queue_without_abandonment_never_answers_in_time():
    reached = erlang_c(200, 180, [9, 10, 11], 20)
    assert reached.waiting_probability[:2].tolist() == [1, 1]
    assert reached.answered_within[:2].tolist() == [0, 0]
    assert np.isinf(reached.mean_wait_seconds[:2]).all()
    assert np.isfinite(reached.mean_wait_seconds[2])


def _simulated(calls_per_hour, handling, patience, operators, within, count, seed):
    """First come, first served: a caller takes the operator who is free first, unless patience ends before that."""
    random = np.random.default_rng(seed)
    arrivals = np.cumsum(random.exponential(3600 / calls_per_hour, count)).tolist()
    handled = random.exponential(handling, count).tolist()
    patient = random.exponential(patience, count).tolist()
    free = [0.0] * operators
    waited = np.empty(count)
    gave_up = np.zeros(count, dtype=bool)
    busy = 0.0
    for number in range(count):
        wait = max(free[0] - arrivals[number], 0.0)
        if wait > patient[number]:
            waited[number], gave_up[number] = patient[number], True
        else:
            waited[number] = wait
            heapq.heapreplace(free, arrivals[number] + wait + handled[number])
            busy += handled[number]
    return {
        "waiting_probability": (waited > 0).mean(),
        "answered_within": (waited[~gave_up] <= within).mean(),
        "mean_wait_seconds": waited.mean(),
        "abandonment": gave_up.mean(),
        "occupancy": busy / operators / arrivals[-1],
        "patience": fitted_patience(waited.sum(), gave_up.sum()),
    }


@pytest.mark.parametrize(
    ("calls_per_hour", "handling", "patience", "operators", "within", "seed"),
    [(200, 180, 120, 10, 20, 1), (200, 180, 240, 8, 30, 2), (60, 300, 60, 5, 30, 3)],
    ids=["as many operators as work", "overloaded", "a small room of impatient callers"],
)
def test_erlang_a_is_within_one_per_cent_of_a_simulation_of_a_million_calls(calls_per_hour, handling, patience, operators, within, seed):
    seen = _simulated(calls_per_hour, handling, patience, operators, within, 1_000_000, seed)
    reached = erlang_a(calls_per_hour, handling, patience, operators, within)
    for name in ("waiting_probability", "answered_within", "mean_wait_seconds", "abandonment", "occupancy"):
        assert getattr(reached, name) == pytest.approx(seen[name], rel=0.01), name
    assert seen["patience"] == pytest.approx(patience, rel=0.01)


def test_erlang_a_of_endless_patience_is_erlang_c():
    operators = np.arange(11, 25)
    patient, endless = erlang_a(200, 180, 1e9, operators, 20), erlang_c(200, 180, operators, 20)
    for name in ("waiting_probability", "answered_within", "mean_wait_seconds", "occupancy"):
        assert getattr(patient, name) == pytest.approx(getattr(endless, name), rel=1e-5), name
    assert (patient.abandonment < 1e-6).all()


def test_erlang_a_answers_or_loses_every_call():
    """Over a long time everybody is answered or has gone: the integral to the end is all who are answered."""
    reached = erlang_a([20, 200, 2000], 180, [30, 120, 600], [1, 10, 30], 3000)
    assert reached.answered_within == pytest.approx(1, abs=1e-6)
    # … who keep the operators busy
    assert reached.occupancy * np.array([1, 10, 30]) == pytest.approx(np.array([20, 200, 2000]) / 20 * (1 - reached.abandonment))


def test_extreme_queues_stay_numbers():
    reached = erlang_a([0, 50, 50, 100_000], [180, 180, 180, 900], [120, 120, 120, 1800], [5, 0, 60, 3], 10)
    assert reached.abandonment[[0, 1]].tolist() == [0, 1]
    assert reached.answered_within[[0, 1]].tolist() == [1, 0]
    assert reached.mean_wait_seconds[1] == 120
    assert np.isnan(reached.occupancy[1])
    assert reached.abandonment[2] == pytest.approx(0, abs=1e-12)
    assert reached.abandonment[3] == pytest.approx(1, abs=1e-3)
    assert ((reached.answered_within >= 0) & (reached.answered_within <= 1)).all()


def test_the_fewest_operators_meet_the_target_and_one_fewer_do_not():
    calls = np.linspace(0, 400, 336)
    needed = operators_needed(lambda staff: erlang_c(calls, 180, staff, 10), answered_within=0.9)
    assert needed[0] == 0
    assert (erlang_c(calls, 180, needed, 10).answered_within >= 0.9).all()
    assert (erlang_c(calls[1:], 180, needed[1:] - 1, 10).answered_within < 0.9).all()

    with_patience = operators_needed(lambda staff: erlang_a(calls, 180, 90, staff, 10), answered_within=0.9)
    assert (with_patience <= needed).all()
    assert with_patience.sum() < needed.sum()


def test_limits_on_occupancy_and_abandonment_need_more_operators():
    calls = np.array([40, 200, 2000])
    of_time = operators_needed(lambda staff: erlang_a(calls, 180, 90, staff, 30), answered_within=0.8)
    limited = operators_needed(lambda staff: erlang_a(calls, 180, 90, staff, 30), answered_within=0.8, abandonment=0.02, occupancy=0.8)
    reached = erlang_a(calls, 180, 90, limited, 30)
    assert (limited > of_time).all()
    assert (reached.abandonment <= 0.02).all()
    assert (reached.occupancy <= 0.8).all()


def test_shrinkage():
    assert rostered_for([0, 7, 14, 15], 0.3).tolist() == [0, 10, 20, 22]
    with pytest.raises(ValueError, match=r"shrinkage must be at least 0 and below 1"):
        rostered_for(14, 1)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: erlang_c(200, 0, 14, 20), "handling_seconds must be above nought, not 0"),
        (lambda: erlang_a(200, 180, -1, 14, 20), "patience_seconds must be above nought, not -1"),
        (lambda: erlang_c([10, -5], 180, 14, 20), "calls_per_hour must be nought or more, not -5"),
        (lambda: operators_needed(lambda staff: erlang_c(200, 180, staff, 20), answered_within=1), "answered_within must be at least 0 and below 1"),
    ],
)
def test_what_makes_no_queue_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
