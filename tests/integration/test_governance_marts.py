"""The governance workbook from file to mart: what is overdue is found by rule, history is kept, a badly edited version is answered.

One warehouse and three dbt runs serve all tests: after the demonstration's two versions, after a badly edited third one, and as it was
known on 30 September.
"""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import duckdb
import pytest

from pipelines.synthetic.governance import FOLDER, write_workbooks
from tests.bad_workbook import badly_edited
from tests.building import Dbt
from tests.landing import Landing

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("parsed")]

MODELS = ("+path:models/governance/*.sql", "+int_series_breaks", "+int_spc_rebases")
OVERDUE = {
    "melksham_custody_suite_first_floor",
    "asb_educational_tool_kit",
    "advocacy_sv_services_tender",
    "victim_needs_assessment_report",
}
DUE_IN_MONTH = {"therapeutic_interventions_child_abuse", "serious_violence_strategic_needs_assessment"}


def build(path: Path, target: Path, *options: str) -> None:
    """The governance models with dbt's own tests, which must pass."""
    Dbt(target, MODELS).build_only(path, MODELS, "--indirect-selection", "cautious", *options, without=["unit_test"])


def ingest(landing: Landing, run_id: str) -> None:
    for feed in landing.contracts.folders[FOLDER]:
        landing.run(feed.name, run_id)


