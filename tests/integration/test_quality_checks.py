"""The checks on a warehouse made by hand: real Great Expectations on real DuckDB, quiet on good data and telling on bad."""

from datetime import date, timedelta

import pytest

from pipelines.demonstration import declare
from pipelines.quality import evaluation, runner
from pipelines.quality.checks import by_key, planned_checks
from pipelines.quality.evaluation import evaluate, stage
from pipelines.quality.gate import evaluate_gate
from pipelines.quality.model import CheckResult
from pipelines.quality.runner import run_checks
from pipelines.warehouse import open_build
from tests.handmade import NOW, PERSONAL_VALUE, RAW_ROWS, RUN, add_rows, make_warehouse, rebuild

ARRESTS = "staging.stg_custody__arrests"


@pytest.fixture
def made(tmp_path):
    return make_warehouse(tmp_path)


def run(settings, contracts, *tables, now=NOW, **rest):
    found = run_checks(settings, contracts, RUN, now, tables or None, **rest)
    return {(r.table_name, r.check_name): r for r in found}


def test_good_data_pass_every_check_and_missing_feeds_are_named(made):
    settings, contracts = made
    results = run(settings, contracts)
    assert {k: r.message for k, r in results.items() if r.status in {"warned", "failed"}} == {}
    skipped = {r.feed for r in results.values() if r.status == "skipped"}
    assert skipped == set(contracts.feeds) - set(RAW_ROWS)
    assert results["raw.online_reports", "fresh"].message == "no data yet for online_reports"
    with open_build(settings) as connection:
        assert connection.execute("select count(*) from quality.check_results where run_id = ?", [RUN]).fetchone() == (len(results),)
        assert evaluate_gate(connection, RUN).is_open


def test_while_nothing_changes_only_checks_that_ask_the_clock_or_the_run_are_evaluated(made, monkeypatch):
    settings, contracts = made
    looked_at: list[str] = []
    evaluated: list[CheckResult] = []

    def noting(*arguments):
        found = evaluate(*arguments)
        evaluated.extend(found)
        return found

    monkeypatch.setattr(runner, "evaluate", noting)

    def outcomes(run_id):
        looked_at.clear()
        evaluated.clear()
        found = run_checks(settings, contracts, run_id, NOW, on_table=looked_at.append)
        assert {r.run_id for r in found} == {run_id}
        return {(r.table_name, r.check_name): (r.status, r.message) for r in found}, set(looked_at)

    first, everything = outcomes("first")
    second, asked = outcomes("second")
    assert second == first
    assert asked < everything
    plan = by_key(planned_checks(contracts))
    assert evaluated
    assert all(plan[result.table_name, result.check_name].asks_the_run for result in evaluated if result.table_name.startswith("raw."))
    assert not any(table.startswith(("core.", "measures.")) for table in asked)
    with open_build(settings) as connection:  # one row more, which no ledger knows of
        connection.execute("insert into raw.arrests select * from raw.arrests limit 1")
    third, again = outcomes("third")
    assert third != first
    assert {"raw.arrests", ARRESTS} <= again
    assert again <= asked | {"raw.arrests", ARRESTS, "core.fct_arrests", "quality.reconciliation"}, "tables whose rows nobody touched are left alone"
    fourth, _ = outcomes("fourth")
    assert fourth == third, "what was found of the row stands"
    with open_build(settings) as connection:
        add_rows(connection, contracts, "arrests", "select * exclude (_load_id) from raw.arrests limit 1")
    _, after_a_load = outcomes("fifth")
    assert {"raw.arrests", ARRESTS} <= after_a_load
    assert after_a_load == again, "the ledger counts by the loads of the feed that is checked"


