"""`scorecards run`: what the nightly schedule does, in this process, with progress and a summary."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pipelines import storage
from pipelines.commands.console import TerminalReporter, console
from pipelines.commands.profile import ProfilingReporter, report_profile
from pipelines.commands.summary import print_run_summary
from pipelines.garbage_collection import objects_that_stay, rare_collections
from pipelines.hash_key import HashKeyError, require_same
from pipelines.instance import prepare_home, purge_history
from pipelines.private import keep_private
from pipelines.settings import Settings
from pipelines.warehouse import WarehouseBusy, has_build, open_build, run_lock

if TYPE_CHECKING:
    import dagster as dg

# What `scorecards run` ends with. A refused file or a site that cannot be drawn stops nothing, but the exit status tells.
PUBLISHED, FAILED, PUBLISHED_WITH_REFUSALS, BUSY, PUBLISHED_WITHOUT_PAGES = 0, 1, 3, 4, 5
PUBLISHED_OUTCOMES = frozenset({PUBLISHED, PUBLISHED_WITH_REFUSALS, PUBLISHED_WITHOUT_PAGES})


def run_nightly(settings: Settings, full_refresh: bool = False, job_name: str = "nightly") -> int:
    """Execute the job `nightly`, `marts` or `demand`, and print a summary, with a profile of the run where the settings ask for it.

    Returns the exit status.
    """
    began = time.monotonic()
    try:
        with run_lock(settings, wait_seconds=1):  # who only looks whether a run is at work holds it for a moment
            if has_build(settings):
                with open_build(settings) as connection:
                    require_same(connection, settings.hash_key, datetime.now(UTC).replace(tzinfo=None))
    except WarehouseBusy as error:
        console.print(f"[red]{error}[/red]")
        return BUSY
    except HashKeyError as error:
        console.print(f"[red]{error}[/red]")
        return FAILED
    prepare_home(settings)
    reporter = ProfilingReporter() if settings.is_profiled else TerminalReporter()
    reporter.step("prepare")
    with objects_that_stay():
        import dagster as dg

        from pipelines.definitions import build_defs
        from pipelines.publish.assets import MARTS_KEY, PUBLISH_STEP
        from pipelines.transform.assets import DBT_ASSETS_NAME

        definitions = build_defs(settings, reporter=reporter, wait_seconds=0)
        job = definitions.resolve_job_def(job_name)
    with rare_collections(), dg.DagsterInstance.get() as instance:
        purge_history(settings, instance)
        if settings.shares_path.exists() and job_name != "demand":
            _take_from_shares(settings, definitions, instance, reporter)
        result = job.execute_in_process(
            instance=instance,
            raise_on_error=False,
            run_config={
                "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
                "ops": {DBT_ASSETS_NAME: {"config": {"full_refresh": full_refresh}}},
            },
        )
    keep_private(settings.dagster_home)
    reporter.finish()
    failures = [
        f"{event.step_key}: {_told(settings, error_text(event))}"
        for event in result.all_events
        if event.event_type == dg.DagsterEventType.STEP_FAILURE
    ]
    published = any(event.asset_key == MARTS_KEY for event in result.all_events if event.is_step_materialization)
    ended = time.monotonic()
    marts_there = reporter.ended[PUBLISH_STEP] if published else ended
    if isinstance(reporter, ProfilingReporter):
        report_profile(settings, reporter.costs)
    with rare_collections():
        refused = print_run_summary(settings, result.run_id, published, failures, marts_there - began, ended - began)
    if not published:
        return FAILED
    if not result.success:
        return PUBLISHED_WITHOUT_PAGES
    return PUBLISHED_WITH_REFUSALS if refused else PUBLISHED


def _take_from_shares(settings: Settings, definitions: dg.Definitions, instance: dg.DagsterInstance, reporter: TerminalReporter) -> None:
    """A run per share, as the schedules have them: one that fails stops no other, and the national view says whose figures are old."""
    from pipelines.national.assets import JOB_NAME, declare_forces

    job = definitions.resolve_job_def(JOB_NAME)
    reporter.step("read shares")
    forces: list[str | None] = [*declare_forces(settings, instance)]
    for force in forces or [None]:  # a force reads the share of the national view
        reporter.detail(force or "peers")
        quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
        job.execute_in_process(instance=instance, partition_key=force, raise_on_error=False, run_config=quiet)


def _told(settings: Settings, text: str) -> str:
    """The words of a failed step, or the sentence about the disk that failed it."""
    return storage.sentence(settings.data_dir, text) or text


def error_text(event: object) -> str:
    """The words of a failed step: those of our own Failure, or the innermost cause of anything else."""
    data = event.event_specific_data  # type: ignore[attr-defined]
    if data.user_failure_data is not None and data.user_failure_data.description:
        return str(data.user_failure_data.description)
    error = data.error
    while error is not None and error.cause is not None:
        error = error.cause
    return error.message.strip() if error is not None else "failed"
