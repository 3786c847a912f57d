"""The sheets of a workbook: found by name, read as a person sees them, versions by the file's name; a csv per sheet is the same."""

import io
from datetime import datetime

import pytest
import xlsxwriter

from tests.landing import Landing

GLOSSARY = [["Term", "Meaning"], ["ASB", "Anti-social behaviour"], ["CCC", "Control centre"]]


def book(**sheets: list[list[object]]) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as workbook:
        for name, rows in sheets.items():
            sheet = workbook.add_worksheet(name.replace("_", " "))
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row)
    return buffer.getvalue()


@pytest.fixture
def landing(tmp_path):
    return Landing.at(tmp_path)


def outcome(landing: Landing, name: str, content: bytes | str, feed: str = "governance_glossary"):
    landing.write(f"governance/{name}", content)
    return next((f for f in landing.run(feed).files if f.file_path == f"governance/{name}"), None)


def test_a_workbook_and_a_csv_a_sheet_give_the_same_rows(landing):
    outcome(landing, "governance_2023-06-30.xlsx", book(Glossary=GLOSSARY, Notes=[["anything"]]))
    outcome(landing, "glossary_2023-06-30.csv", "\n".join(",".join(map(str, row)) for row in GLOSSARY))
    assert landing.query("select term, meaning, _file_row, _extracted_at, count(*) from raw.governance_glossary group by all order by 1") == [
        ("ASB", "Anti-social behaviour", 2, datetime(2023, 6, 30, 22, 59, 59), 2),
        ("CCC", "Control centre", 3, datetime(2023, 6, 30, 22, 59, 59), 2),
    ]
    assert landing.query("select distinct sheet, file_time from ingest.loads") == [("glossary", datetime(2023, 6, 30, 22, 59, 59))]


@pytest.mark.parametrize(
    ("name", "known_at"),
    [
        ("governance_2023-09.xlsx", datetime(2023, 9, 30, 22, 59, 59)),
        ("governance 2023-12-31 final.xlsx", datetime(2023, 12, 31, 23, 59, 59)),
        ("governance_x20231002T0900.xlsx", datetime(2023, 10, 2, 8, 0)),
        ("governance.xlsx", None),
    ],
)
def test_the_day_of_a_version_is_in_the_file_s_name(landing, name, known_at):
    outcome(landing, name, book(Glossary=GLOSSARY))
    assert landing.query("select distinct _extracted_at from raw.governance_glossary") == [(known_at,)]


def test_rows_are_numbered_as_a_person_counts_them_whatever_stands_above(landing):
    titled = [[], ["", "Terms of the report"], [], ["", "Acronym", "Definition"], ["", "ASB", "x"], [], ["", "", "no term"], ["", "CCC", "y"]]
    outcome(landing, "governance_2023-06-30.xlsx", book(Terminology=titled))
    assert landing.query("select term, _file_row from raw.governance_glossary order by 1") == [("ASB", 5), ("CCC", 8)]
    assert landing.query("select file_row, column_name, rule, row_key from ingest.rejects") == [(7, "term", "required", None)]


def test_rejects_of_a_sheet_keep_the_row_s_key(landing):
    outcome(landing, "governance_2023-06-30.xlsx", book(Glossary=[*GLOSSARY, ["DA", ""]]))
    assert landing.query("select file_row, column_name, rule, row_key from ingest.rejects") == [(4, "meaning", "required", "DA")]


def test_cells_merged_downwards_are_filled_and_noted_and_per_cents_read_as_shown(landing):
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as workbook:
        per_cent, quoted = workbook.add_format({"num_format": "0%"}), workbook.add_format({"num_format": '0.0" %"'})
        sheet = workbook.add_worksheet("deliverables")
        sheet.write_row(0, 0, ["deliverable_id", "framework", "plan_priority", "title", "progress_pct", "owner"])
        for row, (name, progress, style) in enumerate(
            [("a", 0.75, per_cent), ("b", 1, per_cent), ("c", 1, None), ("d", 0.805, quoted), ("e", 5, None)], start=1
        ):
            sheet.write_row(row, 0, [name, "OPCC", 1, "t"] if name != "e" else [name, "OPCC"])
            sheet.write_number(row, 4, progress, style)
        sheet.merge_range(1, 5, 3, 5, "Head of estates")
        sheet.merge_range(5, 2, 5, 3, 2)
    outcome(landing, "deliverables_2023-09-30.xlsx", buffer.getvalue(), "governance_deliverables")
    assert landing.query("select deliverable_id, progress_pct, owner from raw.governance_deliverables order by 1") == [
        ("a", 75, "Head of estates"),
        ("b", 100, "Head of estates"),
        ("c", 1, "Head of estates"),
        ("d", 0.805, None),
    ]
    assert landing.reasons() == {(6, "title", "required")}
    assert landing.query("select file_row, column_name from ingest.notes where rule = 'merged_cell' order by all") == [
        *((2, "owner"), (3, "owner"), (4, "owner")),
        *((6, "plan_priority"), (6, "title")),
    ]


def test_a_sheet_that_is_missing_or_empty_changes_nothing_and_says_so(landing):
    missing = outcome(landing, "governance_2023-09-30.xlsx", book(Risks=[["x"]]))
    assert (missing.status, missing.rows_read) == ("loaded", 0)
    assert "has no sheet glossary; its sheets are: Risks" in missing.message
    empty = outcome(landing, "governance_2023-12-31.xlsx", book(Glossary=GLOSSARY[:1], Risks=[["x"]]))
    assert (empty.status, empty.rows_read) == ("loaded", 0)
    assert "has no rows in its sheet glossary" in empty.message
    assert landing.run("governance_glossary").files_new == 0, "said once"
    days = landing.query("select file_time from ingest.loads where feed = 'governance_glossary' order by 1")
    assert days == [(datetime(2023, 9, 30, 22, 59, 59),), (datetime(2023, 12, 31, 23, 59, 59),)]


def test_a_sheet_without_a_required_column_is_refused_and_the_others_go_on(landing):
    content = book(Glossary=[["Term", "Explanation"], ["ASB", "x"]], Events=[["event_id", "framework", "event_date", "kind", "title"]] * 2)
    refused = outcome(landing, "governance_2023-09-30.xlsx", content)
    assert refused.status == "refused"
    assert "(sheet Glossary) lacks the required column meaning" in refused.message
    assert outcome(landing, "governance_2023-09-30.xlsx", content, "governance_events").status == "loaded"


def test_what_no_sheet_claims_is_refused_once(landing):
    first = landing.contracts.folders["governance"][0].name
    text, foreign = "Term,Meaning\nASB,x\n", book(Sheet1=GLOSSARY)
    assert "does not begin with the name of a sheet" in outcome(landing, "terms.csv", text, first).message
    assert "has none of the sheets outcomes, focus" in outcome(landing, "other.xlsx", foreign, first).message
    others = {f.file_path: f.status for f in landing.run("governance_glossary").files}
    assert others == {"governance/other.xlsx": "loaded"}, "without a row"
    assert landing.query("select count(*) from raw.governance_glossary") == [(0,)]
