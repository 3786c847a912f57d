"""`scorecards run --as-at DATE`: the marts as they were known on a past day, beside the published ones."""

from __future__ import annotations

import time
from datetime import date
from uuid import uuid4

import duckdb

from pipelines.commands.console import TerminalReporter, console
from pipelines.commands.run import BUSY, FAILED, PUBLISHED
from pipelines.commands.summary import print_checks, print_heartbeat
from pipelines.instance import prepare_home
from pipelines.settings import Settings
from pipelines.warehouse import WarehouseBusy, open_build, run_lock


def run_as_at(settings: Settings, day: date) -> int:
    """Execute the job `as_at` for a local day in this process, and print a summary. Returns the exit status.

    Raises AsAtError where there is nothing to rebuild.
    """
    began = time.monotonic()
    known = settings.known_on(day)
    reporter, run_id = TerminalReporter(), str(uuid4())
    try:
        with run_lock(settings):
            pass
        prepare_home(settings)
        reporter.step("prepare")
        import dagster as dg

        from pipelines.as_at import JOB_NAME, as_at_config
        from pipelines.definitions import build_defs
        from pipelines.publish.writing import PublishError
        from pipelines.transform.project import TransformError

        job = build_defs(settings, reporter=reporter, wait_seconds=0).resolve_job_def(JOB_NAME)
        try:
            with dg.DagsterInstance.get() as instance:
                job.execute_in_process(run_config=as_at_config(day), instance=instance, run_id=run_id)
        except (TransformError, PublishError) as error:
            reporter.finish()
            with open_build(known, read_only=True) as connection:
                print_checks(connection, run_id)
            console.print(f"\n[bold red]failed[/bold red] {error}", markup=True)
            console.print(f"[bold red]Nothing was published[/bold red] as at {day}; the build database stays in {known.warehouse_dir} for a look.")
            return FAILED
    except WarehouseBusy as error:
        console.print(f"[red]{error}[/red]")
        return BUSY
    finally:
        reporter.finish()
    with duckdb.connect(str(known.marts_path), read_only=True) as marts:
        print_checks(marts, run_id)
    console.print()
    print_heartbeat(known)
    console.print(f"\n[bold]The marts as known at the end of {day:%d %b %Y}[/bold] are in {known.published_dir} ({time.monotonic() - began:.0f} s).")
    console.print(f"The published marts in {settings.published_dir} are as they were.")
    return PUBLISHED
