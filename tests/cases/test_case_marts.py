"""Cases whose right outcome shows in the figures: taken in together, built by dbt, checked."""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path

import pytest

from pipelines.quality.model import CheckResult
from pipelines.quality.runner import run_checks
from tests.building import Dbt
from tests.landing import NOW, Landing

HERE = Path(__file__).parent
CASES = ("street_republished/landing", "two_versions/landing", "half_a_year/landing", "thin_month/landing", "segments/landing", "faults")
FEEDS = ("police_uk_street", "incident_logs", "crimes", "arrests", "measure_returns")
YEAR_2019 = "period_end between date '2019-01-01' and date '2019-12-31'"

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("parsed")]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Landing:
    folder = tmp_path_factory.mktemp("cases")
    for case in CASES:
        shutil.copytree(HERE / case, folder / "landing", dirs_exist_ok=True)
    landing = Landing.at(folder)
    for feed in FEEDS:
        landing.run(feed)
    Dbt(folder / "target", ["measure_values", "measure_comparisons", "fct_logs", "return_issues", "report_lines"]).build(landing.settings.build_path)
    return landing


@pytest.fixture(scope="module")
def checked(built: Landing) -> dict[tuple[str, str], CheckResult]:
    return {(r.table_name, r.check_name): r for r in run_checks(built.settings, built.contracts, "run-1", NOW)}


def figures(built: Landing, where: str, columns: str = "value") -> list[tuple]:
    return built.query(
        f"select {columns} from measures.measure_values where measure_id = 'street_crime_volume' and segment = 'all' and {where} order by all"
    )


def test_a_month_downloaded_again_is_that_of_the_later_download(built: Landing):
    assert figures(built, "area_id = 'wiltshire_force' and period_type = 'month' and period_end = date '2023-05-31'") == [(6.0,)]


def test_of_two_extracts_in_one_run_the_later_by_name_counts(built: Landing):
    assert built.query("select final_grade, count(*) from core.fct_logs group by all") == [("Priority", 6)]


def test_half_a_year_is_no_year(built: Landing):
    def complete(area: str) -> list[tuple]:
        return figures(built, f"area_id = '{area}' and period_type <> 'month' and is_complete and {YEAR_2019}", "period_type, period_end, value")

    assert complete("wiltshire_force") == [("quarter", date(2019, 3, 31), 30.0), ("quarter", date(2019, 6, 30), 30.0)]
    assert complete("dorset_force")[-1] == ("year", date(2019, 12, 31), 120.0)


def test_what_is_compared_with_half_a_year_says_why_it_cannot_be(built: Landing):
    of = "measure_id = 'street_crime_volume' and area_id = 'wiltshire_force' and segment = 'all' and comparison = 'baseline_2019'"
    assert built.query(f"select count(*) from measures.measure_comparisons where {of} and (base_value is not null or reason is null)") == [(0,)]


def test_a_month_with_a_fraction_of_its_neighbours_is_no_fall_in_crime(built: Landing, checked: dict[tuple[str, str], CheckResult]):
    def hampshire(period_type: str, end: str) -> list[tuple]:
        where = f"area_id = 'hampshire_force' and period_type = '{period_type}' and period_end = date '{end}'"
        return figures(built, where, "value, is_complete, quality_grade, caveat")

    reason = "not complete: Aug 2017 has 2 of about 30 rows of police_uk_street"
    assert hampshire("month", "2017-08-31") == [(2.0, False, "D", reason)]
    assert hampshire("year", "2017-12-31") == [(332.0, False, "D", reason)]
    assert hampshire("r12m", "2017-12-31") == [(None, False, "D", reason)]
    assert hampshire("month", "2017-09-30") == [(30.0, True, "A", None)]
    found = checked["core.fct_street_crimes", "month_supplied_in_part"]
    assert (found.status, found.from_month) == ("warned", date(2017, 8, 1))
    assert "2017-08-hampshire-street.csv" in found.message


def test_one_record_written_thirteen_times_counts_once_and_is_named(built: Landing, checked: dict[tuple[str, str], CheckResult]):
    assert figures(built, "area_id = 'hampshire_force' and period_type = 'month' and period_end = date '2017-05-31'") == [(30.0,)]
    found = checked["raw.police_uk_street", "repeated_records"]
    assert (found.status, found.failed_count) == ("warned", 12)
    assert "2017-05-hampshire-street.csv" in found.message


def test_a_text_that_is_no_listed_value_is_other_and_reaches_no_table_behind_staging(built: Landing, checked: dict[tuple[str, str], CheckResult]):
    segments = "select distinct segment from measures.measure_values where measure_id = '{}' and segment <> 'all' order by 1"
    assert built.query(segments.format("recorded_crime_volume")) == [("other",), ("stalking and harassment",)]
    assert built.query(segments.format("workforce_strength")) == [("officers",), ("other",)]
    assert built.query(segments.format("vehicle_stops")) == []
    texts = built.query(
        "select table_schema || '.' || table_name, column_name from information_schema.columns "
        "where data_type = 'VARCHAR' and table_schema not in ('raw', 'staging', 'ingest') and table_catalog = current_database()"
    )
    holding = [
        (table, column)
        for table, column in texts
        if built.query(f"select count(*) from {table} where regexp_matches(\"{column}\", '(?i)cangroup|candisp|canrisk|j[ao][an][ne] smith')")
        != [(0,)]
    ]
    assert holding == []
    assert checked["raw.crimes", "listed_values_offence_group"].failed_count == 1
    assert checked["raw.arrests", "listed_values_disposal"].failed_count == 1
    issues = built.query("select file_row, measure_id, segment, is_rejected from quality.return_issues where rule = 'unknown_segment' order by 1")
    assert issues == [(3, "workforce_strength", "other", False), (4, "vehicle_stops", "other", True), (5, "vehicle_stops", "other", True)]
    assert checked["quality.return_issues", "measure_returns_segments_listed"].failed_count == 3
    # one file of one measure, or the first of several, and how many more
    assert re.search(
        r"\(\w+ in measure_returns/\S+( and \d+ files more)?[;)]", checked["quality.return_issues", "measure_returns_segments_listed"].message
    )
