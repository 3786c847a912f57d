"""The plan of checks: cheap, complete, each with owner and runbook; and the dialect that the engine runs on."""

import re
import subprocess
import sys

import duckdb
import pytest
import sqlalchemy as sa

from pipelines.contracts.loading import load_contracts
from pipelines.quality import checks
from pipelines.quality.checks import SuiteError, planned_checks, runbook_for
from pipelines.quality.dialect import shared_url
from pipelines.quality.engine import deferred
from pipelines.quality.model import CheckResult
from pipelines.quality.results import store_results
from pipelines.settings import PROJECT_DIR
from pipelines.warehouse.tables import LEDGER_DDL
from tests.handmade import NOW
from tests.models import render

DIMENSIONS = {"schema", "volume", "plausibility", "referential", "freshness", "reconciliation", "bt", "governance"}


@pytest.fixture(scope="module")
def contracts():
    return load_contracts()


@pytest.fixture(scope="module")
def plan(contracts):
    return planned_checks(contracts)


def test_every_check_has_owner_description_severity_and_a_runbook_that_exists(plan):
    for spec in plan:
        assert spec.owner and spec.description and spec.message, spec.name
        assert spec.severity in {"warn", "error"}
        assert (PROJECT_DIR / spec.runbook_path).is_file(), spec.runbook_path
        assert runbook_for(spec.name) == spec.runbook_path
        assert not re.search(r"\$\{?[a-z]", f"{spec.description} {spec.message}"), spec.name
    assert {spec.dimension for spec in plan} == DIMENSIONS


def test_every_feed_is_watched_in_every_way_that_fits_it(plan, contracts):
    by_feed = {name: {s.name for s in plan if s.feed == name} for name in contracts.feeds}
    everywhere = {"raw_schema", "fresh", "read_is_accepted_and_rejected", "raw_is_accepted", "raw_is_staged_and_superseded"}
    everywhere |= {"rejected_share", "rejected_share_new", "refused_files", "unexpected_columns"}
    sheets = {name for name, feed in contracts.feeds.items() if feed.is_whole}
    for name in sheets:
        assert by_feed[name] - {"workbook_is_new", "numbers_in_sentences"} == {
            "raw_schema",
            "contract_values",
            "unique_key",
            "read_is_accepted_and_rejected",
            "raw_is_accepted",
        }
    assert {"workbook_messages", "workbook_is_new"} <= {s.name for s in plan}
    for name, found in by_feed.items():
        if name in sheets:
            continue
        assert everywhere <= found, name
        assert ("dated_in_the_future" in found) != contracts.feeds[name].is_dated_ahead
        assert {f"not_null_{c.name}" for c in contracts.feeds[name].columns if c.is_never_empty and c.name != "suspect_id"} <= found
    assert "volume_by_weekday" in by_feed["force_calls"]
    assert "volume_by_month" in by_feed["police_uk_street"] and "unique_key" not in by_feed["police_uk_street"]
    assert {"allowed_values_line", "unique_key"} <= by_feed["force_calls"]


def test_no_check_reads_a_personal_identifier(plan, contracts):
    for spec in plan:
        identifiers = {c.name for c in contracts.feeds[spec.feed].columns if c.is_personal_identifier} if spec.feed else set()
        assert spec.column not in identifiers
        assert not any(f" {name}" in f"{spec.sql} {spec.detail}" for name in identifiers)


def test_a_check_of_a_feed_reads_the_rows_of_that_feed_alone_where_a_table_tells_feeds_apart(plan):
    told_apart = re.compile(r"\bingest\.(?:loads|rejects|notes|file_stats)\b|\bint_feed_(?:months|days|takes)\b")
    for spec in plan:
        texts = [text for text in (spec.sql, spec.detail, spec.months) if text and told_apart.search(text)]
        for text in texts if spec.feed else []:
            # or joined to rows of the feed by the load that brought them
            assert f"feed = '{spec.feed}'" in text or "loads.load_id" in text or "where load_id in (select _load_id from" in text, spec.name


def test_checks_name_a_key_by_the_hash_that_the_models_name_it_by(contracts):
    keyed = [feed for feed in contracts.feeds.values() if feed.key and not feed.is_whole]
    assert keyed
    for feed in keyed:
        assert render(f"{{{{ key_hash('{feed.name}') }}}}").splitlines()[-1].strip() == checks.key_hash(feed)  # below the comments of the macros


def test_planning_does_not_import_the_engine():
    code = "import sys, pipelines.quality.checks, pipelines.quality.runner, pipelines.quality.gate; sys.exit('great_expectations' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=PROJECT_DIR, check=False).returncode == 0


def test_modules_deferred_for_one_import_come_when_used_and_as_ever_for_everybody_else():
    sys.modules.pop("colorsys", None)
    with deferred("colorsys"):
        import colorsys as placeholder
    assert "colorsys" not in sys.modules
    assert placeholder.rgb_to_hsv(0, 0, 0) == (0.0, 0.0, 0)
    import colorsys

    assert colorsys is not placeholder and colorsys.__spec__ is not None


def test_a_suite_with_an_unknown_field_is_refused_by_name(tmp_path, monkeypatch, contracts):
    (tmp_path / "odd.yaml").write_text("dimension: volume\nrunbook: volume\nchecks:\n- {name: odd, tabel: raw.x, severity: warn}\n")
    monkeypatch.setattr(checks, "SUITES_DIR", tmp_path)
    checks._suites.cache_clear()
    try:
        with pytest.raises(SuiteError, match=r"odd\.yaml: check 'odd' has unknown fields tabel"):
            planned_checks(contracts)
    finally:
        checks._suites.cache_clear()


def test_failures_of_dbt_have_the_gates_runbook():
    assert runbook_for("unique_key_fct_logs", "dbt_test") == "docs/runbooks/gate_closed.md"


def test_the_dialect_keeps_rows_beyond_the_connection_block_and_leaves_the_connection_open():
    connection = duckdb.connect()
    connection.execute("create temp table seen as select unnest(range(3)) as n")
    with shared_url(connection) as url:
        engine = sa.create_engine(url)
        with engine.connect() as session:
            result = session.execute(sa.text("select n from seen order by n"))
        assert [row[0] for row in result.fetchall()] == [0, 1, 2]
        engine.dispose()
    assert connection.execute("select count(*) from seen").fetchone() == (3,)


def test_a_check_that_ran_twice_in_a_run_keeps_its_last_result():
    connection = duckdb.connect()
    connection.execute(LEDGER_DDL)
    first = CheckResult("run", NOW, "fresh", "great_expectations", "raw", "raw.crimes", severity="warn", status="warned", message="late")
    second = CheckResult("run", NOW, "fresh", "great_expectations", "raw", "raw.crimes", severity="warn", status="passed")
    assert store_results(connection, [first]) == 1
    assert store_results(connection, [first, second]) == 1
    assert store_results(connection, []) == 0
    assert connection.execute("select status, message from quality.check_results").fetchall() == [("passed", None)]
