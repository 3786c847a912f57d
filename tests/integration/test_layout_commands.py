"""`scorecards inspect` and `scorecards layout check`, on files whose values nobody may see."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipelines.cli import cli
from pipelines.contracts.layouts import read_layout
from pipelines.contracts.loading import load_contracts

CASES = Path(__file__).parents[1] / "cases"
CAD = CASES / "foreign_cad" / "landing" / "incident_logs" / "cad_july.csv"


@pytest.fixture
def scorecards(tmp_path, monkeypatch):
    monkeypatch.setenv("SCORECARDS_DATA_DIR", str(tmp_path / "data"))

    def run(*arguments: object) -> tuple[int, str]:
        result = CliRunner().invoke(cli, [str(a) for a in arguments])
        return result.exit_code, re.sub(r"\s+", " ", result.output)

    yield run
    assert not list((tmp_path / "data").rglob("*.duckdb")), "neither command touches the warehouse"


def test_inspect_says_what_a_file_holds_and_what_is_missing_and_shows_no_value(scorecards):
    code, output = scorecards("inspect", CAD)
    assert code == 0
    assert "header in row 3, 61 rows" in output and "fields between ';'" in output
    assert re.search(r"Call Date date %d/%m/%Y 98% 28 2023-07-01 to 2023-07-28 99/99/9999", output)
    assert "Nature#2 text" in output and "Feed incident_logs" in output and "Missing: log_number, force_code, created_at" in output
    assert "OPERATOR" not in output and "Burglary" not in output


def test_the_layout_it_writes_is_readable_and_names_what_is_recognised(scorecards, tmp_path):
    export = tmp_path / "force_calls" / "week_31.csv"
    export.parent.mkdir()
    export.write_text(
        "Call Ref;Force;Queue;Offered;Agent\nC1;wiltshire;999;01.07.2023 10:00;Jane Smith\nC2;wiltshire;101;02.07.2023 11:00;Jane Smith\n"
    )
    written = tmp_path / "layouts" / "week.yaml"
    code, output = scorecards("inspect", export, "--write-layout", written)
    assert code == 0 and "Jane" not in output + written.read_text()
    layout = read_layout(written, load_contracts().feeds)
    assert (layout.name, layout.delimiter, layout.reading.applies_to.file_name) == ("force_calls", ";", "week_*.csv")
    assert layout.by_name["offered_at"].formats == ("%d.%m.%Y %H:%M",)
    code, output = scorecards("layout", "check", written, export)
    assert code == 0 and "2 rows read, 2 accepted, 0 rejected" in output
    assert "Not read: Agent" in output and "2023-07 wiltshire 999 1" in output
    assert scorecards("inspect", export, "--write-layout", written)[0] == 2, "a layout is never written over"


def test_a_row_of_values_is_not_shown_as_a_header(scorecards, tmp_path):
    headless = tmp_path / "headless.csv"
    headless.write_text("1,2023-07-01,Jane Smith\n2,2023-07-02,Joe Bloggs\n")
    code, output = scorecards("inspect", headless)
    assert code == 0 and "(column 3)" in output and "Jane" not in output and "Joe" not in output


def test_layout_check_counts_rejects_by_reason_and_says_why_a_file_cannot_be_read(scorecards):
    code, output = scorecards("layout", "check", CASES / "foreign_cad" / "layouts" / "cad.yaml", CAD)
    assert code == 0
    assert "61 rows read, 60 accepted, 1 rejected" in output and "_row left_out 1 64" in output
    assert "immediate_response_time_mean" in output
    code, output = scorecards("layout", "check", CASES / "foreign_acd" / "layouts" / "acd.yaml", CAD)
    assert code == 2 and "OPERATOR" not in output


def test_layout_check_shows_returned_figures(scorecards):
    case = CASES / "wide_return"
    code, output = scorecards("layout", "check", case / "layouts" / "csp.yaml", *case.glob("landing/*/*.xlsx"))
    assert code == 0 and "25 rows read, 23 accepted, 2 rejected" in output and "marac_cases swindon 2023-04-01 41" in output