CALL = "'999' as line, 'wiltshire' as force_code, false as is_test"
CALLS_OF_A_DAY = (
    "select 'new ' || n as call_id, {call}, {at} as offered_at, {at} + interval ({wait}) second as answered_at from range({rows}) as calls (n)"
)
# What a later load brings: its feed and rows.
LATER_LOADS = {
    "a good day": ("force_calls", CALLS_OF_A_DAY.format(call=CALL, at="timestamp '2023-06-15 10:00:00'", wait=5, rows=20)),
    "answered before offered": ("force_calls", CALLS_OF_A_DAY.format(call=CALL, at="timestamp '2023-06-15 10:00:00'", wait=-5, rows=400)),
    "waiting for hours": ("force_calls", CALLS_OF_A_DAY.format(call=CALL, at="timestamp '2023-06-15 10:00:00'", wait=9000, rows=400)),
    "in the future": ("force_calls", CALLS_OF_A_DAY.format(call=CALL, at="timestamp '2024-06-15 10:00:00'", wait=5, rows=1)),
    "of no line": ("force_calls", CALLS_OF_A_DAY.format(call=CALL.replace("999", "998"), at="timestamp '2023-06-15 10:00:00'", wait=5, rows=1)),
    "moved to another month": (
        "incident_logs",
        "select * exclude (_load_id, _extracted_at) replace (created_at - interval 31 day as created_at), timestamp '2023-08-02' as _extracted_at "
        "from raw.incident_logs where created_at >= date '2023-06-01' and created_at < date '2023-07-01' limit 300",
    ),
}


@pytest.mark.parametrize("later", LATER_LOADS)
def test_checks_of_months_that_new_rows_touch_find_what_checks_of_all_rows_find(made, later):
    settings, contracts = made
    feed, rows = LATER_LOADS[later]
    tables = (f"raw.{feed}", contracts.feeds[feed].staging_table)
    run(settings, contracts, *tables)
    with open_build(settings) as connection:
        add_rows(connection, contracts, feed, rows)
        rebuild(connection, contracts)

    def found(run_id):
        results = run_checks(settings, contracts, run_id, NOW, tables)
        return {(r.table_name, r.check_name): (r.status, r.checked_count, r.failed_count, r.message, r.months) for r in results}

    part = found("part")
    with open_build(settings) as connection:
        connection.execute("delete from quality.check_runs")
        connection.execute("delete from quality.check_results")
    assert part == found("whole")
    if later not in {"a good day", "moved to another month"}:
        assert {status for status, *_ in part.values()} & {"warned", "failed"}


def test_of_a_table_that_passed_checks_of_months_look_at_the_months_of_new_rows(made, monkeypatch):
    settings, contracts = made
    run(settings, contracts, "raw.force_calls")
    staged: list[tuple[str, set[str]]] = []

    def noting(connection, feed, specs, rows="true"):
        staged.append((rows, {spec.name for spec in specs}))
        return stage(connection, feed, specs, rows)

    monkeypatch.setattr(evaluation, "stage", noting)
    table = contracts.feeds["force_calls"].staging_table
    months_of_june = "offered_at >= date '2023-06-01' and offered_at < date '2023-06-01' + interval 1 month"
    for run_id, change, expected in (
        ("never evaluated before", None, {"true"}),
        ("a new day", LATER_LOADS["a good day"][1], {months_of_june}),
        ("a row that no ledger knows of", "insert into raw.force_calls select * from raw.force_calls limit 1", {"true"}),
        ("what failed is evaluated on all rows", LATER_LOADS["waiting for hours"][1].replace("'new '", "'later '"), {months_of_june, "true"}),
        ("and again, while it fails", LATER_LOADS["a good day"][1].replace("'new '", "'last '"), {months_of_june, "true"}),
    ):
        if change:
            with open_build(settings) as connection:
                if change.startswith("insert"):
                    connection.execute(change)
                else:
                    add_rows(connection, contracts, "force_calls", change)
                rebuild(connection, contracts)
        staged.clear()
        run_checks(settings, contracts, run_id, NOW, ["raw.force_calls", table])
        assert {rows for rows, checks in staged if checks & {"unique_key", "answered_at_long_after_offered_at"}} == expected, run_id


