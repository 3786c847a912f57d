"""Incremental equals full: facts after late, corrected and cancelling rows are those of a full refresh, whatever the order of arrival.

dbt runs in this process over small scratch databases; every run costs seconds, so that one sequence of runs serves all the tests.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.contracts.loading import load_contracts
from pipelines.settings import Settings
from pipelines.transform.manifest import load_manifest
from pipelines.warehouse import create_tables
from tests.building import Dbt, as_a_night

FACTS = {
    "core.fct_force_calls": "*",
    "core.fct_bt_legs": "*",
    "core.fct_logs": "*",
    "core.fct_online_reports": "*",
    "core.fct_crimes": "*",
    "core.fct_crime_outcomes": "*",
    "core.fct_arrests": "*",
    "core.fct_street_crimes": "*",
    "core.fct_suspects": "*",
    "core.fct_protection_orders": "*",
    "core.fct_protection_authorisations": "*",
    "core.fct_speedwatch_sessions": "*",
    "core.fct_speed_enforcement": "*",
    "core.fct_collisions": "*",
    "core.fct_section_60": "*",
    "core.fct_measure_returns": "* exclude (load_id)",
    "core.fct_survey_estimates": "* exclude (load_id)",
    "core.fct_comparators": "* exclude (load_id)",
    "quality.bt_adjustment": "*",
    "quality.reconciliation": "* exclude (max_load_id)",  # the ledger's number is a matter of arrival
    "intermediate.int_feed_coverage": "*",
    "measures.int_measure_components": "*",
    "measures.int_measure_quantiles": "*",
    "measures.measure_values": "*",
}

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("parsed")]

Rows = dict[str, list[dict[str, Any]]]


def call(call_id: str, offered_at: str, line: str = "999", **more: Any) -> dict[str, Any]:
    return {"call_id": call_id, "force_code": "wiltshire", "line": line, "offered_at": offered_at} | more


def leg(bt_leg_id: str, bt_call_ref: str, presented_at: str, outcome: str, **more: Any) -> dict[str, Any]:
    return {"bt_leg_id": bt_leg_id, "bt_call_ref": bt_call_ref, "force_code": "wiltshire", "presented_at": presented_at, "outcome": outcome} | more


def log(log_number: str, created_at: str, **more: Any) -> dict[str, Any]:
    plain = {"source": "999", "initial_grade": "Immediate", "final_grade": "Immediate", "opening_type": "x", "cpt": "Swindon", "deployed": True}
    return {"log_number": log_number, "force_code": "wiltshire", "created_at": created_at} | plain | more


def crime(crime_ref: str, recorded_at: str, **more: Any) -> dict[str, Any]:
    plain = {"offence_code": "19C", "offence_group": "rape", "cpt": "Devizes", "is_domestic_abuse": True}
    return {"crime_ref": crime_ref, "force_code": "wiltshire", "recorded_at": recorded_at} | plain | more


def outcome(outcome_id: str, crime_ref: str, outcome_date: str, code: str = "1") -> dict[str, Any]:
    return {"outcome_id": outcome_id, "crime_ref": crime_ref, "force_code": "wiltshire", "outcome_code": code, "outcome_date": outcome_date}


def arrest(arrest_id: str, crime_ref: str, arrested_at: str) -> dict[str, Any]:
    return {"arrest_id": arrest_id, "crime_ref": crime_ref, "force_code": "wiltshire", "arrested_at": arrested_at}


def returned(area: str, period_end: str, value: float) -> dict[str, Any]:
    own = {"measure_id": "marac_cases", "area_id": area, "period_type": "month", "period_end": period_end}
    return own | {"value": value, "supplied_by": "councils", "returned_at": "2023-02-20 09:00:00" if value != 41 else "2023-03-20 09:00:00"}


def estimate(area: str, release: str, value: float) -> dict[str, Any]:
    return {"question": "relied_on_when_needed", "area": area, "release_quarter": release, "estimate": value, "margin": 4.8}


def compared(comparator: str, period_end: str, value: float) -> dict[str, Any]:
    own = {"measure_id": "da_arrest_rate", "comparator": comparator, "period_type": "r12m", "period_end": period_end}
    return own | {"value": value, "supplied_by": "tri-force", "returned_at": "2023-02-20 09:00:00"}


def street(month: str, crime_type: str, lsoa_name: str | None = "Swindon 001A") -> dict[str, Any]:
    return {
        "month": month,
        "reported_by": "Wiltshire Police",
        "falls_within": "Wiltshire Police",
        "lsoa_name": lsoa_name,
        "crime_type": crime_type,
    } | {"_row_hash": f"{month}|{crime_type}|{lsoa_name}"}


def suspect(snapshot_date: str, suspect_id: str, crime_ref: str, status: str = "outstanding") -> dict[str, Any]:
    return {"snapshot_date": snapshot_date, "suspect_id": suspect_id, "crime_ref": crime_ref, "force_code": "wiltshire", "status": status}


def order(order_id: str, kind: str, applied_at: str, status: str = "pending", **more: Any) -> dict[str, Any]:
    return {"order_id": order_id, "kind": kind, "applied_at": applied_at, "status": status} | more


def session(session_id: str, session_date: str, **more: Any) -> dict[str, Any]:
    plain = {"location": "Westwood", "checks": 4, "vehicles_observed": 5, "vehicles_speeding": 1, "cpt": "Trowbridge"}
    return {"session_id": session_id, "session_date": session_date} | plain | more


def visit(visit_id: str, visit_date: str, **more: Any) -> dict[str, Any]:
    plain = {"location": "A361", "courses_issued": 9, "fines_and_points_issued": 1, "court_appearances": 0}
    return {"visit_id": visit_id, "visit_date": visit_date} | plain | more


def collision(collision_index: str, date: str, severity: str = "serious", **more: Any) -> dict[str, Any]:
    plain = {"force_code": "54", "number_of_casualties": 2, "local_authority_ons_district": "E06000030"}
    return {"collision_index": collision_index, "date": date, "collision_severity": severity} | plain | more


def authority(authority_id: str, from_at: str, area: str = "Swindon") -> dict[str, Any]:
    return {"authority_id": authority_id, "area": area, "from_at": from_at}


# What was known on 1 March 2023.
FIRST: Rows = {
    "force_calls": [
        call("c1", "2023-01-10 10:00:00", answered_at="2023-01-10 10:00:07", bt_call_ref="b1"),
        call("c3", "2023-01-11 10:00:00", abandoned_at="2023-01-11 10:00:01", bt_call_ref="b3"),
        call("c5", "2022-11-05 10:00:00", line="cch", answered_at="2022-11-05 10:01:00"),
        call("c6", "2023-02-05 10:00:00", line="101", answered_at="2023-02-05 10:01:00"),
    ],
    "bt_999_calls": [
        leg("l1", "b1", "2023-01-10 10:00:00", "answered", answered_at="2023-01-10 10:00:09"),
        leg("l2", "b2", "2023-01-12 10:00:00", "abandoned", cleared_at="2023-01-12 10:00:01"),  # a ghost, until its call comes in
        leg("l3", "b3", "2022-12-11 10:00:00", "abandoned", cleared_at="2022-12-11 10:00:01"),  # no ghost, until its call loses the reference
        leg("l4", "b4", "2023-01-31 23:59:58", "abandoned", cleared_at="2023-02-01 00:00:08"),  # kept, until another leg is answered
        leg("l6", "b6", "2022-10-02 10:00:00", "abandoned", cleared_at="2022-10-02 10:00:20"),  # kept, until the incident is declared
        leg("l7", "b7", "2022-09-02 10:00:00", "abandoned", cleared_at="2022-09-02 10:00:20"),  # in an incident, until its window moves
        leg("l8", "b8", "2022-11-02 10:00:00", "answered", answered_at="2022-11-02 10:00:05"),
    ],
    "bt_incidents": [
        {"bt_incident_id": "i1", "started_at": "2022-09-02 09:00:00", "ended_at": "2022-09-02 11:00:00"}
        | {"kind": "outage", "reference": "r1", "approved_by": "head"},
    ],
    "incident_logs": [
        log("g1", "2023-01-31 22:00:00", first_arrived_at="2023-01-31 22:10:00"),
        log("g2", "2022-11-01 10:00:00", first_arrived_at="2022-11-01 10:20:00"),
    ],
    "online_reports": [{"report_id": "r1", "submitted_at": "2023-01-01 08:00:00", "form_type": "report a crime"}],
    "crimes": [crime("k1", "2023-01-05 10:00:00"), crime("k3", "2022-11-05 10:00:00")],
    "crime_outcomes": [
        outcome("o1", "k1", "2023-02-05"),
        outcome("o2", "k2", "2023-01-06"),  # its crime comes late
        outcome("o3", "k3", "2022-12-06", "15"),
    ],
    "arrests": [arrest("a1", "k1", "2023-02-06 10:00:00"), arrest("a3", "k3", "2022-12-06 10:00:00")],
    "police_uk_street": [street("2023-01-01", "Drugs"), street("2023-01-01", "Drugs"), street("2022-12-01", "Robbery")],
    "suspects": [suspect("2022-12-31", "p3", "k3"), suspect("2023-01-31", "p1", "k1"), suspect("2023-01-31", "p2", "k1", "arrested")],
    "protection_orders": [
        order("n1", "DVPN", "2022-12-30 10:00:00"),
        order("n2", "DVPN", "2022-10-02 10:00:00", authorised_at="2022-10-02 11:00:00"),
    ],
    "speedwatch_sessions": [session("s1", "2023-01-31"), session("s2", "2022-10-02")],
    "speed_enforcement": [visit("v1", "2023-01-31"), visit("v2", "2022-10-02")],
    "collisions": [collision("x1", "2023-01-31"), collision("x2", "2022-10-02", "slight")],
    "section_60": [authority("a1", "2022-08-06 18:00:00")],
    "measure_returns": [returned("Force", "2023-01-31", 40), returned("force", "2022-12-31", 30), returned("atlantis", "2022-12-31", 1)],
    "csew_estimates": [estimate("Wiltshire", "2022-12-31", 57.0), estimate("MSG average", "2022-12-31", 54.1)],
    "force_comparators": [compared("Hampshire", "2023-01-31", 47.0)],
}
# One feed more, on 2 April 2023.
THIRD: Rows = {"force_calls": [call("c7", "2023-03-20 10:00:00", answered_at="2023-03-20 10:00:04")]}
# What came on 1 April 2023.
SECOND: Rows = {
    "force_calls": [
        call("c2", "2023-01-12 10:00:01", abandoned_at="2023-01-12 10:00:02", bt_call_ref="b2"),  # late: un-ghosts l2
        call("c3", "2023-01-11 10:00:00", abandoned_at="2023-01-11 10:00:01"),  # corrected: l3 is a ghost
        call("c6", "2023-03-05 10:00:00", line="101", answered_at="2023-03-05 10:01:00"),  # corrected into another month
    ],
    "bt_999_calls": [
        leg("l5", "b4", "2023-02-01 00:00:09", "answered", answered_at="2023-02-01 00:00:12"),  # makes l4, of the month before, a duplicate
        leg("l9", "b9", "2023-03-02 10:00:00", "answered", answered_at="2023-03-02 09:59:00"),
    ],
    "bt_incidents": [
        {"bt_incident_id": "i1", "started_at": "2022-09-02 09:00:00", "ended_at": "2022-09-02 09:30:00"}
        | {"kind": "outage", "reference": "r1", "approved_by": "head"},
        {"bt_incident_id": "i2", "started_at": "2022-10-02 09:00:00", "ended_at": "2022-10-02 11:00:00"}
        | {"kind": "outage", "reference": "r2", "approved_by": "head"},
    ],
    "incident_logs": [
        log("g1", "2023-02-01 00:30:00", force_code="Wiltshire Police", first_arrived_at="2023-02-01 00:40:00"),  # moves to February
        log("g3", "2023-01-15 10:00:00", first_arrived_at="2023-01-15 10:00:30"),  # late
    ],
    "online_reports": [{"report_id": "r1", "submitted_at": "2023-01-01 08:00:00", "form_type": "lost or found"}],
    "crimes": [
        crime("k1", "2023-01-05 10:00:00", cancelled_at="2023-03-20 10:00:00"),  # its outcome and its arrest leave every measure
        crime("k2", "2023-01-06 10:00:00", offence_group="serious sexual offence"),
    ],
    "crime_outcomes": [
        outcome("o4", "k2", "2023-03-06", "16"),
        outcome("o5", "k3", "2023-03-07"),  # k3, of November, has come to something else
    ],
    "arrests": [arrest("a2", "k2", "2023-03-06 10:00:00")],
    "police_uk_street": [street("2023-01-01", "Drugs"), *[street("2023-02-01", "Drugs", None)] * 2],
    # the cancellation of k1 takes its suspects out of January as well
    "suspects": [suspect("2023-02-28", "p3", "k3")],
    "protection_orders": [order("n1", "DVPN", "2022-12-30 10:00:00", "expired", authorised_at="2023-01-02 10:00:00")],  # in another month
    "speedwatch_sessions": [session("s1", "2023-02-01")],  # corrected into another month
    "speed_enforcement": [visit("v1", "2023-01-31", courses_issued=11), visit("v3", "2023-02-01")],
    "collisions": [collision("x1", "2023-01-31", "fatal", fatal_casualties=1, serious_casualties=1)],
    "section_60": [authority("a1", "2022-08-06 18:00:00"), authority("a2", "2023-02-04 20:00:00", "Salisbury")],
    "measure_returns": [returned("wiltshire_force", "2023-01-01", 41)],  # the figure of January anew, under other spellings of area and day
    "csew_estimates": [estimate("Wiltshire", "2022-12-31", 57.2)],
    "force_comparators": [compared("Hampshire Constabulary", "2023-02-28", 47.2)],
}
TOUCHED = {
    "fct_force_calls": {date(2023, 1, 1), date(2023, 2, 1), date(2023, 3, 1)},
    "fct_bt_legs": {date(2022, 9, 1), date(2022, 10, 1), date(2022, 12, 1), date(2023, 1, 1), date(2023, 2, 1), date(2023, 3, 1)},
    "fct_logs": {date(2023, 1, 1), date(2023, 2, 1)},
    "fct_online_reports": {date(2023, 1, 1)},
    "fct_crimes": {date(2022, 11, 1), date(2023, 1, 1)},
    "fct_crime_outcomes": {date(2023, 1, 1), date(2023, 2, 1), date(2023, 3, 1)},
    "fct_arrests": {date(2023, 2, 1), date(2023, 3, 1)},
    "fct_street_crimes": {date(2023, 1, 1), date(2023, 2, 1)},
    "fct_suspects": {date(2023, 1, 1), date(2023, 2, 1)},
    "fct_protection_orders": {date(2022, 12, 1)},
    "fct_protection_authorisations": {date(2023, 1, 1)},
    "fct_speedwatch_sessions": {date(2023, 1, 1), date(2023, 2, 1)},
    "fct_speed_enforcement": {date(2023, 1, 1), date(2023, 2, 1)},
    "fct_collisions": {date(2023, 1, 1)},
    "fct_section_60": {date(2022, 8, 1), date(2023, 2, 1)},
    "fct_measure_returns": {date(2023, 1, 1)},
    "fct_survey_estimates": {date(2022, 12, 1)},
    "fct_comparators": {date(2023, 2, 1)},
}


def load(path: Path, load_id: int, name: str, extracted_at: datetime, rows: Rows) -> None:
    """Put rows into raw as one load of one file per feed. `name` stands in for the file: it does not depend on the order of loading."""
    with duckdb.connect(str(path)) as connection:
        create_tables(connection, load_contracts())
        for feed, feed_rows in rows.items():
            for number, row in enumerate(feed_rows, start=2):
                full = row | {"_file_hash": f"{feed}-{name}", "_file_row": number, "_loaded_at": datetime(2023, 6, load_id), "_load_id": load_id}
                full |= {"_extracted_at": extracted_at}
                columns = ", ".join(f'"{column}"' for column in full)
                connection.execute(f"insert into raw.{feed} ({columns}) values ({', '.join('?' * len(full))})", list(full.values()))


def complete(path: Path, load_id: int) -> None:
    """Say that a transform has succeeded: the watermark moves."""
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "insert into ingest.builds select 'r', timestamp '2023-06-01' + to_days(cast(count(*) as integer)), ?, false, 'x' from ingest.builds",
            [load_id],
        )


def snapshot(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    with duckdb.connect(str(path)) as connection:
        return {table: connection.execute(f"select {columns} from {table} order by all").fetchall() for table, columns in FACTS.items()}


def query(path: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(path)) as connection:
        return connection.execute(sql).fetchall()


@dataclass
class Story:
    path: Path
    first: dict[str, Any]
    touched: dict[str, set[date]]
    untouched_mark: list[tuple[Any, ...]]
    repeated_key: str  # what dbt said when a key of a touched month stood in another month, too
    incremental: dict[str, Any]
    repeated: dict[str, Any]
    full: dict[str, Any]
    as_at: dict[str, Any]
    other_order: dict[str, Any]
    built_anew: set[str]  # by the night of the third load
    measures_anew: set[str]  # whose values it worked out again
    carried: dict[str, Any]
    full_of_three: dict[str, Any]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory, parsed: Settings) -> Story:
    folder = tmp_path_factory.mktemp("incremental")
    dbt = Dbt(folder / "target", [table.split(".")[1] for table in FACTS])
    early, late = datetime(2023, 3, 1, 2), datetime(2023, 4, 1, 2)

    path = folder / "build.duckdb"
    load(path, 1, "first", early, FIRST)
    dbt.build(path)
    first = snapshot(path)
    complete(path, 1)

    load(path, 2, "second", late, SECOND)
    query(path, "update core.fct_logs set opening_type = 'marked' where month = date '2022-11-01'")
    dbt.build(path)
    touched: dict[str, set[date]] = {}
    for fact, month in query(path, "select fact, month from intermediate.int_touched_months"):
        touched.setdefault(fact, set()).add(month)
    mark = query(path, "select opening_type from core.fct_logs where month = date '2022-11-01'")
    query(path, "update core.fct_logs set opening_type = 'x' where opening_type = 'marked'")
    incremental = snapshot(path)

    query(
        path,
        """
        insert into core.fct_logs select * replace (date '2022-11-01' as month) from core.fct_logs
        where month in (select month from intermediate.int_touched_months where fact = 'fct_logs') order by log_number limit 1
        """,
    )
    with pytest.raises(AssertionError) as repeated_key:
        dbt.build_only(path, ["fct_logs"], without=("model", "seed", "unit_test"))
    query(path, "delete from core.fct_logs where rowid = (select max(rowid) from core.fct_logs)")
    dbt.build_only(path, ["fct_logs"], without=("model", "seed", "unit_test"))

    dbt.build(path)  # the run before was killed before it moved the watermark
    repeated = snapshot(path)

    dbt.build(path, "--full-refresh")
    full = snapshot(path)

    dbt.build(path, "--full-refresh", "--vars", "{as_at: '2023-03-15'}")
    as_at = snapshot(path)

    other = folder / "other" / "build.duckdb"  # the same name: it is the catalogue's, which the parsed project holds
    other.parent.mkdir()
    load(other, 1, "second", late, SECOND)
    dbt.build(other)
    complete(other, 1)
    load(other, 2, "first", early, FIRST)
    dbt.build(other)

    other_order = snapshot(other)

    manifest = load_manifest(parsed)
    complete(other, 2)
    with as_a_night(other, manifest):
        dbt.build(other)
    complete(other, 2)
    load(other, 3, "third", datetime(2023, 4, 2, 2), THIRD)
    with as_a_night(other, manifest) as built_anew:
        dbt.build(other)
    measures_anew = {measure for (measure,) in query(other, "select measure_id from measures.int_measure_inputs where is_changed")}
    carried = snapshot(other)
    dbt.build(other, "--full-refresh")

    said = str(repeated_key.value)
    return Story(
        path, first, touched, mark, said, incremental, repeated, full, as_at, other_order, built_anew, measures_anew, carried, snapshot(other)
    )


@pytest.mark.parametrize("table", FACTS)
def test_what_stands_is_what_a_full_refresh_gives(story: Story, table: str):
    assert story.carried[table] == story.full_of_three[table]


def test_what_new_rows_do_not_reach_stands(story: Story):
    assert {"fct_force_calls", "fct_bt_legs", "reconciliation", "int_touched_months"} <= story.built_anew
    others = {fact.split(".")[1] for fact in FACTS if fact.startswith("core.")} - {"fct_force_calls", "fct_bt_legs"}
    assert not story.built_anew & (others | {"area_aliases", "stg_crime__crimes"})
    assert story.carried["core.fct_force_calls"] != story.full["core.fct_force_calls"], "the late call is there"


def test_values_are_worked_out_again_of_measures_that_new_rows_reach(story: Story):
    assert {"public_999_calls_offered", "public_999_wait_time_median"} <= story.measures_anew
    assert not story.measures_anew & {"rape_volume", "silent_999_logs", "immediate_response_time_mean"}
    assert "measure_values" in story.built_anew


def test_all_that_values_are_made_of_is_in_the_hash(parsed: Settings):
    nodes = load_manifest(parsed)["nodes"]
    values, hashed = (set(nodes[f"model.scorecards.{name}"]["depends_on"]["nodes"]) for name in ("measure_values", "int_measure_inputs"))
    assert values <= hashed | {"model.scorecards.int_measure_inputs"}


@pytest.mark.parametrize("table", FACTS)
def test_incremental_equals_full(story: Story, table: str):
    assert story.incremental[table] == story.full[table]
    assert story.full[table], "an empty table proves nothing"


@pytest.mark.parametrize("table", FACTS)
def test_a_repeated_run_changes_nothing(story: Story, table: str):
    assert story.repeated[table] == story.incremental[table]


@pytest.mark.parametrize("table", FACTS)
def test_files_may_arrive_in_any_order(story: Story, table: str):
    assert story.other_order[table] == story.full[table]


@pytest.mark.parametrize("table", FACTS)
def test_as_at_gives_the_earlier_view(story: Story, table: str):
    assert story.as_at[table] == story.first[table]
    assert story.as_at[table] != story.full[table]


def test_only_touched_months_are_recomputed(story: Story):
    assert story.touched == TOUCHED
    assert story.untouched_mark == [("marked",)]


def test_a_key_of_a_touched_month_is_looked_for_in_all_months(story: Story):
    assert "unique_key_of_fact_fct_logs" in story.repeated_key


def test_rows_of_other_feeds_reach_earlier_months(story: Story):
    def column(tables: dict[str, Any], table: str, position: int) -> dict[str, Any]:
        return {row[0]: row[position] for row in tables[table]}

    rule = 13
    before, after = column(story.first, "core.fct_bt_legs", rule), column(story.full, "core.fct_bt_legs", rule)
    assert before == {"l1": None, "l2": "BT_GHOST", "l3": None, "l4": None, "l6": None, "l7": "BT_OUTAGE", "l8": None}
    assert after == {"l1": None, "l2": None, "l3": "BT_GHOST", "l4": "BT_DUP", "l5": None, "l6": "BT_OUTAGE", "l7": None, "l8": None, "l9": "BT_ZERO"}

    excluded = 7
    assert column(story.first, "core.fct_crime_outcomes", excluded) == {"o1": False, "o2": True, "o3": False}
    assert column(story.full, "core.fct_crime_outcomes", excluded) == {"o1": True, "o2": False, "o3": False, "o4": False, "o5": False}
    assert column(story.full, "core.fct_arrests", excluded) == {"a1": True, "a2": False, "a3": False}

    come_to = 21
    assert column(story.first, "core.fct_crimes", come_to) == {"k1": "1", "k3": "15"}
    assert column(story.full, "core.fct_crimes", come_to) == {"k1": "1", "k2": "16", "k3": "1"}


def test_a_key_counts_once_and_raw_reconciles(story: Story):
    counts = {row[0]: row[1:4] for row in story.full["quality.reconciliation"]}
    assert counts["incident_logs"] == (4, 3, 1)  # g1 came twice, under two spellings of its force
    assert counts["police_uk_street"] == (6, 5, 1)  # the Drugs row met in the second file is the first file's
    assert all(row[-1] for row in story.full["quality.reconciliation"])


def test_of_two_spellings_of_a_returned_figure_the_last_returned_counts(story: Story):
    def january(tables: dict[str, Any]) -> list[tuple[Any, ...]]:
        return sorted((row[11], row[15]) for row in tables["core.fct_measure_returns"] if row[7] == date(2023, 1, 1))

    assert january(story.first) == [(40.0, None)]
    assert january(story.full) == [(40.0, "superseded"), (41.0, None)]
