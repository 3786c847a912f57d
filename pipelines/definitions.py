"""The only place where things are wired together: feeds, models, checks, gate, publication, job, schedule, sensor."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from pipelines.as_at import build_as_at_job
from pipelines.contracts.loading import load_contracts
from pipelines.contracts.model import Contracts
from pipelines.ingest.assets import build_folder_asset
from pipelines.ingest.sensor import build_landing_sensor
from pipelines.instance import purge_history
from pipelines.national.assets import JOB_NAME, SHARES_KEY, build_peers_asset, build_share_assets, build_shares_schedule
from pipelines.national.declared import declared_peers, declared_shares
from pipelines.publish.assets import MARTS_KEY, SHARE_KEY, build_published_asset, build_share_asset
from pipelines.quality.assets import CHECK_RESULTS_KEY, build_quality_asset
from pipelines.report.assets import SITE_KEY, WORKBOOKS_KEY, build_site_asset, build_workbooks_asset
from pipelines.resources import Reporter, held_warehouse
from pipelines.settings import Settings, load_settings
from pipelines.transform.assets import build_dbt_assets, demand_models, ledger_specs
from pipelines.transform.manifest import load_manifest
from pipelines.warehouse import pool_of, share_of

# What is taken in at 06:00: feeds of contact, whose day is wanted first thing in the morning.
CONTACT_FEEDS = ("force_calls", "bt_999_calls", "bt_incidents", "ccc_operator_rota", "incident_logs", "online_reports")

# A run that finds the warehouse held waits this long for the other one to end.
WAIT_FOR_WAREHOUSE_SECONDS = 900


def build_defs(
    settings: Settings | None = None,
    contracts: Contracts | None = None,
    reporter: Reporter | None = None,
    wait_seconds: float = WAIT_FOR_WAREHOUSE_SECONDS,
) -> dg.Definitions:
    """Everything that Dagster knows of, for these settings (default: the environment's); tests hand in their own."""
    settings = settings or load_settings()
    contracts = contracts or load_contracts(extra_layouts=settings.layouts_dir)
    manifest = load_manifest(settings)

    @dg.resource(description="The locked build database, the clock of the run, and where progress is reported.")
    def warehouse(_: dg.InitResourceContext) -> Iterator[object]:
        with held_warehouse(settings, contracts, reporter, wait_seconds) as held:
            yield held

    feeds = [build_folder_asset(together, contracts) for together in contracts.folders.values()]
    models, publication = build_dbt_assets(manifest, pool_of(settings))
    quality = build_quality_asset(contracts, [".".join(key.path) for key in models.keys])
    published = build_published_asset(manifest)
    site = build_site_asset(MARTS_KEY)
    workbooks = build_workbooks_asset(MARTS_KEY)
    share = share_of(settings)
    shared = [build_share_asset(share)] if share else []

    forces, peers = declared_shares(settings), declared_peers(settings)
    national = build_share_assets(settings, forces) if forces else [build_peers_asset(settings, peers)] if peers else []
    ledger = [spec for spec in ledger_specs(manifest) if not forces or spec.key != SHARES_KEY]
    # what is taken from shares has runs of its own, before the night
    from_shares = [asset.key for asset in national if asset.key != SHARES_KEY]
    of_the_night = dg.AssetSelection.all() - dg.AssetSelection.assets(*from_shares)

    nightly = dg.define_asset_job(
        "nightly",
        selection=of_the_night,
        description="Take in what is new, transform it, check it, publish the marts if the gate is open, draw the site and write the workbooks.",
    )
    marts = dg.define_asset_job(
        "marts",
        selection=of_the_night - dg.AssetSelection.assets(SITE_KEY, WORKBOOKS_KEY),
        description="The same up to the marts: site and workbooks stay as they are.",
    )

    demand = dg.define_asset_job(
        "demand",
        selection=dg.AssetSelection.assets(
            *(dg.AssetKey(["raw", feed]) for feed in CONTACT_FEEDS),
            *demand_models(models),
            CHECK_RESULTS_KEY,
            MARTS_KEY,
            SITE_KEY,
            *(SHARE_KEY for _ in shared),
        ),
        description=(
            "Take in the feeds of contact, build days, half hours, forecasts and staffing with the facts that they rest on, check them, publish them "
            "beside what the last night built, and draw the pages that change. What that night said of quality and revisions stands."
        ),
    )

    @dg.op(name="purge_history", description="Delete the runs, events and logs that are older than SCORECARDS_HISTORY_DAYS.")
    def purge(context: dg.OpExecutionContext) -> None:
        context.log.info(f"{purge_history(settings, context.instance)} runs deleted")

    @dg.job(executor_def=dg.in_process_executor, description="What keeps the machine in order: Dagster's history is kept for a while only.")
    def housekeeping() -> None:
        purge()

    def daily(job: Any, hour: int, minute: int = 0) -> dg.ScheduleDefinition:
        return dg.ScheduleDefinition(
            job=job, cron_schedule=f"{minute} {hour} * * *", execution_timezone="Europe/London", default_status=dg.DefaultScheduleStatus.RUNNING
        )

    # a national view is built when the nights of the forces are over, and has no calls of its own
    shares_job = dg.define_asset_job(JOB_NAME, selection=from_shares, description="Take over what others have published.") if from_shares else None
    if forces:
        schedules = [build_shares_schedule(settings, shares_job), daily(nightly, 5, 30)]
    else:
        schedules = [*([daily(shares_job, 1, 30)] if shares_job else []), daily(nightly, 2), daily(demand, 6)]
    as_at = build_as_at_job(settings, contracts, manifest, reporter, wait_seconds)

    return dg.Definitions(
        assets=[*ledger, *feeds, *national, models, quality, publication, published, *shared, site, workbooks],
        jobs=[nightly, marts, demand, as_at, housekeeping, *([shares_job] if shares_job else [])],
        schedules=[*schedules, daily(housekeeping, 6, 30)],
        sensors=[build_landing_sensor(settings, nightly.name)],
        resources={"warehouse": warehouse},
        # DuckDB has one writer, and a step holds its connection only while it runs: everything in one process, in order.
        executor=dg.in_process_executor,
    )


@dg.definitions
def defs() -> dg.Definitions:
    return build_defs()