def test_a_run_of_some_tables_does_not_pass_for_one_of_others(made):
    settings, contracts = made
    everything = {table for table, _ in run(settings, contracts)}
    with open_build(settings) as connection:
        connection.execute("insert into raw.arrests select * from raw.arrests limit 1")
    looked_at: list[str] = []
    run(settings, contracts, "raw.crimes", on_table=looked_at.append)
    assert "raw.arrests" in everything
    assert "raw.arrests" not in looked_at
    run(settings, contracts, on_table=looked_at.append)
    assert "raw.arrests" in looked_at


def test_a_first_load_of_which_every_row_was_rejected_closes_the_gate(made):
    settings, contracts = made
    with open_build(settings) as connection:
        connection.execute(
            "insert into ingest.loads (load_id, run_id, feed, file_path, contract_fingerprint, status, rows_read, rows_rejected, loaded_at) "
            "values (9001, ?, 'online_reports', 'online_reports/a.csv', '', 'loaded', 20, 20, ?)",
            [RUN, NOW],
        )
    results = run(settings, contracts)
    found = results["raw.online_reports", "rejected_share_new"]
    assert (found.status, found.message) == ("failed", "Online crime reports: 20 of 20 newly loaded rows (100.0%) were rejected")
    assert results["raw.online_reports", "fresh"].status == "skipped"
    with open_build(settings) as connection:
        assert not evaluate_gate(connection, RUN).is_open


def test_numbers_that_restart_daily_are_told_from_corrections(made):
    settings, contracts = made
    with open_build(settings) as connection:
        connection.execute(
            "insert into raw.incident_logs by name select * replace (created_at + interval 2 day as created_at, 'later' as _file_hash) "
            "from raw.incident_logs where created_at >= date '2023-05-01' and created_at < date '2023-06-01'"
        )
        rebuild(connection, contracts)
    found = run(settings, contracts, "raw.incident_logs")["raw.incident_logs", "key_is_one_event"]
    assert found.status == "warned"
    assert "dated more than a day apart, the last from incident_logs/" in found.message
    assert (found.from_month, found.to_month) == (date(2023, 5, 1), date(2023, 5, 1))


def test_300_ghost_legs_warn_with_rule_month_calls_and_both_rates(made):
    settings, contracts = made
    with open_build(settings) as connection:
        add_rows(
            connection,
            contracts,
            "bt_999_calls",
            """
            select 'G' || n as bt_leg_id, 'ghost' || n as bt_call_ref, 'wiltshire' as force_code,
                timestamp '2023-05-03 10:00:00' + interval (n) minute as presented_at, null::timestamp as answered_at,
                timestamp '2023-05-03 10:00:01' + interval (n) minute as cleared_at, 'abandoned' as outcome
            from range(300) as numbers(n)
            """,
        )
        rebuild(connection, contracts)
    result = run(settings, contracts, "quality.bt_adjustment")["quality.bt_adjustment", "bt_error_inflated_abandonment"]
    # 31 days of 50 legs, 5 of them abandoned: 155 of 1,550; with ghosts 455 of 1,850
    assert result.status == "warned"
    assert result.message == (
        "BT errors inflate 999 abandonment by more than 1 percentage point: "
        "Wiltshire Police, May 2023: 24.6% as supplied, 10.0% without the errors; 300 calls left out"
    )
    assert (result.from_month, result.to_month) == (date(2023, 5, 1), date(2023, 5, 1))
    assert result.observed == pytest.approx(100 * 455 / 1850 - 10)
    with open_build(settings) as connection:
        gate = evaluate_gate(connection, RUN)
    assert gate.is_open
    assert [w.runbook for w in gate.warnings] == ["docs/runbooks/bt_abandonment.md"]


def test_a_dropped_week_of_999_calls_warns_with_feed_line_and_days(made):
    settings, contracts = made
    with open_build(settings) as connection:
        connection.execute("delete from raw.force_calls where line = '999' and offered_at >= date '2023-06-05' and offered_at < date '2023-06-12'")
        rebuild(connection, contracts)
    result = run(settings, contracts, "core.fct_force_calls")["core.fct_force_calls", "volume_by_weekday"]
    assert result.status == "warned"
    assert result.failed_count == 7
    days = ", ".join(str(date(2023, 6, 5) + timedelta(n)) for n in range(7))
    assert (
        result.message == f"Force telephony calls: unusual numbers of rows for the weekday: wiltshire 999 low on {days}: 0 rows where 420 are usual"
    )
    assert (result.from_month, result.to_month) == (date(2023, 6, 1), date(2023, 6, 1))


