"""`scorecards run --as-at DATE`: the marts as they were known on a past day, beside the published ones."""

from __future__ import annotations

import shutil
import time
import uuid
from datetime import UTC, date, datetime

from pipelines.commands.console import TerminalReporter, console
from pipelines.commands.run import BUSY, FAILED, PUBLISHED
from pipelines.commands.summary import print_checks, print_heartbeat
from pipelines.contracts.model import load_contracts
from pipelines.settings import Settings
from pipelines.warehouse import WarehouseBusy, run_lock


def run_as_at(settings: Settings, day: date) -> int:
    """Rebuild, check and publish what was known at the end of a local day. Takes in no file. Returns the exit status.

    The nightly's warehouse is read while its lock is held, for the time of one copy, and is not written; the published marts stay.
    Raises AsAtError where there is nothing to rebuild.
    """
    began = time.monotonic()
    aside = settings.known_on(day)
    reporter = TerminalReporter()
    reporter.step("prepare")
    from pipelines.publish.assets import PUBLISH_STEP
    from pipelines.publish.marts import PublishError, publish, published_tables, tested_keys
    from pipelines.quality.gate import evaluate_gate
    from pipelines.quality.runner import run_checks
    from pipelines.resources import held_warehouse
    from pipelines.transform.as_at import bring_known, build_known
    from pipelines.transform.manifest import load_manifest
    from pipelines.transform.project import TransformError

    contracts = load_contracts(extra_layouts=settings.layouts_dir)
    run_id = f"as-at-{day}-{uuid.uuid4().hex[:8]}"
    try:
        with run_lock(settings):
            reporter.step(f"bring over what was known on {day}")
            bring_known(settings, aside, contracts, datetime.now(UTC).replace(tzinfo=None))
            manifest = load_manifest(settings)
        with held_warehouse(aside, contracts, reporter) as warehouse:
            reporter.step("transform")
            build_known(warehouse, manifest, run_id)
            reporter.step("check")
            run_checks(aside, contracts, run_id, warehouse.now, as_at=str(day), on_table=reporter.detail)
            reporter.step(PUBLISH_STEP)
            with warehouse.connect() as connection:
                gate = evaluate_gate(connection, run_id)
            reporter.finish()
            with warehouse.connect(read_only=True) as connection:
                print_checks(connection, run_id)
            published = publish(
                aside,
                run_id,
                gate,
                published_tables(manifest),
                warehouse.now,
                contracts,
                as_at=str(day),
                keys=tested_keys(manifest),
                on_step=reporter.detail,
            )
    except WarehouseBusy as error:
        reporter.finish()
        console.print(f"[red]{error}[/red]")
        return BUSY
    except (TransformError, PublishError) as error:
        reporter.finish()
        console.print(f"\n[bold red]failed[/bold red] {error}", markup=True)
        console.print(f"[bold red]Nothing was published[/bold red] as at {day}; the build database stays in {aside.warehouse_dir} for a look.")
        return FAILED
    # What was brought over is in the nightly's warehouse, and the next time is built from there: no second copy of the records is kept.
    shutil.rmtree(aside.warehouse_dir, ignore_errors=True)
    console.print()
    print_heartbeat(aside)
    console.print(
        f"\n[bold]The marts as known at the end of {day:%d %b %Y}[/bold] are in {published.path.parent} ({time.monotonic() - began:.0f} s)."
    )
    console.print(f"The published marts in {settings.published_dir} are as they were.")
    return PUBLISHED
