"""All planned checks, evaluated in one step, as one check of Dagster per table; the step's own asset is quality.check_results."""

from collections.abc import Iterable, Iterator
from typing import Any

import dagster as dg

from pipelines.contracts.model import Contracts
from pipelines.quality.checks import planned_checks
from pipelines.quality.runner import run_checks
from pipelines.quality.table_checks import asset_key, table_check_results, table_check_specs
from pipelines.resources import Warehouse

CHECK_RESULTS_KEY = dg.AssetKey(["quality", "check_results"])
DATA_CHECKS = "data_checks"


def build_quality_asset(contracts: Contracts, tables: Iterable[str]) -> dg.AssetsDefinition:
    """`tables`: every `schema.table` that dbt builds. The step comes after all of them and after every feed."""
    lines = [(spec.table, f"{spec.name} ({spec.severity}): {spec.description} [{spec.runbook_path}]") for spec in planned_checks(contracts)]
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
        check_specs=table_check_specs(DATA_CHECKS, "Checks of Great Expectations", lines),
        can_subset=True,
        allow_arbitrary_check_specs=True,
    )
    def check_everything(context: dg.AssetExecutionContext, warehouse: dg.ResourceParam[Warehouse]) -> Iterator[Any]:
        warehouse.reporter.step("check")
        wanted = {".".join(key.asset_key.path) for key in context.selected_asset_check_keys} if context.is_subset else None
        results = run_checks(warehouse.settings, contracts, context.run.run_id, warehouse.now, wanted, on_table=warehouse.reporter.detail)
        yield from table_check_results(DATA_CHECKS, results, context.selected_asset_check_keys)
        if CHECK_RESULTS_KEY in context.selected_asset_keys:
            counts = {status: sum(r.status == status for r in results) for status in ("passed", "warned", "failed", "skipped")}
            yield dg.MaterializeResult(asset_key=CHECK_RESULTS_KEY, metadata=counts)

    return check_everything
