"""Files that were read wrongly or not at all once, as they came: each case's landing folder and layouts lie beside this test."""

from __future__ import annotations

import shutil
from datetime import date, datetime
from pathlib import Path

import pytest

from pipelines.contracts.loading import load_contracts
from pipelines.ingest.feed import FileOutcome
from tests.landing import Landing

HERE = Path(__file__).parent


@pytest.fixture
def case(tmp_path, request) -> Landing:
    """The case that the test is named after, taken in."""
    name = request.node.originalname.removeprefix("test_")
    shutil.copytree(HERE / name / "landing", tmp_path / "landing")
    landing = Landing.at(tmp_path)
    landing.contracts = load_contracts(extra_layouts=HERE / name / "layouts")
    return landing


def taken(case: Landing) -> FileOutcome:
    """The outcome of the case's one file."""
    (feed,) = (path.name for path in case.settings.landing_dir.iterdir())
    (outcome,) = case.run(feed).files
    return outcome


def counts(outcome: FileOutcome) -> tuple[str, int, int, int]:
    return outcome.status, outcome.rows_read, outcome.rows_accepted, outcome.rows_rejected


def test_percent_cells(case):
    assert counts(taken(case)) == ("loaded", 3, 3, 0)
    assert case.query("select value, numerator from raw.measure_returns order by _file_row") == [(75, 150), (62, None), (48.5, None)]


def test_title_above_header(case):
    assert counts(taken(case)) == ("loaded", 7, 6, 1)
    assert {row for row, _, rule in case.reasons() if rule == "required"} == {12}


def test_merged_cells(case):
    assert counts(taken(case)) == ("loaded", 6, 6, 0)
    assert case.query("select measure_id, sum(value) from raw.measure_returns group by all order by all") == [
        ("idva_referrals", 109),
        ("marac_cases", 100),
    ]
    assert case.query("select distinct rule, count(*) from ingest.notes group by all") == [("merged_cell", 6)]


def test_acd_preamble(case):
    assert counts(taken(case)) == ("loaded", 7, 6, 1)
    assert case.query("select line, count(*) from raw.force_calls group by all") == [("101", 6)]
    assert {row for row, _, _ in case.reasons()} == {12}


def test_us_order_silent(case):
    outcome = taken(case)
    assert (outcome.rows_read, outcome.rows_accepted) == (12, 1)
    assert case.query("select offered_at::date from raw.force_calls") == [(date(2023, 7, 7),)]
    assert {reason[1:] for reason in case.reasons()} == {("offered_at", "month_or_day_first")}


def test_access_booleans(case):
    assert counts(taken(case)) == ("loaded", 6, 6, 0)
    assert case.query("select deployed, count(*) from raw.incident_logs group by all order by all") == [(False, 2), (True, 4)]


def test_decimal_comma(case):
    assert counts(taken(case)) == ("loaded", 3, 0, 3)
    assert {reason[1:] for reason in case.reasons()} == {("value", "invalid_number")}


def test_utc_unmarked(case):
    assert counts(taken(case)) == ("loaded", 4, 4, 0)
    assert case.query("select min(offered_at), max(offered_at) from raw.force_calls") == [(datetime(2023, 6, 30, 23), datetime(2023, 6, 30, 23, 30))]


def test_months_in_words(case):
    assert counts(taken(case)) == ("loaded", 9, 9, 0)
    assert case.query("select strftime(period_end, '%Y-%m') from raw.measure_returns order by value") == [
        (month,) for month in ("2023-06", "2023-07", "2023-08", "2023-09", "2023-10", "2023-11", "2023-12", "2024-01", "2024-02")
    ]


def test_layout_formats_only(case):
    outcome = taken(case)
    assert (outcome.layout, *counts(outcome)) == ("us_times", "loaded", 31, 31, 0)
    assert case.query("select count(distinct offered_at::date), min(offered_at), max(offered_at) from raw.force_calls") == [
        (31, datetime(2023, 7, 1, 13), datetime(2023, 7, 31, 13))
    ]


def test_foreign_cad(case):
    outcome = taken(case)
    assert (outcome.layout, *counts(outcome)) == ("cad", "loaded", 61, 60, 1)
    assert case.reasons() == {(64, "_row", "left_out")}
    grades = dict(case.query("select final_grade, count(*) from raw.incident_logs group by all"))
    assert (grades["Immediate"], grades["Priority"]) == (13, 27)
    assert case.query("select count(*) from raw.incident_logs where deployed") == [(49,)]
    waits = "select epoch(first_arrived_at - created_at) as wait, final_grade from raw.incident_logs where first_arrived_at is not null"
    assert case.query(f"select avg(wait), count(*) from ({waits}) where final_grade = 'Immediate'") == [(1370, 12)]
    assert case.query(f"select median(wait), count(*) from ({waits}) where final_grade = 'Priority'") == [(1680, 25)]
    assert case.query("select distinct cpt from raw.incident_logs order by all") == [("Salisbury",), ("Swindon",), ("Trowbridge",), (None,)]
    assert b"OPERATOR" not in case.database_bytes().replace(b"Operator Name", b"")


