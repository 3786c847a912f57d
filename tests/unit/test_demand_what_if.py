"""`scorecards what-if`: a changed week against the usual one, from published half hours."""

from __future__ import annotations

from dataclasses import replace

import duckdb
import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner

from pipelines.cli import cli
from pipelines.demand.what_if import Change, Week, outcome, read_change
from tests.landing import HASH_KEY

WEEK = Week(
    calls_per_hour=np.array([2.0, 40.0, 200.0]), handling_seconds=180, patience_seconds=90, within_seconds=10, target_share=0.9, max_occupancy=0.85
)
NOTHING = Change()


@pytest.mark.parametrize(
    ("text", "units", "change"),
    [
        ("+10%", ("%",), Change(share=0.1)),
        ("-5%", ("%",), Change(share=-0.05)),
        ("−5%", ("%",), Change(share=-0.05)),
        ("+20s", ("s", "%"), Change(amount=20)),
        ("-2", ("",), Change(amount=-2)),
        ("3", ("",), Change(amount=3)),
    ],
)
def test_changes_are_read_as_they_are_written(text, units, change):
    assert read_change(text, *units) == change


@pytest.mark.parametrize(
    ("text", "units", "message"),
    [
        ("ten", ("%",), r"'ten' is no such change: write \+10%"),
        ("+10%", ("",), "write -2"),
        ("-120%", ("%",), "takes more than all there is"),
        ("+1.5", ("",), "no whole number"),
    ],
)
def test_what_is_no_change_is_refused(text, units, message):
    with pytest.raises(ValueError, match=message):
        read_change(text, *units)


def test_a_week_staffed_as_needed_meets_its_target_and_one_fewer_does_not():
    needed = WEEK.needed()
    assert (WEEK.with_operators(needed).answered_within >= 0.9).all()
    assert (WEEK.with_operators(needed).occupancy <= 0.85).all()
    staffed, short = outcome(WEEK, needed), outcome(WEEK, needed - 1)
    assert staffed.answered_within >= 0.9
    assert short.answered_within < staffed.answered_within
    assert short.abandonment > staffed.abandonment
    assert staffed.calls == 121
    assert staffed.operator_hours == needed.sum() / 2


def test_more_and_longer_calls_need_more_operators_and_wait_longer_with_as_many():
    changed = WEEK.changed(read_change("+10%", "%"), read_change("+20s", "s"))
    assert changed.calls_per_hour == pytest.approx([2.2, 44, 220])
    assert changed.handling_seconds == 200
    assert changed.needed().sum() > WEEK.needed().sum()
    assert outcome(changed, WEEK.needed()).mean_wait_seconds > outcome(WEEK, WEEK.needed()).mean_wait_seconds


def test_nothing_changed_is_the_same_week():
    same = WEEK.changed(NOTHING, NOTHING)
    assert outcome(same, same.needed()) == outcome(WEEK, WEEK.needed())


def test_calls_of_which_nothing_would_be_left_are_refused():
    with pytest.raises(ValueError, match="calls take 180 seconds on average: nothing would be left of them"):
        WEEK.changed(NOTHING, read_change("-200s", "s"))


def test_a_week_is_what_was_counted():
    counts = {"handled_seconds": 36_000, "handled": 200, "waited_seconds": 4_500, "abandoned": 50, "within_seconds": 10, "target_share": 0.9}
    week = Week.observed([1, 20, 100], **counts)
    assert week == replace(WEEK, calls_per_hour=week.calls_per_hour, max_occupancy=1)
    assert week.calls_per_hour.tolist() == [2, 40, 200]
    assert Week.observed([1], **(counts | {"abandoned": 0})).patience_seconds == 86_400
    with pytest.raises(ValueError, match="handling times are not known"):
        Week.observed([1], **(counts | {"handled": 0, "handled_seconds": 0}))


@pytest.fixture
def published(tmp_path, monkeypatch):
    """Two weeks of calls by half hour: 999 with its target, CRIB without one; an afternoon that is busier."""
    folder = tmp_path / "published"
    folder.mkdir()
    with duckdb.connect(str(folder / "marts.duckdb")) as marts:
        marts.execute("create schema measures")
        marts.execute("""
            create table measures.interval_demand as
            select
                'wiltshire_force' as area_id, line, cast(start as date) as local_date, start as interval_start_local, start as interval_start_at,
                calls as offered_count, calls as answered_count, calls // 5 as abandoned_count,
                cast(calls * 6 as decimal(18, 3)) as answered_wait_seconds, cast(calls * 12 as decimal(18, 3)) as abandoned_wait_seconds,
                calls as handled_count, cast(calls * 240 as decimal(18, 3)) as handled_seconds,
                case when line = '999' then 10 end as within_seconds, case when line = '999' then 90.0 end as target_pct
            from (
                select unnest(['999', 'crib']) as line, range as start, case when hour(range) = 17 and isodow(range) = 5 then 30 else 10 end as calls
                from range(timestamp '2023-07-03', timestamp '2023-07-17', interval 30 minute)
            )
        """)
    monkeypatch.setenv("SCORECARDS_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("SCORECARDS_HASH_KEY", HASH_KEY.decode())
    return tmp_path


def run(*arguments):
    result = CliRunner().invoke(cli, ["what-if", *arguments], catch_exceptions=False)
    return result.exit_code, result.output


def test_the_command_says_what_becomes_of_each_line(published):
    code, said = run("--offered", "+10%", "--handling", "+20s", "--operators", "-2", "--weeks", "2", "--csv", str(published / "week.csv"))
    assert code == 0
    assert "3 July 2023 to 16 July 2023" in said
    assert "Line crib has no target (seed service_levels)" in said
    assert "336 of 336 half hours would be short of the target, most on Friday from 17:00" in said
    week = pl.read_csv(published / "week.csv")
    assert week.height == 336
    assert (week["operators_then"] == week["needed_now"] - 2).all()
    assert (week["needed_then"] >= week["needed_now"]).all()
    assert week["offered_then"].to_numpy() == pytest.approx(1.1 * week["offered"].to_numpy())
    handling = [line for line in said.splitlines() if line.startswith("what if")]
    assert "4m 20s" in handling[0]


def test_the_command_says_what_there_is_where_nothing_fits(published):
    assert run("--line", "112")[0] == 2
    assert "wiltshire_force 999, wiltshire_force crib" in " ".join(run("--line", "112")[1].split())
    code, said = run("--operators", "+10%")
    assert code == 2
    assert "write -2" in said
