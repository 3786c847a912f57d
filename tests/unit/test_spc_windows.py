"""Windows: each month has the limits of the window in force when it ended, which moves once a year; later months never change the earlier ones."""

from __future__ import annotations

import random
from statistics import fmean

import pytest

from tests.spc_charts import FIRST_MONTH, chart, month, month_end

APRIL, MARCH = 3, 2  # January is 0
DRAW = random.Random(11)
NOISE = [100 + DRAW.gauss(0, 5) for _ in range(76)]  # January 2014 to April 2020


def windows_of(rows):
    """(first month of the window, last month of the window, first month judged with it), one per phase."""
    return list(dict.fromkeys((r["window_start"], r["window_end"], r["phase_start"]) for r in rows))


def at(year: int, number: int) -> int:
    return 12 * year + number - FIRST_MONTH


def test_a_window_begins_on_a_first_of_april_and_moves_once_a_year():
    rows = chart(NOISE, window_years=3)
    assert windows_of(rows) == [
        (month(0), month_end(at(2016, MARCH)), month(0)),
        (month(at(2014, APRIL)), month_end(at(2017, MARCH)), month(at(2016, APRIL))),
        (month(at(2015, APRIL)), month_end(at(2018, MARCH)), month(at(2017, APRIL))),
        (month(at(2016, APRIL)), month_end(at(2019, MARCH)), month(at(2018, APRIL))),
        (month(at(2017, APRIL)), month_end(at(2020, MARCH)), month(at(2019, APRIL))),
        (month(at(2018, APRIL)), month_end(75), month(at(2020, APRIL))),
    ]
    assert [r["phase"] for r in rows] == [1] * 27 + [2] * 12 + [3] * 12 + [4] * 12 + [5] * 12 + [6]


@pytest.mark.parametrize("length", range(51, 76))
def test_at_any_date_a_window_of_three_years_holds_24_to_36_complete_months(length):
    latest = chart(NOISE[:length], ["n_phase", "window_start", "window_end", "month"], window_years=3)[-1]
    assert 24 <= latest["n_phase"] <= 36
    assert latest["window_start"].month == 4
    assert latest["window_end"] == month_end(length - 1)


def test_limits_are_those_of_the_months_of_the_window():
    rows = chart(NOISE, window_years=3)
    judged = rows[at(2018, 6)]
    inside = NOISE[at(2016, APRIL) : at(2019, MARCH) + 1]
    assert (judged["n_phase"], judged["mean"]) == (36, pytest.approx(fmean(inside)))
    alone = chart(inside)[-1]
    assert (judged["upl"], judged["lpl"]) == (pytest.approx(alone["upl"]), pytest.approx(alone["lpl"]))


def test_earlier_months_keep_the_windows_that_were_theirs():
    """What was judged with a closed window stays as it is, whatever comes after the window has moved."""
    before, after = chart(NOISE[:60], window_years=3), chart(NOISE[:60] + [500] * 16, window_years=3)
    closed = at(2018, APRIL)  # the first month of the window that is still open in December 2018
    assert [(r["mean"], r["lpl"], r["upl"], r["special_cause"]) for r in before[:closed]] == [
        (r["mean"], r["lpl"], r["upl"], r["special_cause"]) for r in after[:closed]
    ]
    assert before[-1]["mean"] != after[59]["mean"], "an open window takes in the months that come"


def test_a_run_crosses_from_one_window_into_the_next():
    """Seven months above the mean, four of them before the window moves: a shift of seven, not of three."""
    values = [100.0, 102.0] * 37 + [100.0, 102.0]
    at_turn = at(2019, APRIL)
    values[at_turn - 4 : at_turn + 3] = [103, 104, 103, 104, 103, 104, 103]
    rows = chart(values, window_years=3)
    assert [r["rule_shift"] for r in rows[at_turn - 4 : at_turn + 3]] == [1] * 7
    assert rows[at_turn - 1]["phase"] + 1 == rows[at_turn]["phase"]


def test_a_short_series_is_one_phase():
    rows = chart(NOISE[:24], window_years=3)
    assert windows_of(rows) == [(month(0), month_end(23), month(0))]
    in_one_phase = chart(NOISE[:24])
    assert in_one_phase == [row | {"param_hash": in_one_phase[0]["param_hash"]} for row in rows], "the same but for the parameter"


def test_a_rebase_inside_a_window_begins_a_phase_which_windows_cut_only_when_they_pass_it():
    rebase = at(2016, 9)
    rows = chart(NOISE, window_years=3, rebases=[("m", "all", rebase)])
    assert windows_of(rows) == [
        (month(0), month_end(at(2016, MARCH)), month(0)),
        (month(at(2014, APRIL)), month_end(rebase - 1), month(at(2016, APRIL))),
        (month(rebase), month_end(at(2019, MARCH)), month(rebase)),
        (month(at(2017, APRIL)), month_end(at(2020, MARCH)), month(at(2019, APRIL))),
        (month(at(2018, APRIL)), month_end(75), month(at(2020, APRIL))),
    ]
    assert [r["rebase_no"] for r in rows] == [0] * rebase + [1] * (76 - rebase)


def test_a_level_that_changed_flags_the_months_after_it_and_not_the_years_before():
    step = NOISE[:45] + [v + 30 for v in NOISE[45:]]
    whole, rows = chart(step), chart(step, window_years=3)
    assert sum(r["special_cause"] is not None for r in whole) > 65, "in one phase both levels are signals"
    assert sum(r["special_cause"] is not None for r in rows[:39]) <= 3
    assert rows[45]["rule_outside"] == 1
    assert [r["special_cause"] for r in rows[-1:]] == [None], "after two years the new level is the window's own"


def test_the_years_of_a_window_are_a_parameter_of_the_measure():
    rows = chart(NOISE, window_years=3, parameters=[("m", "window_years", 0)])
    assert windows_of(rows) == [(month(0), month_end(75), month(0))]