def test_foreign_acd(case):
    outcome = taken(case)
    assert (outcome.layout, *counts(outcome)) == ("acd", "loaded", 81, 80, 1)
    assert {rule for _, _, rule in case.reasons()} == {"left_out"}
    july = "from raw.force_calls where not is_test and offered_at >= '2023-06-30 23:00' and offered_at < '2023-07-31 23:00'"
    assert case.query(f"select line, count(*) {july} group by all order by all") == [("101", 41), ("999", 21)]
    assert case.query(f"select line, round(avg(epoch(answered_at - offered_at)), 4) {july} group by all order by all") == [
        ("101", 86.5556),
        ("999", 81.4706),
    ]
    assert case.query(f"select round(100 * count(abandoned_at) / count(*), 4) {july} and line = '101'") == [(12.1951,)]
    assert b"079000000" not in case.database_bytes()


def test_wide_return(case):
    outcome = taken(case)
    assert (outcome.layout, *counts(outcome)) == ("csp", "loaded", 25, 23, 2)
    assert {reason[1:] for reason in case.reasons()} == {("_row", "left_out")}
    figures = {
        (measure, area): values
        for measure, area, values in case.query(
            "select measure_id, area_id, string_agg(coalesce(value::varchar, '-'), ' ' order by period_end) from raw.measure_returns group by all"
        )
    }
    assert figures == {
        ("marac_cases", "swindon"): "41.0 38.0 44.0",
        ("marac_cases", "wiltshire_county"): "63.0 59.0 61.0",
        ("idva_referrals", "swindon"): "52.0 49.0 55.0",
        ("idva_referrals", "wiltshire_county"): "88.0 90.0",
        ("nhs_assault_attendances", "swindon"): "33.0 29.0 31.0",
        ("nhs_assault_attendances", "wiltshire_county"): "47.0 - 45.0",
        ("crown_effective_trial_rate", "swindon"): "75.0 62.0 48.5",
        ("crown_effective_trial_rate", "wiltshire_county"): "80.0 81.0 79.0",
    }
    assert case.query("select measure_id, period_end, _file_row from raw.measure_returns where is_suppressed") == [
        ("nhs_assault_attendances", date(2023, 5, 1), 6006)
    ]
    assert case.query("select count(distinct _file_row) from raw.measure_returns") == [(23,)]


def test_excel_ids(case):
    assert counts(taken(case)) == ("loaded", 6, 0, 6)
    assert {reason[1:] for reason in case.reasons()} == {("collision_index", "scientific_notation")}


@pytest.mark.parametrize(
    ("name", "read", "rejects"),
    [
        ("extra_hdr_cr.csv", 20, set()),
        ("hdr_quoted_cr.csv", 5, set()),
        ("lead_cr.csv", 20, set()),
        ("title_cr.csv", 20, set()),
        ("two_quotes_far.csv", 22, {(2, "_row", "broken_quotes"), (18, "line", "not_allowed")}),
        ("year1.csv", 21, {(22, "offered_at", "invalid_timestamp")}),
        ("year3.csv", 21, {(22, "offered_at", "invalid_timestamp")}),
        ("year4.csv", 21, {(22, "offered_at", "invalid_timestamp")}),
    ],
)
def test_a_fault_costs_its_own_row_and_no_other(tmp_path, name, read, rejects):
    landing = Landing.at(tmp_path)
    outcome = landing.take(f"force_calls/{name}", (HERE / "faults" / "force_calls" / name).read_bytes())
    assert counts(outcome) == ("loaded", read, read - len(rejects), len(rejects))
    assert landing.reasons() == rejects


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("force_calls/badref.xlsx", "within its bounds"),
        ("force_calls/fuzz_suspects_m014.xlsx", "within its bounds"),
        ("force_calls/hugedim.xlsx", "within its bounds"),
        ("force_calls/names_in_header.csv", "lacks the required columns force_code, line, offered_at"),
        ("police_uk_street/m022.csv.gz", "has a header line that cannot be read"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(tmp_path, name, message):
    landing = Landing.at(tmp_path)
    outcome = landing.take(name, (HERE / "faults" / name).read_bytes())
    assert outcome.status == "refused"
    assert message in outcome.message


def test_each_file_of_a_mixed_folder_is_taken_or_named(tmp_path):
    landing = Landing.at(tmp_path)
    month = "police_uk_street/2023-05/2023-05-wiltshire"
    landing.write(
        f"{month}-street.csv",
        "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,Last outcome category,Context\n"
        ",2023-05,Wiltshire Police,Wiltshire Police,-1.78,51.56,On or near A Road,E01015479,Swindon 001A,Anti-social behaviour,,\n",
    )
    landing.write(
        f"{month}-outcomes.csv",
        "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Outcome type\n"
        "ab,2023-05,Wiltshire Police,Wiltshire Police,-1.78,51.56,On or near A Road,E01015479,Swindon 001A,Local resolution\n",
    )
    landing.write(
        f"{month}-stop-and-search.csv",
        "Type,Date,Part of a policing operation,Policing operation,Latitude,Longitude,Gender,Age range,Self-defined ethnicity,"
        "Officer-defined ethnicity,Legislation,Object of search,Outcome\nPerson search,2023-05-01T10:00:00+00:00,,,51.5,-1.7,Male,18-24,,,,,\n",
    )
    outcomes = {f.file_path.removeprefix(month): f for f in landing.run("police_uk_street").files}
    assert {name: (f.status, f.rows_read) for name, f in outcomes.items()} == {
        "-street.csv": ("loaded", 1),
        "-outcomes.csv": ("loaded", 0),
        "-stop-and-search.csv": ("loaded", 0),
    }
    assert "holds outcomes of data.police.uk, which police_uk_street does not take" in outcomes["-outcomes.csv"].message
    assert "holds stops and searches" in outcomes["-stop-and-search.csv"].message
    assert landing.run("police_uk_street", run_id="run-2").files == ()
