"""All checks of a table as one check of Dagster: what it names, and what it says of several results."""

from __future__ import annotations

from datetime import datetime

import dagster as dg
import pytest

from pipelines.quality.model import CheckResult
from pipelines.quality.table_checks import asset_key, table_check_results, table_check_specs


def result(name: str, status: str = "passed", severity: str = "error", table: str = "raw.crimes", **more: object) -> CheckResult:
    return CheckResult("run", datetime(2023, 8, 2), name, "great_expectations", "raw", table, status=status, severity=severity, **more)


def told_of(results: list[CheckResult]) -> dg.AssetCheckResult:
    """What Dagster is told of the checks of one table."""
    [told] = table_check_results("data_checks", results, {dg.AssetCheckKey(asset_key("raw.crimes"), "data_checks")})
    return told


def test_a_table_has_one_check_whose_description_names_them_all():
    specs = table_check_specs("data_checks", "Checks", [("raw.crimes", "fresh"), ("raw.calls", "fresh"), ("raw.crimes", "complete")])
    assert [(spec.asset_key.path, spec.name) for spec in specs] == [(["raw", "crimes"], "data_checks"), (["raw", "calls"], "data_checks")]
    assert specs[0].description == "Checks, 2 on this table:\n\n- complete\n- fresh"


@pytest.mark.parametrize(
    ("statuses", "passed", "severity"),
    [
        ([("passed", "error"), ("skipped", "error")], True, dg.AssetCheckSeverity.WARN),
        ([("passed", "error"), ("warned", "warn")], False, dg.AssetCheckSeverity.WARN),
        ([("warned", "warn"), ("failed", "error")], False, dg.AssetCheckSeverity.ERROR),
        # one that could not be evaluated counts as failed, whatever its severity; the gate knows what to make of it
        ([("failed", "warn")], False, dg.AssetCheckSeverity.WARN),
    ],
)
def test_it_fails_with_the_gravest_of_them(statuses, passed, severity):
    told = told_of([result(f"check_{n}", *each) for n, each in enumerate(statuses)])
    assert (told.passed, told.severity) == (passed, severity)
    assert sum(value.value for value in told.metadata.values()) == len(statuses)


def test_it_says_what_is_wrong_and_no_address():
    told = told_of(
        [result("fresh"), result("odd", "warned", "warn", message="file of jo@example.org is odd"), result("unique", "failed", failed_count=3)]
    )
    assert "jo@example.org" not in told.description
    assert told.description.splitlines()[0].startswith("odd: ")
    assert told.description.splitlines()[1] == "unique: 3 rows fail"
    long = told_of([result("long", "failed", message="word " * 200)])
    assert len(long.description) < 400


def test_tables_are_told_of_apart_where_they_are_selected_and_something_is_known():
    selected = {dg.AssetCheckKey(asset_key(table), "data_checks") for table in ("raw.crimes", "raw.calls", "raw.arrests")}
    results = [
        *(result("a"), result("b", table="raw.calls"), result("c", "skipped")),
        *(result("d", "skipped", table="raw.arrests"), result("e", table="raw.suspects")),
    ]
    told = {".".join(each.asset_key.path): each.metadata for each in table_check_results("data_checks", results, selected)}
    assert {table: sorted(metadata) for table, metadata in told.items()} == {"raw.crimes": ["passed", "skipped"], "raw.calls": ["passed"]}
