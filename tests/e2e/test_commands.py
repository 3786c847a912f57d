"""The commands that look at the warehouse, as a person types them."""

import re
import shutil
from dataclasses import replace

import duckdb
import pytest
from click.testing import CliRunner

from pipelines.cli import cli
from pipelines.commands.demo import holds_force_extracts
from pipelines.contracts.loading import load_contracts
from pipelines.warehouse import run_lock
from tests.landing import HASH_KEY


@pytest.fixture(scope="module")
def own(published, tmp_path_factory):
    """A copy of the published warehouse: some commands are run while it is locked."""
    data_dir = tmp_path_factory.mktemp("own") / "data"
    shutil.copytree(published.settings.data_dir, data_dir, symlinks=True)
    return replace(published, settings=replace(published.settings, data_dir=data_dir))


@pytest.fixture
def scorecards(own, monkeypatch, capsys):
    """Run a command against the published warehouse; gives its exit status and all that it printed."""
    monkeypatch.setenv("SCORECARDS_DATA_DIR", str(own.settings.data_dir))
    monkeypatch.setenv("SCORECARDS_HASH_KEY", HASH_KEY.decode())
    # how full the machine is that the tests run on is not their business
    monkeypatch.setenv("SCORECARDS_ALERT_FREE_GB", "0")

    def run(*arguments: str) -> tuple[int, str]:
        result = CliRunner().invoke(cli, list(arguments))
        return result.exit_code, " ".join((result.output + capsys.readouterr().out).split())

    return run


def test_status_says_what_is_published_and_what_came_of_the_last_run(scorecards):
    code, said = scorecards("status")
    assert code == 0
    assert "Marts published" in said
    assert "measures.measure_values" in said
    assert "0 failed" in said


def test_status_while_a_run_holds_the_database(scorecards, own):
    holder = duckdb.connect(str(own.settings.build_path))  # within this process: another configuration cannot open it either
    try:
        code, said = scorecards("status")
    finally:
        holder.close()
    assert code == 0
    assert "Marts published" in said
    assert "A run is working on the warehouse" in said


def test_explain_shows_definition_values_comparisons_and_files(scorecards):
    code, said = scorecards("explain", "public_999_calls_offered", "--month", "2023-07")
    assert code == 0
    for words in ("force_calls", "r12m", "yoy", "Newest source files", "force_calls_2023-07"):
        assert words in said


def test_explain_shows_the_cards_and_what_the_figure_asks_of_the_register(scorecards):
    code, said = scorecards("explain", "priority_response_time_mean", "--area", "wiltshire_county")
    assert code == 0
    for words in ("On the scorecards", "csp_wiltshire", "opcc", "target missed", "Proposed reviews of risks", "OPCC-01"):
        assert words in said
    code, said = scorecards("explain", "vehicle_stops")
    assert code == 0
    assert "not collected" in said
    assert "opcc" in said


def test_explain_shows_every_segment_where_there_is_no_total(scorecards):
    code, said = scorecards("explain", "asb_share_of_total", "--area", "swindon", "--month", "2023-07")
    assert code == 0
    for segment in ("environmental", "nuisance", "personal"):
        assert segment in said


def test_explain_helps_with_names_that_do_not_exist(scorecards):
    code, said = scorecards("explain", "public_999_call_offered")
    assert code == 2
    assert "public_999_calls_offered" in said
    code, said = scorecards("explain", "public_999_calls_offered", "--area", "atlantis")
    assert code == 2
    assert "swindon_cpt" in said
    code, said = scorecards("explain", "public_999_calls_offered", "--month", "July")
    assert code == 2
    assert "2023-07" in said


def test_a_run_beside_a_run_says_so(scorecards, own):
    with run_lock(own.settings):
        code, said = scorecards("run")
    assert code == 4
    assert "another run holds the warehouse" in said


def test_doctor_finds_the_machine_fit(scorecards):
    code, said = scorecards("doctor")
    assert code == 0, said
    assert f" {len(load_contracts().feeds)} feed contracts" in said