def test_a_dropped_last_week_warns_although_the_line_has_no_later_rows(made):
    settings, contracts = made
    with open_build(settings) as connection:
        connection.execute("delete from raw.force_calls where line = '999' and offered_at >= date '2023-07-25'")
        rebuild(connection, contracts)
    result = run(settings, contracts, "core.fct_force_calls")["core.fct_force_calls", "volume_by_weekday"]
    assert (result.status, result.failed_count) == ("warned", 7)


def test_rows_dated_in_the_future_warn_and_do_not_upset_the_volume_check(made):
    settings, contracts = made
    with open_build(settings) as connection:
        add_rows(
            connection,
            contracts,
            "force_calls",
            "select 'F' || n as call_id, 'wiltshire' as force_code, '999' as line, timestamp '2031-02-03' as offered_at from range(3) t(n)",
        )
        rebuild(connection, contracts)
    results = run(settings, contracts, "raw.force_calls", "core.fct_force_calls")
    future = results["raw.force_calls", "dated_in_the_future"]
    assert (future.status, future.failed_count, future.from_month) == ("warned", 3, date(2031, 2, 1))
    assert results["core.fct_force_calls", "volume_by_weekday"].status == "passed"
    assert results["raw.force_calls", "fresh"].status == "passed"


@pytest.mark.parametrize(
    ("break_it", "table", "check", "told"),
    [
        (
            "update raw.arrests set arrested_at = date_trunc('month', arrested_at) + interval 155 hour",
            "raw.arrests",
            "on_one_day_of_each_month",
            "all lie on one day of each month (arrests/",
        ),
        (
            "update raw.arrests set arrested_at = date_trunc('day', arrested_at)",
            "raw.arrests",
            "in_one_hour",
            "all lie in one hour of the day (arrests/",
        ),
        (
            "insert into ingest.rejects select max(load_id), feed, 7, 'arrest_id', 'scientific_notation', null from ingest.loads "
            "where feed = 'arrests' group by feed",
            "raw.arrests",
            "identifiers_in_scientific_notation",
            "Arrests: rows rejected because a spreadsheet has lost digits of their identifiers (as in 2.02E+12 or ####): 1 (arrests/",
        ),
        (
            "insert into intermediate.int_feed_months (feed, force_code, month, row_count) select 'arrests', 'wiltshire', month, "
            "if(month = date '2023-06-01', 600, 300) from (select cast(unnest(generate_series(date '2023-01-01', date '2023-07-01', "
            "interval 1 month)) as date) as month)",
            "core.fct_arrests",
            "month_is_a_double",
            "wiltshire 2023-06 has 600 rows where 300 are usual, about or exactly twice as many (arrests/",
        ),
        (
            "update raw.incident_logs set deployed = false where created_at >= date '2023-07-01'",
            "staging.stg_command_control__logs",
            "share_of_a_value",
            "deployed is false in 100 % of 2023-07, where 0 % are usual",
        ),
        (
            "update raw.crimes set offence_group = 'jane smith' where crime_ref in ('K1', 'K2')",
            "raw.crimes",
            "listed_values_offence_group",
            "crimes.offence_group: 2 rows hold values that the contract does not list, published as other (crimes/",
        ),
    ],
)
def test_what_can_hardly_be_warns_with_figure_file_and_way_out(made, break_it, table, check, told):
    settings, contracts = made
    with open_build(settings) as connection:
        connection.execute(break_it)
        if break_it.startswith("update raw"):
            rebuild(connection, contracts)
    found = run(settings, contracts, table)[table, check]
    assert (found.status, told in found.message) == ("warned", True), found.message
    assert "jane" not in found.message


