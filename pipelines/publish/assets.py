"""The publication as an asset: behind every check, through the gate, then the switch."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import dagster as dg

from pipelines.publish.marts import publish, published_keys, published_tables
from pipelines.publish.share import publish_share
from pipelines.publish.writing import PublishError
from pipelines.quality.gate import evaluate_gate
from pipelines.quality.table_checks import asset_key
from pipelines.resources import Warehouse
from pipelines.warehouse import LakeTarget, WarehouseBusy

MARTS_KEY = dg.AssetKey(["published", "marts"])
SHARE_KEY = dg.AssetKey(["published", "share"])
PUBLISH_STEP = "publish"
CHECK_RESULTS = "quality.check_results"  # the gate is evaluated once more, with the tests of the publication


def build_published_asset(manifest: Mapping[str, Any]) -> dg.AssetsDefinition:
    tables = published_tables(manifest)

    @dg.asset(
        key=MARTS_KEY,
        deps=sorted(map(asset_key, {CHECK_RESULTS, *tables.values()})),
        group_name="published",
        kinds={"duckdb", "parquet"},
        owners=["team:performance_analysis"],
        description="marts.duckdb and one Parquet file per table, written aside, verified, and switched in one step if the gate is open.",
        freshness_policy=dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=29), warn_window=timedelta(hours=25)),
    )
    def published_marts(context: dg.AssetExecutionContext, warehouse: dg.ResourceParam[Warehouse]) -> dg.MaterializeResult[None]:
        warehouse.reporter.step(PUBLISH_STEP)
        with warehouse.connect() as connection:
            gate = evaluate_gate(connection, context.run.run_id)
        context.log.info(gate.message)
        if not gate.is_open:
            raise dg.Failure(gate.message, metadata={"failed": len(gate.errors), "warned": len(gate.warnings)})
        published = publish(
            warehouse.settings,
            context.run.run_id,
            gate,
            tables,
            warehouse.now,
            warehouse.contracts,
            keys=published_keys(manifest),
            on_step=warehouse.reporter.detail,
        )
        return dg.MaterializeResult(
            metadata={
                "path": dg.MetadataValue.path(published.path),
                "tables": len(published.tables),
                "rows": sum(published.tables.values()),
                "warnings": len(gate.warnings),
                "row_counts": {name: rows for name, rows in published.tables.items()},
            }
        )

    return published_marts


def build_share_asset(share: LakeTarget) -> dg.AssetsDefinition:
    """The share of these settings. Where it cannot be written, the marts stay published and the run says so."""

    @dg.asset(
        key=SHARE_KEY,
        deps=[MARTS_KEY],
        group_name="published",
        kinds={"ducklake"},
        owners=["team:performance_analysis"],
        description="The publication as a lake of its own, which other roles may read: what differs from the one before, in one transaction.",
    )
    def published_share(warehouse: dg.ResourceParam[Warehouse]) -> dg.MaterializeResult[None]:
        warehouse.reporter.step("share")
        try:
            publication = publish_share(warehouse.settings, share)
        except (PublishError, WarehouseBusy) as error:
            raise dg.Failure(f"{error} (the marts are published; the next run tries again)") from None
        return dg.MaterializeResult(
            metadata={"state": publication.snapshot, "version": publication.version, "rows_written": publication.rows_written}
        )

    return published_share