def test_docs_hold_the_dictionary_and_the_checks(scorecards, own):
    code, said = scorecards("docs")
    assert code == 0, said
    docs = own.settings.published_dir / "docs"
    dictionary = (docs / "dictionary.md").read_text(encoding="utf-8")
    assert "measures.measure_values" in dictionary
    assert [m for (m,) in own.query("select measure_id from core.dim_measure") if f"| `{m}` |" not in dictionary] == []
    checks = (docs / "checks.md").read_text(encoding="utf-8")
    assert "The newest data of force_calls are no older than its cadence" in checks and "docs/runbooks/freshness.md" in checks
    assert "not evaluated" not in checks
    pages = {path.relative_to(docs).as_posix(): path.read_text(encoding="utf-8") for path in docs.rglob("*.html")}
    linked = re.findall(r'<a href="([^"]+)">', pages["index.html"])
    assert {"dictionary.html", "measures.html", "feeds/index.html", "checks.html", "systems.html", "governance-map.html", "dbt/index.html"} <= set(
        linked
    )
    assert set(linked) <= set(pages)
    assert {f"feeds/{feed}.html" for feed in load_contracts().feeds} <= set(pages)
    assert [m for (m,) in own.query("select measure_id from core.dim_measure") if f'id="{m}"' not in pages["measures.html"]] == []
    for name, text in pages.items():
        assert not re.search(r"<(script|link|img|iframe)[^>]+(src|href)=.https?:", text), f"{name} fetches something"
    dbt_docs = pages["dbt/index.html"]
    assert "connect-src 'none'" in dbt_docs
    assert "superset_dashboards" in dbt_docs
    assert str(own.settings.data_dir) not in dbt_docs


def test_xlsx_writes_the_workbooks_and_then_keeps_them(scorecards):
    code, _ = scorecards("xlsx")
    assert code == 0
    code, said = scorecards("xlsx")
    assert code == 0
    assert said.count("unchanged") == 4


def test_demo_leaves_a_landing_folder_with_force_extracts_alone(scorecards, own):
    before = sorted(p.name for p in own.landing.rglob("*"))
    assert holds_force_extracts(own.settings)
    code, _ = scorecards("demo", "--if-empty")
    assert code == 0
    assert sorted(p.name for p in own.landing.rglob("*")) == before


def test_a_setting_that_cannot_be_used_is_one_line(scorecards, monkeypatch):
    monkeypatch.setenv("SCORECARDS_TARGET", "oracle")
    result = CliRunner().invoke(cli, ["status"])
    assert "SCORECARDS_TARGET" in str(result.exception)


def test_a_stray_folder_in_landing_is_named_with_the_feed_it_may_mean(scorecards, own):
    stray = own.landing / "crime_outcome"
    stray.mkdir()
    try:
        _, said = scorecards("status")
    finally:
        stray.rmdir()
    assert "did you mean landing/crime_outcomes/" in said


def test_the_full_name_of_a_file_is_told_by_the_number_of_its_load(scorecards, own):
    load, path = own.query("select load_id, file_path from quality.feed_outcomes where feed = 'arrests' order by load_id limit 1")[0]
    assert scorecards("file", str(load)) == (0, str(own.landing / path))
    code, said = scorecards("file", "999999")
    assert code == 2
    assert "no load 999999" in said


def test_a_backup_is_made_by_command_and_restored_by_command(scorecards, own, tmp_path, monkeypatch):
    code, said = scorecards("backup", str(tmp_path / "backups"))
    assert code == 0
    assert "The hash key and the landing files are not in it" in said
    (backup,) = (tmp_path / "backups").iterdir()
    assert scorecards("restore", str(backup))[0] == 1, "never over a warehouse"
    monkeypatch.setenv("SCORECARDS_DATA_DIR", str(tmp_path / "fresh"))
    assert scorecards("restore", str(backup))[0] == 0
    assert "Marts published" in scorecards("status")[1]
