"""measures.revisions: what moved since it was first published, and why; late rows and corrections told apart by what came in between."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
import pytest

from pipelines.publish import marts
from pipelines.publish.marts import PublishError, publish
from pipelines.publish.marts import published_keys as keys_of
from pipelines.quality.gate import Gate
from pipelines.transform.manifest import load_manifest
from pipelines.transform.publication import build_publication
from pipelines.versioned_folder import VersionedFolder
from pipelines.warehouse import open_build
from tests.handmade import NOW, PUBLISHED, add_rows, make_warehouse

REVISIONS = ("measures.value_ledger", "quality.publications", "quality.arrivals", "measures.revisions")
BUILT = {name: f"publication.{name.replace('.', '__')}" for name in REVISIONS}
CALLS = "public_999_calls_offered"
MAY = date(2023, 5, 31)
CALL = "'{id}' as call_id, 'wiltshire' as force_code, '999' as line, timestamp '{at}' as offered_at"

AGAIN = "* exclude (_file_hash, _file_row, _load_id) replace ({answered} as answered_at) from raw.force_calls where call_id = '{id}'"


class Nights:
    """A warehouse whose figures are set by hand, published night after night."""

    def __init__(self, path, manifest):
        self.settings, self.contracts = make_warehouse(path)
        self.manifest = manifest
        self.number = -1

    def load(self, feed: str, select: str) -> None:
        with open_build(self.settings) as build:
            add_rows(build, self.contracts, feed, f"select {select}", run_id=f"run-{self.number + 1}")

    def figure(self, value: float | None, measure: str = CALLS, period_end: date = MAY, period_type: str = "month") -> None:
        with open_build(self.settings) as build:
            build.execute(
                "update measures.measure_values set value = ? where measure_id = ? and period_end = ? and period_type = ?",
                [value, measure, period_end, period_type],
            )

    def built_by(self, code: str) -> None:
        with open_build(self.settings) as build:
            build.execute("insert into ingest.builds values (?, ?, 0, false, ?)", [f"run-{self.number + 1}", self.at(self.number + 1), code])

    def at(self, number: int):
        return NOW + timedelta(days=number)

    def publish(self) -> None:
        self.number += 1
        run_id = f"run-{self.number}"
        models = [name.partition(".")[2] for name in BUILT.values()]
        built = build_publication(self.settings, self.contracts, self.manifest, run_id, self.at(self.number), select=models, unit_tests=False)
        assert {node.status for node in built.nodes} <= {"success", "pass"}, built.nodes
        publish(
            self.settings,
            run_id,
            Gate(run_id, True, (), ()),
            {**PUBLISHED, **BUILT},
            self.at(self.number),
            self.contracts,
            keys=keys_of(self.manifest),
        )

    def revisions(self, columns: str = "measure_id, period_end, first_value, previous_value, value, revisions, reason, latest_reason") -> list[tuple]:
        with duckdb.connect(str(self.settings.marts_path), read_only=True) as live:
            return live.execute(f"select {columns} from measures.revisions order by all").fetchall()


@pytest.fixture(scope="module")
def manifest(parsed):
    return load_manifest(parsed)


@pytest.fixture
def nights(tmp_path, manifest):
    made = Nights(tmp_path, manifest)
    made.built_by("code a")
    made.publish()
    return made


def test_a_first_publication_revises_nothing_and_one_without_news_neither(nights):
    assert nights.revisions() == []
    nights.publish()
    assert nights.revisions() == []


def test_a_late_row_moves_a_past_month(nights):
    nights.load("force_calls", CALL.format(id="late-1", at="2023-05-05 10:00"))
    nights.load("force_calls", CALL.format(id="other-month", at="2023-07-30 10:00"))
    nights.figure(51)
    nights.publish()
    assert nights.revisions() == [(CALLS, MAY, 50, 50, 51, 1, "late rows", "late rows")]
    assert nights.revisions("first_published_at, published_at, late_rows, corrected_rows, other_rows, change, is_code_changed") == [
        (NOW, nights.at(1), 1, 0, 1, 1, False)
    ]
    nights.publish()
    assert nights.revisions("published_at, revisions") == [(nights.at(1), 1)], "said since the night on which it moved"


def test_a_correction_is_told_from_a_late_row_and_from_a_repetition(nights):
    # the first call of the warehouse again: once as it was, then another answered later;
    # and in local time the last hour of April is May
    nights.load("force_calls", AGAIN.format(answered="answered_at", id="C4800"))
    nights.publish()
    nights.load("force_calls", AGAIN.format(answered="answered_at + interval 9 second", id="C4801"))
    nights.load("force_calls", CALL.format(id="late-2", at="2023-04-30 23:30"))
    nights.figure(49)
    nights.publish()
    assert nights.revisions("late_rows, corrected_rows, other_rows, reason") == [(1, 1, 0, "late rows, corrections")]


def test_changed_code_is_a_definition_and_may_come_together_with_rows(nights):
    nights.built_by("code b")
    nights.figure(40)
    nights.publish()
    assert nights.revisions()[0][-2:] == ("definition", "definition")
    nights.load("force_calls", CALL.format(id="late-3", at="2023-05-05 10:00"))
    nights.figure(41)
    nights.publish()
    assert nights.revisions() == [(CALLS, MAY, 50, 40, 41, 2, "late rows, definition", "late rows")]


def test_rows_of_another_month_and_no_rows_at_all_are_named_too(nights):
    nights.load(
        "crime_outcomes", "'new' as outcome_id, 'K1' as crime_ref, 'wiltshire' as force_code, '1' as outcome_code, date '2023-07-31' as outcome_date"
    )
    nights.figure(51, measure="da_fat_outcome_rate")
    nights.figure(51, measure="bt_999_abandonment_rate")
    nights.publish()
    assert [row[-2] for row in nights.revisions()] == ["no rows of its own feeds", "rows of other months"]


def test_longer_periods_move_with_their_months_and_an_incomplete_month_is_withdrawn(nights):
    nights.figure(99, period_type="r12m")
    nights.publish()
    assert nights.revisions() == []
    with open_build(nights.settings) as build:
        build.execute("update measures.measure_values set is_complete = false where measure_id = ? and period_end = ?", [CALLS, MAY])
    nights.publish()
    assert nights.revisions()[0][2:6] == (50, 50, None, 1)


def test_a_publication_that_failed_has_said_nothing(nights, monkeypatch):
    nights.load("force_calls", CALL.format(id="late-4", at="2023-05-05 10:00"))
    nights.figure(51)
    with monkeypatch.context() as broken:
        broken.setattr(marts, "verify", lambda *_: (_ for _ in ()).throw(PublishError("does not verify")))
        with pytest.raises(PublishError):
            nights.publish()
    assert nights.revisions() == []
    nights.publish()
    assert nights.revisions("first_value, value, late_rows, published_at") == [(50, 51, 1, nights.at(2))], "counted once, by the one that went live"
    with duckdb.connect(str(nights.settings.marts_path), read_only=True) as live:
        assert live.execute("select run_id from quality.publications order by 1").fetchall() == [("run-0",), ("run-2",)]
        assert live.execute("select run_id, late_rows from quality.arrivals").fetchall() == [("run-2", 1)]


def test_a_publication_killed_after_the_switch_has_spoken(nights, monkeypatch):
    nights.figure(51)
    with monkeypatch.context() as killed:
        put = VersionedFolder.put_in_place
        killed.setattr(VersionedFolder, "put_in_place", lambda *given: (put(*given), (_ for _ in ()).throw(KeyboardInterrupt)))
        with pytest.raises(KeyboardInterrupt):
            nights.publish()
    nights.publish()
    assert nights.revisions("value, published_at") == [(51, nights.at(1))]


def test_the_same_run_published_again_says_the_same(nights):
    nights.load("force_calls", CALL.format(id="late-5", at="2023-05-05 10:00"))
    nights.figure(51)
    nights.publish()
    before = nights.revisions("*")
    nights.number -= 1
    nights.publish()
    assert nights.revisions("*") == before


def test_what_an_older_warehouse_kept_beside_its_marts_is_the_past(nights):
    """Before 0.2 the build database held the ledger of values; what a publication had added that did not go live was there too."""
    with duckdb.connect(str(nights.settings.marts_path), read_only=True) as live:
        ledger = live.execute("select * from measures.value_ledger").to_arrow_table()
    with open_build(nights.settings) as build:
        build.register("ledger", ledger)
        build.execute("create schema if not exists publication; create table publication.values_said as from ledger")
        build.execute(
            "insert into publication.values_said"
            " select * replace (99 as value, 2 as change_no, published_at + interval 1 hour as published_at) from ledger"
        )
        build.execute(
            "create table publication.publications as"
            " select 'v0' as version, 'run-0' as run_id, ? as published_at, 6 as max_load_id, 'code a' as code_version",
            [NOW],
        )
        build.execute("create table publication.arrivals (version varchar, feed varchar, month date, late_rows bigint, corrected_rows bigint)")
        build.execute("create table publication.pending (version varchar)")
        heartbeat = "create or replace table quality.heartbeat as select 'run-0' as run_id, timestamp '2023-08-01 02:00' as published_at"
        build.execute(f"{heartbeat}; alter table quality.heartbeat add primary key (run_id)")
    publish(nights.settings, "run-0", Gate("run-0", True, (), ()), {**PUBLISHED, "quality.heartbeat": "quality.heartbeat"}, NOW, nights.contracts)
    nights.load("force_calls", CALL.format(id="late-6", at="2023-05-05 10:00"))
    nights.figure(51)
    nights.publish()
    assert nights.revisions() == [(CALLS, MAY, 50, 50, 51, 1, "late rows", "late rows")]