def test_a_month_supplied_in_part_warns_with_its_files_and_the_way_out(made):
    settings, contracts = made
    with open_build(settings) as connection:
        connection.execute(
            "insert into intermediate.int_feed_months values "
            "('crimes', 'wiltshire', date '2023-05-01', 31, false, 310, '31 of about 310 rows'), "
            "('crimes', 'wiltshire', date '2023-06-01', 0, false, 310, 'no rows'), ('crimes', 'wiltshire', date '2023-07-01', 31, false, 310, null)"
        )
    results = run(settings, contracts, "core.fct_crimes", "core.fct_arrests")
    found = results["core.fct_crimes", "month_supplied_in_part"]
    assert (found.status, found.from_month, found.to_month) == ("warned", date(2023, 5, 1), date(2023, 5, 1))
    assert found.message.startswith("Recorded crimes: wiltshire 2023-05 has 31 of about 310 rows (crimes/")
    assert "approved_months" in found.message
    assert results["core.fct_arrests", "month_supplied_in_part"].status == "passed"


def test_negative_intervals_above_the_tolerated_share_warn_with_their_month(made):
    settings, contracts = made
    with open_build(settings) as connection:
        connection.execute("update raw.force_calls set answered_at = offered_at - interval 1 hour where month(offered_at) = 6 and _file_row % 20 = 1")
        connection.execute(
            "update raw.force_calls set answered_at = offered_at - interval 1 hour where month(offered_at) = 4 and _file_row % 1500 = 1"
        )
        rebuild(connection, contracts)
    result = run(settings, contracts, "staging.stg_telephony__calls")["staging.stg_telephony__calls", "answered_at_before_offered_at"]
    assert result.status == "warned"
    assert (result.from_month, result.to_month) == (date(2023, 6, 1), date(2023, 6, 1))
    assert "2023-06" in result.message and "2023-04" not in result.message
    assert 1 < result.observed < 10


def test_outcomes_without_crime_warn_but_not_when_there_are_no_crimes_at_all(made):
    settings, contracts = made
    with open_build(settings) as connection:
        connection.execute("delete from raw.crimes where recorded_at >= date '2023-07-30'")
        rebuild(connection, contracts)
    result = run(settings, contracts, "core.fct_crime_outcomes")["core.fct_crime_outcomes", "has_crime"]
    assert (result.status, result.failed_count, result.checked_count) == ("warned", 20, 310)
    with open_build(settings) as connection:
        connection.execute("delete from raw.crimes")
    result = run(settings, contracts, "core.fct_crime_outcomes")["core.fct_crime_outcomes", "has_crime"]
    assert (result.status, result.message) == ("skipped", "no data yet for crimes")


def test_a_late_feed_warns_by_cadence_and_latency(made):
    settings, contracts = made
    late = run(settings, contracts, "raw.force_calls", now=NOW + timedelta(days=2))["raw.force_calls", "fresh"]
    assert late.status == "warned"
    assert late.message == "Force telephony calls: data are overdue, latest 31 July 2023, expected daily"
    assert late.observed == 3
    assert run(settings, contracts, "raw.force_calls", now=NOW + timedelta(days=1))["raw.force_calls", "fresh"].status == "passed"


