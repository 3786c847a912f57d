"""The Excel workbooks of a published force: every cell is the cell of the mart, numbers are numbers, and texts stay texts."""

import math
import os
import re
import shutil
import subprocess
from datetime import date, datetime, timedelta

import pytest

from pipelines.report.marts import Marts
from pipelines.report.workbooks.cells import HUNDREDTHS, code_text
from pipelines.report.workbooks.publication import publish_workbooks
from pipelines.report.workbooks.sheets import Column, sheets_of
from pipelines.report.workbooks.summary import NAME as SUMMARY
from pipelines.report.workbooks.summary import Summary
from pipelines.report.workbooks.workbook import ABOUT, HEADER_ROW, WorkbookContent, write_workbook
from tests.xlsx import read_workbook

EPOCH = date(1899, 12, 30)
CARDS = ("csp_swindon", "csp_wiltshire", "opcc", "wcjb")


@pytest.fixture(scope="module")
def workbooks(published, tmp_path_factory):
    """The workbooks of the published force, in a folder of their own."""
    folder = tmp_path_factory.mktemp("workbooks")
    settings = published.settings
    link = settings.published_dir / "xlsx"
    if not link.exists():
        publish_workbooks(settings)
    for path in link.glob("*.xlsx"):
        shutil.copy(path, folder)
    return {path.stem: read_workbook(path) for path in sorted(folder.glob("*.xlsx"))} | {"folder": folder}


@pytest.fixture(scope="module")
def marts(published):
    with Marts.open(published.settings.marts_path, published.settings.threads) as opened:
        yield opened


def _as_mart(value, column: Column, unit: str | None, number_format: str):
    """The cell as the mart holds it: durations as seconds, per cents as such, days as dates, yes and no as truth values."""
    if value is None:
        return None
    if column.kind == "date":
        assert number_format == "d mmm yyyy"
        return EPOCH + timedelta(days=int(value))
    if column.kind == "flag":
        return {"yes": True, "no": False}[value]
    if column.kind == "value" and unit == "seconds":
        assert number_format == "[h]:mm:ss"
        return value * 86_400
    if column.kind == "value" and unit == "pct":
        assert number_format == "#,##0.0%"
        return value * 100
    return value * 100 if column.kind in HUNDREDTHS else value


def _is_same(expected: object, found: object) -> bool:
    """Equal; fractions to the last digits that a part of a day can hold."""
    if isinstance(expected, float) and isinstance(found, float):
        return math.isclose(expected, found, rel_tol=1e-12, abs_tol=1e-6)
    return expected == found


def _key_text(value: object) -> str:
    return str(EPOCH + timedelta(days=int(value))) if isinstance(value, float) else str(value)


@pytest.fixture(scope="module")
def dimensions(marts):
    """Rows of the dimensions that sheets borrow names from, by their key."""
    return {table: {row.key: row for row in marts.table(table)} for table in ("core.dim_measure", "core.dim_area")}


def _joined(marts: Marts, dimensions, source: str, row) -> object:
    """A cell of the dimension that the row points at."""
    table, _, column = source.rpartition(".")
    (key,) = marts.tables[table].key
    return dimensions[table][row[key]][column]


def test_there_is_a_workbook_per_card_with_a_summary_its_six_sheets_and_about(workbooks, marts):
    assert [name for name in workbooks if name != "folder"] == [row.scorecard_id for row in marts.table("scorecards.cards")] == list(CARDS)
    for card in CARDS:
        assert list(workbooks[card]) == [SUMMARY, "Scorecard", "Monthly values", "Findings", "Definitions", "Risks", "Deliverables", ABOUT]


