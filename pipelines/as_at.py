"""The job `as_at`: the marts as they were known at the end of a past day, by the steps of the nightly after ingest.

Its steps are no assets: what was known on a past day is no newer state of a table, and must not look like one in the Dagster UI.
"""

import shutil
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

import dagster as dg

from pipelines.contracts.model import Contracts
from pipelines.publish.assets import PUBLISH_STEP
from pipelines.publish.marts import publish, published_keys, published_tables
from pipelines.quality.gate import evaluate_gate
from pipelines.quality.runner import run_checks
from pipelines.resources import Reporter, Warehouse, held_warehouse
from pipelines.settings import Settings
from pipelines.transform.as_at import AsAtError, bring_known, build_known
from pipelines.transform.assets import broken_message, dbt_specs, publish_models
from pipelines.transform.project import TransformError
from pipelines.warehouse import run_lock

JOB_NAME = "as_at"
RESOURCE = "known_warehouse"


def as_at_config(day: date) -> dict[str, Any]:
    """The run configuration of the job for a local day."""
    return {"resources": {RESOURCE: {"config": {"day": day.isoformat()}}}, "loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


def build_as_at_job(
    settings: Settings, contracts: Contracts, manifest: Mapping[str, Any], reporter: Reporter | None, wait_seconds: float
) -> dg.JobDefinition:
    """The job, with the day as configuration of its resource. The nightly's warehouse is read while its lock is held, for the time of one copy."""

    @dg.resource(
        config_schema={"day": dg.Field(str, description="The past day, as 2023-08-02: what was known at its end, local time, is rebuilt.")},
        description="A locked build database of its own for the day; it is removed when the marts are published.",
    )
    def known_warehouse(context: dg.InitResourceContext) -> Iterator[Warehouse]:
        with held_warehouse(settings.known_on(_past_day(context.resource_config["day"])), contracts, reporter, wait_seconds) as held:
            yield held

    @dg.op(description="Copy the raw rows and the ledger known at the end of the day from the nightly's warehouse, which is only read.")
    def bring(context: dg.OpExecutionContext, known_warehouse: dg.ResourceParam[Warehouse]) -> None:
        known_warehouse.reporter.step(f"bring over what was known on {known_warehouse.settings.as_at}")
        try:
            with run_lock(settings, wait_seconds):
                context.log.info(f"{bring_known(settings, known_warehouse)} raw rows were known")
        except AsAtError:
            shutil.rmtree(known_warehouse.settings.warehouse_dir, ignore_errors=True)
            raise

    @dg.op(ins={"brought": dg.In(dg.Nothing)}, description="Build every model over what was brought.")
    def transform(context: dg.OpExecutionContext, known_warehouse: dg.ResourceParam[Warehouse]) -> None:
        known_warehouse.reporter.step("transform")
        build_known(known_warehouse, manifest, context.run_id)

    @dg.op(ins={"built": dg.In(dg.Nothing)}, description="Evaluate every check; freshness is measured from the end of the day.")
    def check(context: dg.OpExecutionContext, known_warehouse: dg.ResourceParam[Warehouse]) -> None:
        known, reporter = known_warehouse, known_warehouse.reporter
        reporter.step("check")
        run_checks(known.settings, contracts, context.run_id, known.now, as_at=str(known.settings.as_at), on_table=reporter.detail)

    @dg.op(ins={"checked": dg.In(dg.Nothing)}, description="Publish into published/as_at/<day>/ if the gate is open; the published marts stay.")
    def publish_known(context: dg.OpExecutionContext, known_warehouse: dg.ResourceParam[Warehouse]) -> None:
        known, reporter = known_warehouse, known_warehouse.reporter
        reporter.step(PUBLISH_STEP)
        with known.connect() as connection:
            gate = evaluate_gate(connection, context.run_id)
        if gate.is_open:
            run, _ = publish_models(known, manifest, dbt_specs(manifest)[1], context.run_id, as_at=str(known.settings.as_at))
            if run.broken:
                raise TransformError(broken_message(run))
            with known.connect() as connection:
                gate = evaluate_gate(connection, context.run_id)
        published = publish(
            known.settings,
            context.run_id,
            gate,
            published_tables(manifest, with_the_past=False),
            known.now,
            contracts,
            keys=published_keys(manifest),
            on_step=reporter.detail,
        )
        # What was brought over is in the nightly's warehouse, and the next time is built from there: no second copy of the records is kept.
        shutil.rmtree(known.settings.warehouse_dir, ignore_errors=True)
        context.log.info(f"published {published.path}")

    @dg.job(
        name=JOB_NAME,
        resource_defs={RESOURCE: known_warehouse},
        executor_def=dg.in_process_executor,
        description="Rebuild, check and publish what was known at the end of a past day, beside the published marts; takes no file in.",
    )
    def as_at() -> None:
        publish_known(check(transform(bring())))

    return as_at


def _past_day(text: str) -> date:
    """Raises dagster.Failure where the text is no day, or one that has not ended."""
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise dg.Failure(f"day {text!r} is not a day: write it as 2023-08-02") from error
    if day > datetime.now(UTC).date():
        raise dg.Failure(f"day {text} lies ahead: nothing is known of it yet")
    return day