@pytest.mark.parametrize(
    ("break_it", "table", "check"),
    [
        ("update ingest.loads set rows_read = rows_read + 1 where feed = 'arrests'", "raw.arrests", "read_is_accepted_and_rejected"),
        ("update ingest.loads set rows_read = 1401, rows_rejected = 1 where feed = 'arrests'", "raw.arrests", "read_is_accepted_and_rejected"),
        ("delete from raw.arrests where arrest_id = 'A7'", "raw.arrests", "raw_is_accepted"),
        ("insert into raw.arrests select * replace (999 as _load_id) from raw.arrests limit 1", "raw.arrests", "raw_is_accepted"),
        (f"create or replace view {ARRESTS} as select *, 1 as version_count from raw.arrests limit 10", ARRESTS, "raw_is_staged_and_superseded"),
        (f"create or replace view {ARRESTS} as select *, n as version_count from raw.arrests, (values (0), (1)) t(n)", ARRESTS, "unique_key"),
        ("update raw.arrests set crime_ref = null where arrest_id = 'A7'", "raw.arrests", "not_null_crime_ref"),
        ("update raw.force_calls set line = 'fax' where call_id = 'C7'", "raw.force_calls", "allowed_values_line"),
        ("update raw.crimes set victim_age = 300 where crime_ref = 'K7'", "raw.crimes", "within_range_victim_age"),
        ("update raw.crime_outcomes set outcome_code = 'fifteen' where outcome_id = 'O7'", "raw.crime_outcomes", "pattern_outcome_code"),
        ("alter table raw.arrests alter extracted_at type varchar", "raw.arrests", "raw_schema"),
        ("alter table raw.arrests drop extracted_at", "raw.arrests", "raw_schema"),
    ],
)  # fmt: skip
def test_what_must_never_happen_fails_and_closes_the_gate(made, break_it, table, check):
    settings, contracts = made
    with open_build(settings) as connection:
        connection.execute(break_it)
    results = run(settings, contracts, table)
    failed = {name for (_, name), r in results.items() if r.status == "failed"}
    assert failed == {check}
    with open_build(settings) as connection:
        gate = evaluate_gate(connection, RUN)
    assert not gate.is_open
    assert check in gate.message
    assert "docs/runbooks/" in gate.message


def test_reject_shares_warn_above_two_per_cent_and_fail_above_half(made):
    settings, contracts = made
    row = "select 'X' || n as call_id, 'wiltshire' as force_code, '101' as line, timestamp '2023-07-31 12:00:00' as offered_at from range(10) t(n)"
    with open_build(settings) as connection:
        add_rows(connection, contracts, "force_calls", row, rejected=400)
    results = run(settings, contracts, "raw.force_calls")
    assert results["raw.force_calls", "rejected_share"].status == "warned"
    assert results["raw.force_calls", "rejected_share"].message == "Force telephony calls: 400 of 14,410 rows (2.8%) of recent files were rejected"
    assert results["raw.force_calls", "rejected_share_new"].status == "passed"
    with open_build(settings) as connection:
        connection.execute("update ingest.loads set run_id = 'yesterday' where load_id = 1")
    assert run(settings, contracts, "raw.force_calls")["raw.force_calls", "rejected_share_new"].status == "failed"


def test_refused_files_unexpected_columns_and_unknown_values_warn(made):
    settings, contracts = made
    with open_build(settings) as connection:
        connection.execute("update ingest.loads set unexpected_columns = 'wrap up time, 07700900123' where feed = 'incident_logs'")
        connection.execute(
            """
            insert into ingest.loads (load_id, run_id, feed, file_path, contract_fingerprint, status, loaded_at)
            values (900, 'run-0', 'incident_logs', 'incident_logs/bad.csv', 'f', 'refused', timestamp '2023-07-01'),
                   (901, 'run-0', 'incident_logs', 'incident_logs/mended.csv', 'f', 'refused', timestamp '2023-07-01'),
                   (902, 'run-1', 'incident_logs', 'incident_logs/mended.csv', 'f', 'loaded', timestamp '2023-07-02')
            """
        )
        connection.execute("update raw.incident_logs set final_grade = 'Grade 9' where month(created_at) = 7 and _file_row % 30 = 0")
    results = run(settings, contracts, "raw.incident_logs")
    refused = results["raw.incident_logs", "refused_files"].message
    assert refused.startswith("Command-and-control logs: refused files, whose rows are in no figure: 1;")
    assert results["raw.incident_logs", "unexpected_columns"].message.endswith("does not know: wrap up time (files: 1). They are not loaded")
    assert results["raw.incident_logs", "listed_values_final_grade"].from_month == date(2023, 7, 1)
    assert all(r.status != "failed" for r in results.values())


def test_keys_repeated_within_a_new_file_warn(made):
    settings, contracts = made
    with open_build(settings) as connection:
        add_rows(
            connection,
            contracts,
            "arrests",
            "select 'Z1' as arrest_id, 'K1' as crime_ref, 'wiltshire' as force_code, timestamp '2023-07-01' as arrested_at from range(2)",
        )
        rebuild(connection, contracts)
    results = run(settings, contracts, "raw.arrests", "staging.stg_custody__arrests")
    assert results["raw.arrests", "repeated_within_file"].status == "warned"
    assert {r.status for r in results.values() if r.check_name != "repeated_within_file"} == {"passed"}