class Mart:
    def __init__(self, path: Path) -> None:
        self.path = path

    def rows(self, sql: str) -> list[tuple]:
        with duckdb.connect(str(self.path), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def values(self, sql: str) -> set:
        return {value for (value,) in self.rows(sql)}


@pytest.fixture(scope="module")
def marts(tmp_path_factory) -> dict[str, Mart]:
    folder = tmp_path_factory.mktemp("governance")
    landing, target = Landing.at(folder), folder / "dbt"
    feeds = landing.contracts.folders[FOLDER]
    list(write_workbooks(landing.settings.landing_dir, feeds, date(2023, 7, 31)))
    path = landing.settings.build_path
    for feed in set(landing.contracts.feeds) - {f.name for f in feeds}:
        landing.run(feed)

    def keep(name: str) -> Mart:
        """A copy of the warehouse under its own name: its views name the database by its file."""
        copy = folder / name / path.name
        copy.parent.mkdir()
        shutil.copy(path, copy)
        return Mart(copy)

    ingest(landing, "run-1")
    build(path, target)
    marts = {"september": keep("september")}
    landing.write("governance/governance_2023-12-31.xlsx", badly_edited())
    ingest(landing, "run-2")
    build(path, target)
    marts["december"] = keep("december")
    build(path, target, "--vars", "{as_at: '2023-09-30'}")
    return marts | {"as_at": keep("as_at")}


def test_overdue_and_due_deliverables_of_30_september_are_found_by_rule(marts):
    september = marts["september"]
    assert september.values("select as_of from governance.deliverables") == {date(2023, 9, 30)}
    assert september.values("select deliverable_id from governance.deliverables where is_overdue") == OVERDUE
    assert september.values("select deliverable_id from governance.deliverables where is_due_in_month") == DUE_IN_MONTH
    assert september.rows("select count(*) filter (where is_complete), count(*) from governance.deliverables") == [(2, 13)]
    assert september.rows(
        "select due_raw, due_date, due_precision from governance.deliverables where deliverable_id in "
        "('tidworth_police_building_site_work', 'adult_and_young_victim_contracts') order by 1"
    ) == [("New contract to start April 2024", date(2024, 4, 30), "contract_start"), ("Q4 2023", date(2023, 12, 31), "quarter")]


def test_progress_and_scores_move_from_version_to_version(marts):
    september = marts["september"]
    assert september.rows(
        "select as_of, progress_pct, progress_change, is_overdue from governance.deliverable_history "
        "where deliverable_id = 'victim_needs_assessment_report' order by 1"
    ) == [(date(2023, 6, 30), 40, None, False), (date(2023, 9, 30), 75, 35, True)]
    movements = dict(september.rows("select risk_id, movement from governance.risk_register"))
    assert (movements["OPCC-01"], movements["OPCC-02"], movements["OPCC-11"], movements["OPCC-13"]) == ("down", "up", "up", "withdrawn")
    assert september.rows(
        "select current_score, current_band, actions_count, actions_overdue from governance.risk_register where risk_id = 'OPCC-12'"
    ) == [(12, "medium", 2, 1)]
    assert september.values("select risk_id from governance.risk_register where is_review_overdue") == {"OPCC-02", "OPCC-12", "WCJB-05"}
    assert september.values("select item_code from governance.statutory_items where is_overdue") == {"SIO-7B", "SIO-7C", "PCP-AR", "PCP-Q"}


def test_the_demonstration_s_workbook_is_clean(marts):
    """Every measure it names is in the catalogue, every due text is understood, every link has its ends."""
    assert marts["september"].rows("select message from governance.workbook_messages where severity <> 'note'") == []


def test_a_badly_edited_version_is_answered_by_sheet_row_and_column(marts):
    told = set(
        marts["december"].rows(
            "select sheet, file_row, column_name, item_id, severity, rule from governance.workbook_messages where file_path like '%2023-12-31%'"
        )
    )
    # the title and a blank line stand above the header of the risks
    expected = {
        ("risks", 4, "current_impact", "OPCC-01", "rejected", "above_maximum"),
        ("risks", 5, "linked_measures", "OPCC-02", "warning", "unknown_measure"),
        ("risks", 15, "owner", "WCJB-01", "warning", "several_owners"),
        ("risks", None, None, "OPCC-04", "note", "withdrawn"),
        ("risks", None, None, None, "note", "unexpected_column"),
        ("deliverables", 4, "due", "melksham_custody_suite_first_floor", "warning", "due_not_understood"),
        ("deliverables", 2, "due", "tidworth_police_building_site_work", "warning", "due_not_understood"),
        ("deliverables", 8, "plan_priority", "youth_voice_procurement", "warning", "unknown_priority"),
        ("deliverables", 2, "owner", "tidworth_police_building_site_work", "note", "merged_cell"),
        ("deliverables", 3, "owner", "two_mobile_police_stations", "note", "merged_cell"),
        ("actions", 4, "risk_id", "OPCC-02-A1", "warning", "unknown_risk"),
        ("actions", 6, "risk_id", "OPCC-04-A1", "warning", "unknown_risk"),  # the risk that was deleted
        ("links", 4, "to_node", "wcjb_to_wcjb_scorecard", "warning", "unknown_node"),
        ("series_breaks", 2, "approved_by", "cch_model_2022_11", "rejected", "required"),
        ("glossary", 2, "term", "ASB", "warning", "repeated_key"),
        *((sheet, None, None, None, "warning", "sheet_missing") for sheet in ("focus", "commentary", "events", "rebases", "statutory_items")),
        *((sheet, None, None, None, "warning", "sheet_missing") for sheet in ("nodes", "engagements", "outcomes")),
    }
    assert told == expected
    messages = dict(marts["december"].rows("select item_id, message from governance.workbook_messages where severity = 'rejected'"))
    assert messages == {
        "OPCC-01": "sheet risks, row 4, risk id OPCC-01, column current_impact: is not a whole number from 1 to 5; "
        "what the version of 30 Sep 2023 said of the row stands",
        "cch_model_2022_11": "sheet series_breaks, row 2, break id cch_model_2022_11, column approved_by: is empty, and must not be; "
        "what the version of 30 Sep 2023 said of the row stands",
    }


def test_good_rows_of_a_bad_version_count_and_the_rest_stands_as_it_was(marts):
    december = marts["december"]
    assert december.rows("select current_impact, row_state, listed_as_of, movement from governance.risk_register where risk_id = 'OPCC-01'") == [
        (3, "rejected", date(2023, 9, 30), "same")
    ]
    assert december.rows("select is_withdrawn, withdrawn_as_of, row_state from governance.risk_register where risk_id = 'OPCC-04'") == [
        (True, date(2023, 12, 31), "withdrawn")
    ]
    assert december.rows("select withdrawn_as_of from governance.risk_register where risk_id = 'OPCC-13'") == [(date(2023, 9, 30),)]
    assert december.rows(
        "select due_raw, due_date, is_overdue from governance.deliverables where deliverable_id = 'melksham_custody_suite_first_floor'"
    ) == [("soonish", None, False)]
    assert december.rows("select owner from governance.deliverables where deliverable_id = 'two_mobile_police_stations'") == [("Head of estates",)]
    assert december.rows("select count(*) from governance.statutory_items where not is_withdrawn") == [(8,)]
    assert december.rows("select count(*) from governance.outcomes where not is_withdrawn") == [(28,)]
    assert december.rows("select meaning from governance.glossary where term = 'ASB'") == [("Twice",)]
    assert december.values("select measure_id from governance.measure_links where item_id = 'OPCC-02'") == {"public_999_calls_offered"}
    assert december.rows("select source from intermediate.int_series_breaks where measure_pattern = 'cch_*'") == [("workbook",)]
    assert december.values("select link_id from governance.governance_map where from_node = 'wcjb'") == set()


def test_the_registers_can_be_shown_as_of_any_date(marts):
    tables = ("risk_register", "deliverables", "risk_actions", "statutory_items", "outcomes", "commentary", "governance_map", "measure_links")
    for table in tables:
        sql = f"select * from governance.{table} order by all"
        assert marts["as_at"].rows(sql) == marts["september"].rows(sql), table
    history = marts["december"].rows(
        "select * exclude (is_latest_version) from governance.risk_history where as_of <= date '2023-09-30' order by all"
    )
    assert history == marts["september"].rows("select * exclude (is_latest_version) from governance.risk_history order by all")
