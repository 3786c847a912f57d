"""The demonstration's workbook: every item of the printed report has its row, the same bytes every time; templates are empty."""

import re
from collections import Counter
from datetime import date

import fastexcel
import pytest

from pipelines.contracts.loading import load_contracts
from pipelines.contracts.model import normalise_header
from pipelines.synthetic.governance import FOLDER, VERSIONS, sheet_rows, write_templates, write_workbooks

SHEETS = load_contracts().folders[FOLDER]
JUNE, SEPTEMBER = VERSIONS
# Items of the printed report by page and kind: 248 of them.
ITEMS = {
    "gov_outcome": {"p1": 7, "p2": 6, "p3": 5, "p4": 10},
    "gov_focus": {"p1": 1, "p2": 6, "p3": 2, "p4": 9},
    "gov_deliverable": {"p1": 3, "p2": 2, "p3": 2, "p4": 6},
    "gov_risk": {"p1": 1, "p2": 3, "p3": 2, "p4": 5},
    "header_what": {"p1": 1, "p2": 1, "p3": 1, "p4": 1},
    "so_what": {"p1_cch": 4, "p1_999": 5, "p1_ocr": 5, "p1_imm": 6, "p1_pri": 6, "p2_da": 4, "p2_rasso": 7, "p3_asb": 4, "p3_road": 6, "p4_csew": 3},
    "now_what": {"p1_cch": 3, "p1_999": 2, "p1_ocr": 1, "p1_imm": 2, "p1_pri": 2, "p2_da": 4, "p2_rasso": 4, "p3_asb": 7, "p3_road": 4, "p4_csew": 2},
    "what": {"p1_cch": 3, "p1_999": 4, "p1_ocr": 4, "p1_imm": 6, "p1_pri": 6, "p2_da": 6, "p2_rasso": 9, "p3_asb": 3, "p3_road": 1, "p4_csew": 7},
    "terminology": {"term": 34},
    "govdm": {"": 10},
}
# due text and progress, as printed
PRINTED = {
    "tidworth_police_building_site_work": ("Q4 2023", 75),
    "two_mobile_police_stations": ("Oct 23", 80),
    "melksham_custody_suite_first_floor": ("May 23", 40),
    "therapeutic_interventions_child_abuse": ("Sept 2023", 65),
    "serious_violence_strategic_needs_assessment": ("Sept 2023", 20),
    "asb_educational_tool_kit": ("Mar 23", 95),
    "youth_voice_procurement": ("April 24", 5),
    "substance_misuse_service_tenders": ("Contract start April 2023", 100),
    "mhtr_recommissioning": ("Contract start April 2023", 100),
    "advocacy_sv_services_tender": ("April 23", 80),
    "adult_and_young_victim_contracts": ("New contract to start April 2024", 50),
    "swindon_da_support_service": ("New contract to start April 2024", 10),
    "victim_needs_assessment_report": ("August 2023", 75),
}


def items() -> set[str]:
    names = set()
    for kind, pages in ITEMS.items():
        for page, count in pages.items():
            stem = "govdm_what" if kind == "govdm" else f"{page}_{kind}"
            names |= {f"{stem}_{number:02}" for number in range(1, count + 1)}
    return names


def test_every_item_of_the_printed_report_has_its_row_in_september():
    assert len(items()) == 248
    references = {row.get("source_ref") for feed in SHEETS for row in sheet_rows(feed.sheet, SEPTEMBER)}
    assert items() - references == set()


def test_deliverables_have_the_printed_dates_and_progress():
    september = {row["deliverable_id"]: (row["due"], float(row["progress_pct"])) for row in sheet_rows("deliverables", SEPTEMBER)}
    assert september == PRINTED
    june = {row["deliverable_id"]: float(row["progress_pct"]) for row in sheet_rows("deliverables", JUNE)}
    assert all(june[name] <= progress for name, (_, progress) in PRINTED.items())
    assert june != {name: progress for name, (_, progress) in PRINTED.items()}


@pytest.mark.parametrize("feed", SHEETS, ids=lambda feed: feed.sheet)
def test_rows_keep_the_contract_and_say_where_they_come_from(feed):
    for as_of in VERSIONS:
        rows = sheet_rows(feed.sheet, as_of)
        assert rows
        assert max(Counter(row[feed.key[0]] for row in rows).values()) == 1
        for row in rows:
            assert set(row) <= set(feed.by_name)
            assert all(row[column] for column in feed.required)
            assert all(row.get(c.name, "") in ("", *c.enum) for c in feed.columns if c.enum)
            if "basis" in feed.by_name:
                assert row["basis"]
    invented = [row for row in sheet_rows(feed.sheet, SEPTEMBER) if not row.get("source_ref") and "basis" in row]
    assert {row["basis"] for row in invented} <= {"synthetic"}


@pytest.mark.parametrize("feed", SHEETS, ids=lambda feed: feed.sheet)
def test_sentences_read_as_an_analyst_writes_them(feed):
    """Short, and none says that it is made up."""
    for as_of in VERSIONS:
        for row in sheet_rows(feed.sheet, as_of):
            said = row.get("sentence") or row.get("title") or ""
            assert not re.search(r"(?i)invented|synthetic|placeholder|tile:", said), said
            if "sentence" in row:
                assert max(len(part.split()) for part in re.split(r"(?<=[.:])\s", said)) <= 25, said


def test_the_same_versions_are_the_same_bytes_and_only_those_near_the_end_are_written(tmp_path):
    written = [*write_workbooks(tmp_path / "a", SHEETS, date(2023, 7, 31)), *write_workbooks(tmp_path / "b", SHEETS, date(2023, 7, 31))]
    first, again = ({p.name: p.read_bytes() for p in (tmp_path / side / FOLDER).iterdir()} for side in "ab")
    assert first == again
    assert set(first) == {"governance_2023-06-30.xlsx", "governance_2023-09-30.xlsx"}
    assert len(written) == 2 * 2 * len(SHEETS)
    assert {f.path.name for f in write_workbooks(tmp_path / "c", SHEETS, date(2023, 5, 31))} == {"governance_2023-06-30.xlsx"}
    assert list(write_workbooks(tmp_path / "d", SHEETS, date(2021, 12, 31))) == []


def test_templates_have_every_column_and_no_row(tmp_path):
    book, *texts = write_templates(tmp_path, SHEETS)
    reader = fastexcel.read_excel(book)
    assert reader.sheet_names == ["Read me", *(feed.sheet for feed in SHEETS)]
    for feed, text in zip(SHEETS, texts, strict=True):
        sheet = reader.load_sheet(feed.sheet)
        assert sheet.height == 0
        assert [normalise_header(c.name) for c in sheet.available_columns()] == list(feed.by_name)
        assert text.name == f"{feed.sheet}.csv"
        assert text.read_text() == ",".join(feed.by_name) + "\n"