def test_no_result_and_no_message_holds_a_value(made):
    settings, contracts = made
    with open_build(settings) as connection:
        connection.execute(f"update raw.force_calls set cli = '{PERSONAL_VALUE}', call_id = '{PERSONAL_VALUE}' where _file_row % 10 = 0")
        connection.execute(
            f"update raw.force_calls set line = '{PERSONAL_VALUE}', answered_at = offered_at - interval 1 day where _file_row % 10 = 0"
        )
        connection.execute("alter table raw.crime_outcomes alter outcome_code type varchar")
        connection.execute(f"update raw.crime_outcomes set outcome_code = '{PERSONAL_VALUE}'")
        rebuild(connection, contracts)
    run(settings, contracts)
    with open_build(settings) as connection:
        rows = connection.execute("select * from quality.check_results").fetchall()
    assert sum(r[9] == "failed" for r in rows) >= 2
    assert PERSONAL_VALUE not in str(rows)


def test_a_check_that_cannot_be_evaluated_closes_the_gate_without_quoting_data(made):
    settings, contracts = made
    with open_build(settings) as connection:
        connection.execute("drop table core.fct_arrests")
        connection.execute("drop table core.fct_logs")
        connection.execute(
            """
            create view core.fct_logs as
            select force_code, cast(log_number as date) as local_date, local_date as month from staging.stg_command_control__logs
            """
        )
    results = run(settings, contracts, "core.fct_arrests", "core.fct_logs")
    missing = results["core.fct_arrests", "has_crime"]
    assert (missing.status, missing.severity) == ("failed", "warn")
    assert missing.message == "has_crime of core.fct_arrests could not be evaluated: core.fct_arrests does not exist; run the transform"
    broken = results["core.fct_logs", "volume_by_weekday"]
    assert broken.status == "failed"
    assert broken.message.endswith("could not be evaluated: Conversion Error") or "Binder Error" in broken.message
    with open_build(settings) as connection:
        assert not evaluate_gate(connection, RUN).is_open


def test_an_earlier_view_reconciles_with_the_raw_rows_known_then(made):
    settings, contracts = made
    with open_build(settings) as connection:
        connection.execute("update raw.arrests set _extracted_at = timestamp '2023-07-01 22:59:59' where _file_row <= 5")
        connection.execute("update raw.arrests set _extracted_at = timestamp '2023-07-01 23:00:00' where _file_row > 5")
        connection.execute(
            "create or replace view staging.stg_custody__arrests as select *, 1 as version_count from raw.arrests where _file_row <= 5"
        )
    name = ("staging.stg_custody__arrests", "raw_is_staged_and_superseded")
    assert run(settings, contracts, name[0])[name].status == "failed"
    assert run(settings, contracts, name[0], as_at="2023-07-01")[name].status == "passed"
    assert run(settings, contracts, name[0], as_at="2023-07-01 23:59:59")[name].status == "passed"


def test_a_run_without_results_keeps_the_gate_closed(made):
    settings, _ = made
    with open_build(settings) as connection:
        gate = evaluate_gate(connection, "another run")
    assert not gate.is_open
    assert "no check of run another run" in gate.message


