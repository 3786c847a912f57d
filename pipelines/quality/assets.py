"""Every planned check as a Dagster asset check, evaluated in one step; the step's own asset is quality.check_results."""

from collections.abc import Iterable, Iterator
from typing import Any

import dagster as dg

from pipelines.contracts.model import Contracts
from pipelines.masking import without_contacts
from pipelines.quality.checks import planned_checks
from pipelines.quality.model import CheckResult, CheckSpec
from pipelines.quality.runner import run_checks
from pipelines.resources import Warehouse

CHECK_RESULTS_KEY = dg.AssetKey(["quality", "check_results"])


def asset_key(table: str) -> dg.AssetKey:
    """The asset of a table: `raw.crimes` is `raw/crimes`."""
    return dg.AssetKey(table.split("."))


def check_spec(spec: CheckSpec) -> dg.AssetCheckSpec:
    return dg.AssetCheckSpec(
        name=spec.name,
        asset=asset_key(spec.table),
        description=spec.description,
        metadata={
            "severity": spec.severity,
            "owner": spec.owner,
            "dimension": spec.dimension,
            "runbook": dg.MetadataValue.path(spec.runbook_path),
        },
    )


def check_event(result: CheckResult) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        asset_key=asset_key(result.table_name),
        check_name=result.check_name,
        passed=result.status == "passed",
        severity=dg.AssetCheckSeverity.ERROR if result.severity == "error" else dg.AssetCheckSeverity.WARN,
        description=without_contacts(result.message) if result.message else None,
        metadata={
            name: value
            for name, value in {
                "status": result.status,
                "checked": result.checked_count,
                "failed": result.failed_count,
                "observed": result.observed,
                "from_month": str(result.from_month) if result.from_month else None,
                "to_month": str(result.to_month) if result.to_month else None,
            }.items()
            if value is not None
        },
    )


def build_quality_asset(contracts: Contracts, tables: Iterable[str]) -> dg.AssetsDefinition:
    """`tables`: every `schema.table` that dbt builds. The step comes after all of them and after every feed."""
    specs = {(spec.table, spec.name): spec for spec in planned_checks(contracts)}
    feeds = {f"raw.{name}" for name in contracts.feeds}

    @dg.multi_asset(
        name="check_everything",
        specs=[
            dg.AssetSpec(
                CHECK_RESULTS_KEY,
                deps=[asset_key(table) for table in sorted(feeds | set(tables))],
                group_name="quality",
                kinds={"greatexpectations", "duckdb"},
                owners=["team:performance_analysis"],
                description="Every result of every check of every run: counts, months and rates, never a value of a personal column.",
            )
        ],
        check_specs=[check_spec(spec) for spec in specs.values()],
        can_subset=True,
        allow_arbitrary_check_specs=True,
    )
    def check_everything(context: dg.AssetExecutionContext, warehouse: dg.ResourceParam[Warehouse]) -> Iterator[Any]:
        warehouse.reporter.step("check")
        wanted = {".".join(key.asset_key.path) for key in context.selected_asset_check_keys} if context.is_subset else None
        evaluated: list[CheckResult] = []
        results = run_checks(
            warehouse.settings,
            contracts,
            context.run.run_id,
            warehouse.now,
            wanted,
            on_table=warehouse.reporter.detail,
            on_evaluated=evaluated.extend,
        )
        # Dagster is told of what was evaluated: an event costs more than the check itself where nothing has changed.
        for result in evaluated:
            key = dg.AssetCheckKey(asset_key(result.table_name), result.check_name)
            if result.status != "skipped" and key in context.selected_asset_check_keys:
                yield check_event(result)
        if CHECK_RESULTS_KEY in context.selected_asset_keys:
            counts = {status: sum(r.status == status for r in results) for status in ("passed", "warned", "failed", "skipped")}
            yield dg.MaterializeResult(asset_key=CHECK_RESULTS_KEY, metadata=counts)

    return check_everything
