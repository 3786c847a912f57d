"""The shares in Dagster: forces are partitions, each read by a run of its own, so that one that fails stops no other."""

from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg

from pipelines.national.declared import declared_shares
from pipelines.national.reading import PEERS, Reading, note_readings, read_share
from pipelines.resources import Warehouse
from pipelines.settings import Lake, Settings

FORCES = dg.DynamicPartitionsDefinition(name="force")
FIGURES_KEY = dg.AssetKey(["shares", "figures"])
PEERS_KEY = dg.AssetKey(["shares", "peers"])
SHARES_KEY = dg.AssetKey(["ingest", "shares"])  # the table, as dbt knows it
JOB_NAME = "shares"
OWNERS = ["team:performance_analysis"]


def build_share_assets(settings: Settings, shares: Mapping[str, Lake]) -> list[dg.AssetsDefinition]:
    """What is taken from each share, and the table that says how that went."""

    @dg.asset(
        key=FIGURES_KEY,
        partitions_def=FORCES,
        group_name="shares",
        kinds={"ducklake", "csv"},
        owners=OWNERS,
        description="The headline figures of a force, as it published them last: what differs from the last time, into the landing folder.",
    )
    def share_figures(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        force = context.partition_key
        if force not in shares:
            raise dg.Failure(f"{settings.shares_path} no longer names a share of {force}")
        return _materialized(read_share(settings, force, shares[force]))

    @dg.asset(
        key=SHARES_KEY,
        deps=[dg.AssetDep(share_figures, partition_mapping=dg.AllPartitionMapping())],
        group_name="raw",
        kinds={"duckdb"},
        owners=OWNERS,
        description="Of each force: which publication its figures are of, and why its share could not be read.",
    )
    def shares_read(context: dg.AssetExecutionContext, warehouse: dg.ResourceParam[Warehouse]) -> dg.MaterializeResult[None]:
        warehouse.reporter.step("shares")
        with warehouse.connect() as connection:
            readings = note_readings(connection, settings, shares)
        for reading in readings:
            if reading.message:
                context.log.warning(f"{reading.force_code}: {reading.message}")
        return dg.MaterializeResult(metadata={"forces": len(readings), "not_read": sum(reading.message is not None for reading in readings)})

    return [share_figures, shares_read]


def build_peers_asset(settings: Settings, share: Lake) -> dg.AssetsDefinition:
    """What a force takes from the national view."""

    @dg.asset(
        key=PEERS_KEY,
        group_name="shares",
        kinds={"ducklake", "csv"},
        owners=OWNERS,
        description="The headline figures of every force, and of all together, as the national view published them: what differs from the last time.",
    )
    def peers() -> dg.MaterializeResult[None]:
        return _materialized(read_share(settings, PEERS, share))

    return peers


def _materialized(reading: Reading) -> dg.MaterializeResult[None]:
    """Raises dagster.Failure where the share could not be read."""
    if reading.message:
        raise dg.Failure(f"{reading.force_code}: {reading.message}; the figures of before stay (docs/runbooks/national.md)")
    return dg.MaterializeResult(metadata={"version": reading.version, "published_at": str(reading.published_at), "rows": reading.rows})


def build_shares_schedule(settings: Settings, job: Any) -> dg.ScheduleDefinition:
    """A run per force, before the night that sets them beside each other."""

    @dg.schedule(
        job=job,
        name="shares_schedule",
        cron_schedule="0 5 * * *",
        execution_timezone="Europe/London",
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )
    def shares_schedule(context: dg.ScheduleEvaluationContext) -> Iterator[dg.RunRequest]:
        for force in declare_forces(settings, context.instance):
            yield dg.RunRequest(run_key=f"{force} {context.scheduled_execution_time:%Y-%m-%d}", partition_key=force)

    return shares_schedule


def declare_forces(settings: Settings, instance: dg.DagsterInstance) -> list[str]:
    """Let Dagster know the forces that are declared, and no others. Returns them."""
    name = str(FORCES.name)
    forces, known = list(declared_shares(settings)), set(instance.get_dynamic_partitions(name))
    instance.add_dynamic_partitions(name, [force for force in forces if force not in known])
    for force in known.difference(forces):
        instance.delete_dynamic_partition(name, force)
    return forces