@pytest.mark.parametrize("card", CARDS)
def test_every_cell_is_the_cell_of_the_mart(workbooks, marts, dimensions, card):
    table = marts.value("select table_name from scorecards.cards where scorecard_id = ?", [card])
    checked = 0
    for sheet in sheets_of(table):
        found = workbooks[card][sheet.name]
        assert found.rows[HEADER_ROW] == [column.heading for column in sheet.columns]
        assert len(set(found.rows[HEADER_ROW])) == len(sheet.columns), "each heading once"
        keys = marts.tables[sheet.table].key
        by_key = {tuple(str(row[k]) for k in keys): row for row in marts.table(sheet.table)}
        shown = {column.column: index for index, column in enumerate(sheet.columns)}  # of two of a name, the last: the key as it is
        assert set(keys) - {"kind"} <= set(shown), f"{sheet.name} lacks a part of its key"
        for number, cells in found.rows.items():
            if number <= HEADER_ROW:
                continue
            mart = by_key[tuple(_key_text(cells[shown[key]]) for key in keys)]
            for index, column in enumerate(sheet.columns):
                expected = _joined(marts, dimensions, column.source, mart) if column.source else mart[column.column]
                if column.kind == "code" and expected is not None:
                    expected = code_text(column.column, expected)
                cell = found.cells[number, index]
                assert _is_same(expected, _as_mart(cell.value, column, mart.get("unit"), cell.format)), (sheet.name, number, column.heading)
                if isinstance(expected, int | float) and not isinstance(expected, bool):
                    assert isinstance(cell.value, float), f"{column.heading} is written as a text"
                    checked += 1
    assert checked > 1_000


@pytest.mark.parametrize("card", CARDS)
def test_all_lines_series_and_findings_of_the_card_are_there(workbooks, marts, card):
    table = marts.value("select table_name from scorecards.cards where scorecard_id = ?", [card])
    of_card = f"from {table} where scorecard_id = ?"
    series = f"(select distinct measure_id, area_id, segment {of_card})"
    expected = {
        "Scorecard": marts.value(f"select count(*) {of_card}", [card]),
        "Findings": marts.value(
            f"select count(*) from measures.measure_findings inner join {series} using (measure_id, area_id, segment) where is_latest and is_said",
            [card],
        ),
        "Definitions": marts.value(f"select count(distinct measure_id) {of_card}", [card]),
    }
    months = marts.value(
        f"select count(*) from measures.measure_values inner join {series} using (measure_id, area_id, segment) where period_type = 'month'", [card]
    )
    rows = {name: sum(row > HEADER_ROW for row in sheet.rows) for name, sheet in workbooks[card].items()}
    assert {name: rows[name] for name in expected} == expected
    assert rows["Monthly values"] >= months


@pytest.mark.parametrize("card", CARDS)
def test_headers_are_frozen_filtered_noted_and_printed_wide(workbooks, card):
    for name, sheet in workbooks[card].items():
        assert sheet.formulas == 0
        assert sheet.landscape
        assert sheet.fit_to_width
        if name not in (SUMMARY, ABOUT):
            assert sheet.frozen[0] == HEADER_ROW + 1
            assert sheet.table.startswith(f"A{HEADER_ROW + 1}:"), "a table of Excel's own, with its filters"
            assert sheet.notes[f"A{HEADER_ROW + 1}"].count(".") == 2  # schema.table.column
    measures = [note for at, note in workbooks[card]["Scorecard"].notes.items() if re.fullmatch(r"B\d+", at) and at != f"B{HEADER_ROW + 1}"]
    assert len(measures) == sum(row > HEADER_ROW for row in workbooks[card]["Scorecard"].rows)


@pytest.mark.parametrize("card", CARDS)
def test_the_summary_has_the_sentences_of_the_card_and_ten_of_its_lines_with_their_months(workbooks, marts, card):
    table = marts.value("select table_name from scorecards.cards where scorecard_id = ?", [card])
    (said,) = marts.rows("select * from scorecards.summaries where scorecard_id = ?", [card])
    sheet = workbooks[card][SUMMARY]
    texts = [cells[0] for cells in sheet.rows.values()]
    assert [text for text in texts if text in said.values()] == [said[f"sentence_{number}"] for number in range(1, 6)]
    lines = {(row.title, row.area_name, row.value_text): row for row in marts.rows(f"select * from {table} where scorecard_id = ?", [card])}
    shown = [cells for cells in sheet.rows.values() if len(cells) == 6 and tuple(cells[:3]) in lines]
    assert 5 <= len(shown) <= 10
    assert {cells[5] for cells in shown} <= {row.trend_sentence for row in lines.values()}
    months = workbooks[card]["Monthly values"].rows
    for cells, chart in zip(shown, sheet.charts, strict=True):
        assert chart.title == f"{cells[0]}, {cells[1]}"
        rows = [months[row] for row in range(chart.first_row, chart.last_row + 1)]
        assert {tuple(row[:2]) for row in rows} == {(cells[0], cells[1])}
        assert {row[3] for row in rows} == {"month"}
        assert len(rows) <= 36


