"""A badly edited workbook on its way through the night: its good rows count, and what is wrong is said by sheet, row and column."""

from __future__ import annotations

from datetime import date

import pytest

from pipelines.transform.manifest import load_manifest

pytestmark = pytest.mark.slow

REGISTER = (
    "select risk_id, title, owner, current_likelihood, current_impact, current_score, status, is_withdrawn from governance.risk_register order by 1"
)


def test_a_badly_edited_workbook_is_taken_in_and_answered(published, eventful_night):
    force = eventful_night.force
    before = {row[0]: row for row in published.query(REGISTER)}
    assert eventful_night.status in (0, 3), "it stops nothing"
    outcomes = force.query("select distinct status from quality.feed_outcomes where file_path like '%governance_2023-12-31.xlsx'")
    assert outcomes == [("loaded",)], "it refuses rows, not the file"

    said = {
        (sheet, row, column, rule)
        for sheet, row, column, rule in force.query(
            "select sheet, file_row, column_name, rule from governance.workbook_messages where file_path like '%2023-12-31%'"
        )
    }
    assert said >= {
        ("risks", 5, "linked_measures", "unknown_measure"),
        ("risks", 4, "current_impact", "above_maximum"),  # impact 7
        ("deliverables", 4, "due", "due_not_understood"),  # "soonish"
        ("risks", 15, "owner", "several_owners"),
        ("risks", None, None, "withdrawn"),  # the deleted row
        ("deliverables", 2, "owner", "merged_cell"),
    }
    messages = force.query(
        "select message from governance.workbook_messages where file_path like '%2023-12-31%' and file_row is not null and column_name is not null"
    )
    assert all(message.startswith("sheet ") and ", row " in message and ", column " in message for (message,) in messages), messages

    after = {row[0]: row for row in force.query(REGISTER)}
    assert after["OPCC-01"] == before["OPCC-01"], "of the refused row, what was said in September stands"
    assert after["OPCC-04"][-1], "the deleted risk is withdrawn, and kept"
    assert force.query("select owner from governance.deliverables where deliverable_id = 'two_mobile_police_stations'") == [("Head of estates",)]
    assert force.query("select max(as_of) from governance.risk_history where risk_id = 'OPCC-03'") == [(date(2023, 12, 31),)]


def test_what_figures_say_never_changes_the_register(published):
    """Proposals stand beside the register: nothing that it is made of comes from measures, charts or cards."""
    nodes = load_manifest(published.settings)["nodes"]
    by_name = {node["name"]: key for key, node in nodes.items() if node["resource_type"] == "model"}
    seen: set[str] = set()
    waiting = [by_name["risk_register"], by_name["risk_history"], by_name["risk_actions"]]
    while waiting:
        key = waiting.pop()
        if key in nodes and key not in seen:
            seen.add(key)
            waiting += nodes[key]["depends_on"].get("nodes", [])  # seeds have none
    names = {nodes[key]["name"] for key in seen}
    assert not names & {"risk_review_proposals", "int_scorecard_rows", "measure_values", "measure_spc"}
    assert published.query("select count(*) > 0 from governance.risk_review_proposals") == [(True,)]
