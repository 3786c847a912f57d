"""How the warehouse stands (the newest run, its gate, refused files, overdue feeds, the disk, the age of what is published), and its problems.

Read from Dagster's storage, the ledger, the check results and the published heartbeat. A run holds the build database for itself: while one
is at work, what only the build database knows is not known, and is left as it was found last.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb

from pipelines.instance import prepare_home
from pipelines.masking import masked, without_contacts
from pipelines.quality.gate import Finding, evaluate_gate
from pipelines.quality.model import RUNBOOKS_DIR
from pipelines.settings import Settings
from pipelines.warehouse import WarehouseUnavailable, has_build, is_held, open_build

GIGABYTE = 1_000_000_000
NIGHTLY_JOBS = ("nightly", "marts")
DEMAND_JOBS = ("demand",)
# Kinds of problem that only the build database can tell of.
OF_THE_BUILD = frozenset({"gate_closed", "file_refused", "feed_overdue"})

# A refused file stands until its content loads or is replaced: the newest outcome of each path counts.
STANDING_PROBLEMS = """
select feed, load_id, file_path, status, message
from ingest.loads
qualify row_number() over (partition by feed, file_path order by load_id desc) = 1
    and status <> 'loaded'
order by feed, file_path
"""
NEWEST_RUN_CHECKED = "select run_id, checked_at from quality.check_results order by checked_at desc limit 1"
OVERDUE = "select feed, message from quality.check_results where run_id = ? and check_name = 'fresh' and status in ('warned', 'failed') order by feed"
COUNTS = "select status, count(*) from quality.check_results where run_id = ? group by status"
HEARTBEAT = "select published_at, data_to, files, package_version from quality.heartbeat"


@dataclass(frozen=True)
class Problem:
    """Something that a person has to do something about. No value of the data, and no name of a person, stands in it."""

    kind: str
    cause: str  # the same problem has the same cause for as long as it stands
    title: str
    sentence: str
    runbook: str  # name of the file in docs/runbooks, without .md

    @property
    def runbook_path(self) -> str:
        return f"{RUNBOOKS_DIR}/{self.runbook}.md"


@dataclass(frozen=True)
class Run:
    """A run as Dagster knows it."""

    run_id: str
    status: str  # Dagster's: SUCCESS, FAILURE, STARTED …
    began_at: datetime
    failed_step: str | None


@dataclass(frozen=True)
class State:
    """Times are UTC and naive. `build` is None while a run holds the build database."""

    now: datetime
    is_working: bool
    last_run: Run | None  # of the nightly job
    demand_run: Run | None  # of the job that brings the newest calls onto the pages
    published_at: datetime | None
    data_to: Any
    version: str | None
    free_bytes: int
    build: Build | None
    unavailable: str | None = None  # why the build database cannot be reached


@dataclass(frozen=True)
class Build:
    """What the build database tells of the newest run that was checked."""

    run_id: str | None = None
    gate_errors: tuple[Finding, ...] = ()
    checks: dict[str, int] = field(default_factory=dict)
    refused: tuple[tuple[str, str, str], ...] = ()  # feed, path, message
    overdue: tuple[tuple[str, str], ...] = ()  # feed, message


def read_state(settings: Settings, now: datetime | None = None) -> State:
    now = (now or datetime.now(UTC)).astimezone(UTC).replace(tzinfo=None)
    is_working, build, unavailable = False, None, None
    try:
        is_working = is_held(settings)
        build = None if is_working else _build(settings)
    except WarehouseUnavailable as error:
        unavailable = str(error)
    published_at, data_to, version = _published(settings)
    free = shutil.disk_usage(next(path for path in (settings.data_dir, *settings.data_dir.parents) if path.exists())).free
    last_run, demand_run = (_newest_run(settings, jobs) for jobs in (NIGHTLY_JOBS, DEMAND_JOBS))
    return State(now, is_working, last_run, demand_run, published_at, data_to, version, free, build, unavailable)


def _newest_run(settings: Settings, jobs: tuple[str, ...]) -> Run | None:
    """The newest run of some jobs that Dagster knows of."""
    prepare_home(settings)
    import dagster as dg

    with dg.DagsterInstance.get() as instance:
        records = [record for job in jobs for record in instance.get_run_records(dg.RunsFilter(job_name=job), limit=1)]
        if not records:
            return None
        newest = max(records, key=lambda record: record.create_timestamp)
        run = newest.dagster_run
        failed = instance.all_logs(run.run_id, of_type=dg.DagsterEventType.STEP_FAILURE) if run.status == dg.DagsterRunStatus.FAILURE else []
        step = failed[0].dagster_event.step_key if failed and failed[0].dagster_event else None
        return Run(run.run_id, run.status.value, newest.create_timestamp.astimezone(UTC).replace(tzinfo=None), step)


def _published(settings: Settings) -> tuple[datetime | None, Any, str | None]:
    if not settings.marts_path.exists():
        return None, None, None
    with duckdb.connect(str(settings.marts_path), read_only=True) as marts:
        row = marts.execute(HEARTBEAT).fetchone()
    return (row[0], row[1], row[3]) if row else (None, None, None)


def _build(settings: Settings) -> Build | None:
    if not has_build(settings):
        return Build()
    try:
        with open_build(settings, read_only=True) as connection:
            standing = connection.execute(STANDING_PROBLEMS).fetchall()
            refused = tuple((feed, path, message) for feed, _, path, status, message in standing if status == "refused")
            newest = connection.execute(NEWEST_RUN_CHECKED).fetchone()
            if newest is None:
                return Build(refused=refused)
            run_id = newest[0]
            return Build(
                run_id,
                evaluate_gate(connection, run_id).errors,
                dict(connection.execute(COUNTS, [run_id]).fetchall()),
                refused,
                tuple(connection.execute(OVERDUE, [run_id]).fetchall()),
            )
    except duckdb.CatalogException:  # a run died before it had made its tables
        return Build()
    except (duckdb.IOException, duckdb.ConnectionException):  # a run began this moment
        return None


def problems(state: State, settings: Settings) -> list[Problem]:
    """Every problem of the moment, the gravest first."""
    runs = [*_of_the_run(state, state.last_run, "nightly"), *_of_the_run(state, state.demand_run, "demand")]
    return [*_of_the_warehouse(state), *runs, *_of_the_publication(state, settings), *_of_the_data(state), *_of_the_disk(state, settings)]


def _of_the_warehouse(state: State) -> Iterator[Problem]:
    if state.unavailable:
        yield Problem(
            "warehouse_unavailable", "warehouse_unavailable", "The warehouse cannot be reached", f"No run can work: {state.unavailable}.", "lake"
        )


def _of_the_run(state: State, run: Run | None, job: str) -> Iterator[Problem]:
    if run is None:
        return
    kind = "run_failed" if job == "nightly" else f"run_failed:{job}"
    is_gate = state.build is not None and state.build.run_id == run.run_id and bool(state.build.gate_errors)  # told as such
    if run.status == "FAILURE" and not is_gate:
        where = f" in step {run.failed_step}" if run.failed_step else ""
        yield Problem(
            "run_failed",
            f"{kind}:{run.failed_step}",
            f"The {job} run failed",
            f"The run that began {_at(run.began_at)} failed{where}; the last good marts stay in place. `make ui` shows the run's own log.",
            "run_failed",
        )
    elif run.status in {"STARTED", "STARTING"} and not state.is_working:
        yield Problem(
            "run_failed",
            f"{kind}:died",
            f"The {job} run died",
            f"The run that began {_at(run.began_at)} ended without a word: the machine went down, or the process was killed. "
            "The last good marts stay in place, and the next run puts everything right.",
            "run_failed",
        )


def _of_the_publication(state: State, settings: Settings) -> Iterator[Problem]:
    hours = settings.alerting.no_run_hours
    if state.published_at is None:
        if state.last_run is None:
            yield Problem("no_run", "no_run", "No run at all", "Nothing has ever run here, so nothing is published.", "no_run")
    elif state.now - state.published_at > timedelta(hours=hours):
        yield Problem(
            "no_run",
            "no_run",
            "No new publication",
            f"The newest publication is of {_at(state.published_at)}, more than {hours:g} hours ago: readers see old figures.",
            "no_run",
        )
    # the demand run publishes too, and must not hide that there was no night
    elif state.demand_run is not None and state.last_run is not None and state.now - state.last_run.began_at > timedelta(hours=hours):
        yield Problem(
            "no_run",
            "no_run",
            "No nightly run",
            f"The newest nightly run began {_at(state.last_run.began_at)}, more than {hours:g} hours ago: only calls and demand are newer.",
            "no_run",
        )


def _of_the_data(state: State) -> Iterator[Problem]:
    build = state.build
    if build is None:
        return
    if build.gate_errors:
        names = sorted({f"{finding.table_name} {finding.check_name}" for finding in build.gate_errors})
        yield Problem(
            "gate_closed",
            f"gate_closed:{'; '.join(names)}",
            "The gate is closed",
            f"{len(build.gate_errors)} checks failed, so nothing new is published: "
            + "; ".join(without_contacts(str(finding)) for finding in build.gate_errors[:5]),
            "gate_closed",
        )
    for feed, path, message in build.refused:
        yield Problem(
            "file_refused",
            f"file_refused:{feed}:{path}",
            f"A file of {feed} was refused",
            f"{masked(path)} {without_contacts(message or 'cannot be read')}",
            "schema",
        )
    for feed, message in build.overdue:
        yield Problem("feed_overdue", f"feed_overdue:{feed}", f"{feed} is overdue", message or f"{feed} is late", "freshness")


def _of_the_disk(state: State, settings: Settings) -> Iterator[Problem]:
    if state.free_bytes < settings.alerting.free_gb * GIGABYTE:
        yield Problem(
            "disk_full",
            "disk_full",
            "The disk is nearly full",
            f"{state.free_bytes / GIGABYTE:.1f} GB are free where the warehouse lies; {settings.alerting.free_gb:g} GB or more were asked for.",
            "disk_full",
        )


def _at(moment: datetime) -> str:
    return f"{moment:%d %b %Y %H:%M} UTC"