def test_overdue_data_are_said_at_the_head_of_the_summary(published, marts, tmp_path):
    (card,) = marts.rows("select * from scorecards.cards where scorecard_id = 'wcjb'")
    (beat,) = marts.rows("select * from quality.heartbeat")
    sheets = sheets_of(card.table_name)
    late = "Calls are 12 days overdue."
    write_workbook(tmp_path / "late.xlsx", sheets, WorkbookContent(card, beat, {sheet.name: [] for sheet in sheets}, Summary(("One.",), (late,), ())))
    texts = [cells[0] for cells in read_workbook(tmp_path / "late.xlsx")[SUMMARY].rows.values()]
    assert texts[2:5] == ["Some data are overdue. Figures that rest on them end early.", late, "One."]


def test_about_says_run_time_and_tier(workbooks, marts):
    (beat,) = marts.rows("select * from quality.heartbeat")
    about = {cells[0]: cells[1] for cells in workbooks["opcc"][ABOUT].rows.values() if len(cells) == 2}
    assert about["Run"] == beat.run_id
    assert about["Files behind it"] == beat.files
    assert EPOCH + timedelta(days=int(about["Data to"])) == beat.data_to
    moment = datetime(1899, 12, 30) + timedelta(days=about["Published (UTC)"])
    assert abs(moment - beat.published_at) < timedelta(seconds=1)
    assert about["Who may see it"].startswith("OFFICIAL – internal")


def test_a_text_that_looks_like_a_formula_stays_a_text(published, marts, tmp_path):
    (card,) = marts.rows("select * from scorecards.cards where scorecard_id = 'wcjb'")
    (beat,) = marts.rows("select * from quality.heartbeat")
    sheets = sheets_of(card.table_name)
    rows = {sheet.name: [] for sheet in sheets}
    evil = ['=HYPERLINK("http://example.invalid","x")', "+1+1", "-2", "@SUM(A1)", "\t=1", "plain"]
    for text in evil:
        (row,) = marts.rows("select * replace (? as so_what) from scorecards.wcjb order by line_id limit 1", [text])
        rows["Scorecard"].append(dict(row) | {"definition": "d", "exclusions": None, "made_of": None, "target_words": None})
    write_workbook(tmp_path / "evil.xlsx", sheets, WorkbookContent(card, beat, rows, Summary((), (), ())))
    sheet = read_workbook(tmp_path / "evil.xlsx")["Scorecard"]
    at = [column.column for column in sheets[0].columns].index("so_what")
    cells = [sheet.cells[HEADER_ROW + 1 + number, at] for number in range(len(evil))]
    assert [cell.value for cell in cells] == evil
    assert [cell.is_quoted for cell in cells] == [True] * 5 + [False]
    assert sheet.formulas == 0


def test_what_shows_nothing_new_is_kept_and_a_changed_one_is_switched_in(make_force):
    force = make_force(from_published=True)
    folder = force.settings.published_dir / "xlsx"
    publish_workbooks(force.settings)
    version = os.readlink(folder)
    again = publish_workbooks(force.settings)
    assert (again.written, len(again.kept)) == ((), len(CARDS))
    assert os.readlink(folder) == version
    digests = folder / "digests.json"
    digests.write_text(digests.read_text().replace('"opcc.xlsx": "', '"opcc.xlsx": "another '))
    held = (folder / "opcc.xlsx").open("rb")
    changed = publish_workbooks(force.settings)
    assert (changed.written, len(changed.kept)) == (("opcc.xlsx",), len(CARDS) - 1)
    assert os.readlink(folder) != version
    with held:
        assert held.read(2) == b"PK"  # who has the old one open keeps it
    assert sorted(path.name for path in folder.glob("*.xlsx")) == [f"{card}.xlsx" for card in CARDS]


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_the_workbook_and_shows_durations_as_such(workbooks, tmp_path):
    done = subprocess.run(
        [
            "soffice",
            "--headless",
            f"-env:UserInstallation=file://{tmp_path}/profile",
            "--convert-to",
            "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,2",
            "--outdir",
            str(tmp_path),
            str(workbooks["folder"] / "opcc.xlsx"),
        ],
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    shown = (tmp_path / "opcc-Scorecard.csv").read_text(encoding="utf-8")
    assert "public_999_calls_offered" in shown
    assert re.search(r",\d\d:\d\d:\d\d(\.\d+)?,", shown)