def test_parts_greater_than_their_whole_and_uncounted_casualties_warn(made):
    settings, contracts = made
    with open_build(settings) as connection:
        add_rows(
            connection,
            contracts,
            "speedwatch_sessions",
            """
            select 'S' || n as session_id, 'wiltshire' as force_code, date '2023-07-01' as session_date, 'Westwood' as location,
                4 as checks, 5 as vehicles_observed, if(n < 2, 6, 5) as vehicles_speeding
            from range(100) as numbers(n)
            """,
        )
        add_rows(
            connection,
            contracts,
            "collisions",
            """
            select 'X' || n as collision_index, 'wiltshire' as force_code, date '2023-07-01' as date, 'serious' as collision_severity,
                1 as number_of_casualties, 0 as fatal_casualties, if(n = 0, null, 1) as serious_casualties
            from range(20) as numbers(n)
            """,
        )
        rebuild(connection, contracts)
    results = run(settings, contracts)
    speeding = results["staging.stg_roads__speedwatch_sessions", "more_vehicles_speeding_than_vehicles_observed"]
    assert (speeding.status, speeding.failed_count, speeding.checked_count) == ("warned", 2, 100)
    uncounted = results["core.fct_collisions", "severity_without_casualties"]
    assert (uncounted.status, uncounted.failed_count, uncounted.checked_count) == ("warned", 1, 20)
    assert results["staging.stg_roads__collisions", "more_serious_casualties_than_number_of_casualties"].status == "passed"


def test_snapshots_are_compared_with_snapshots_and_not_month_with_month(made):
    """Two snapshots in the last month are twice a month's rows and nothing to warn of; half a list is."""
    settings, contracts = made
    snapshots = "(values (date '2023-03-31', 0), ('2023-04-30', 40), ('2023-05-31', 80), ('2023-07-30', 120), ('2023-07-31', 160)) as s(day, first)"
    select = """
        select day as snapshot_date, sha256('p' || (first + n)) as suspect_id, 'K' || n as crime_ref, 'wiltshire' as force_code,
            'outstanding' as status
        from {snapshots} cross join range({rows}) as numbers(n)
    """
    with open_build(settings) as connection:
        add_rows(connection, contracts, "suspects", select.format(snapshots=snapshots, rows=40))
        rebuild(connection, contracts)
    results = run(settings, contracts, "core.fct_suspects")
    assert {name for (_, name) in results} == {"has_crime", "volume_by_snapshot"}
    assert {r.status for r in results.values()} == {"passed"}
    with open_build(settings) as connection:
        add_rows(connection, contracts, "suspects", select.format(snapshots="(values (date '2023-08-01', 900)) as s(day, first)", rows=5))
        rebuild(connection, contracts)
    result = run(settings, contracts, "core.fct_suspects")["core.fct_suspects", "volume_by_snapshot"]
    assert (result.status, result.message) == (
        "warned",
        "Outstanding suspects: unusual numbers of rows: wiltshire 2023-08-01: 5 rows where 40 are usual",
    )


def test_a_demonstration_is_judged_as_on_its_own_date_until_other_data_come(made):
    """Nothing more was to come after its last extract; an event after its date ends it."""
    settings, contracts = made
    years_later = NOW + timedelta(days=1_200)

    def fresh() -> str:
        return run(settings, contracts, "raw.force_calls", now=years_later)["raw.force_calls", "fresh"].status

    assert fresh() == "warned"
    with open_build(settings) as connection:
        connection.execute("create schema if not exists intermediate")
        connection.execute("create or replace table intermediate.int_feed_days as select 'force_calls' as feed, date '2023-07-31' as local_date")
    declare(settings, date(2023, 10, 2))
    assert fresh() == "passed"
    with open_build(settings) as connection:
        connection.execute("insert into intermediate.int_feed_days values ('crimes', date '2023-10-03')")
    assert fresh() == "warned"


def test_a_register_that_came_again_with_nothing_new_is_fresh(made):
    settings, contracts = made
    with open_build(settings) as connection:
        add_rows(
            connection,
            contracts,
            "section_60",
            """
            select 'A1' as authority_id, 'Swindon' as area, timestamp '2023-04-29 17:00:00' as from_at,
                timestamp '2023-05-02 08:00:00' as _extracted_at, timestamp '2023-05-02 08:30:00' as _loaded_at
            """,
        )
        rebuild(connection, contracts)
    assert run(settings, contracts, "raw.section_60")["raw.section_60", "fresh"].status == "warned"
    with open_build(settings) as connection:
        connection.execute("insert into ingest.file_stats values ('section_60', 'section_60/section_60_2023-06_x20230702T0900.csv', 1, 1, 'hash1')")
    assert run(settings, contracts, "raw.section_60")["raw.section_60", "fresh"].status == "passed"
