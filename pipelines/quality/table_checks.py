"""One check of Dagster per table and engine: what all checks of a table found, told in one event. Each by itself stands in quality.check_results.

A run has some twelve hundred checks. As an event of Dagster each costs more than it takes to evaluate, and nobody reads them one by one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence

import dagster as dg

from pipelines.masking import without_contacts
from pipelines.quality.model import CheckResult

LONGEST_MESSAGE = 300


def asset_key(table: str) -> dg.AssetKey:
    """The asset of a table: `raw.crimes` is `raw/crimes`."""
    return dg.AssetKey(table.split("."))


def table_check_specs(name: str, engine: str, checks: Iterable[tuple[str, str]]) -> list[dg.AssetCheckSpec]:
    """A check called `name` for each table of `checks`: pairs of a table (`schema.table`) and a line about one of its checks."""
    lines: dict[str, list[str]] = {}
    for table, line in checks:
        lines.setdefault(table, []).append(f"- {line}")
    return [
        dg.AssetCheckSpec(
            name=name,
            asset=asset_key(table),
            description=f"{engine}, {len(of_table)} on this table:\n\n" + "\n".join(sorted(of_table)),
            metadata={"checks": len(of_table)},
        )
        for table, of_table in lines.items()
    ]


def table_check_results(name: str, results: Iterable[CheckResult], selected: Collection[dg.AssetCheckKey]) -> Iterator[dg.AssetCheckResult]:
    """What the checks of each table found, or what stands of them, of those selected. Of a table whose checks were all skipped, nothing is known."""
    by_table: dict[str, list[CheckResult]] = {}
    for result in results:
        by_table.setdefault(result.table_name, []).append(result)
    for table, of_table in by_table.items():
        is_known = any(result.status != "skipped" for result in of_table)
        if is_known and dg.AssetCheckKey(asset_key(table), name) in selected:
            yield _table_check_result(name, of_table)


def _table_check_result(name: str, results: Sequence[CheckResult]) -> dg.AssetCheckResult:
    """What the checks of one table found together: failed where one of them failed or warned, an error where one that failed is an error."""
    counts = Counter(result.status for result in results)
    found = [result for result in results if result.status in {"failed", "warned"}]
    is_error = any(result.status == "failed" and result.severity == "error" for result in found)
    return dg.AssetCheckResult(
        asset_key=asset_key(results[0].table_name),
        check_name=name,
        passed=not found,
        severity=dg.AssetCheckSeverity.ERROR if is_error else dg.AssetCheckSeverity.WARN,
        description="\n".join(f"{result.check_name}: {_message(result)}" for result in found) or None,
        metadata={status: counts[status] for status in ("passed", "warned", "failed", "skipped") if counts[status]},
    )


def _message(result: CheckResult) -> str:
    said = without_contacts(result.message) if result.message else f"{result.failed_count or 0} rows fail"
    return said if len(said) <= LONGEST_MESSAGE else f"{said[:LONGEST_MESSAGE]}… (all of it in quality.check_results)"
