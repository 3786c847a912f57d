"""Dagster's home: the project's dagster.yaml, with PostgreSQL storage where the environment names it, and for how long its history is kept."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from pipelines.masking import VERSION as MASKING_VERSION
from pipelines.private import keep_private, private_folder
from pipelines.settings import PROJECT_DIR, Settings

if TYPE_CHECKING:
    from dagster import DagsterInstance


def prepare_home(settings: Settings) -> Path:
    """Write <data>/dagster/dagster.yaml and point DAGSTER_HOME at it. The password stays in the environment, not in the file."""
    home = private_folder(settings.dagster_home)
    keep_private(home)
    config = yaml.safe_load((PROJECT_DIR / "dagster.yaml").read_text(encoding="utf-8"))
    if settings.postgres_url:
        config["storage"] = {"postgres": {"postgres_url": {"env": "SCORECARDS_DAGSTER_POSTGRES_URL"}}}
    else:
        # Runs and schedules stay in Dagster's own SQLite files; only how the event log connects is ours.
        config["event_log_storage"] = {
            "module": "pipelines.event_log",
            "class": "KeptSqliteEventLogStorage",
            "config": {"base_dir": str(home.resolve() / "history" / "runs")},
        }
    target = home / "dagster.yaml"
    text = yaml.safe_dump(config, sort_keys=False)
    if not target.exists() or target.read_text(encoding="utf-8") != text:
        target.write_text(text, encoding="utf-8")
    os.environ["DAGSTER_HOME"] = str(home)
    # What a run is going to do is noted at its start as one batch: an event a table and check.
    os.environ.setdefault("DAGSTER_EVENT_BATCH_SIZE", "1000")
    return home


def purge_history(settings: Settings, instance: DagsterInstance, now: datetime | None = None) -> int:
    """Delete the runs that ended and are older than the setting, with their events and logs: a night leaves fourteen megabytes. Returns how many.

    What a version that masked less has noted goes whatever its age.
    """
    from dagster import DagsterRunStatus, RunsFilter

    now = now or datetime.now(UTC)
    note = settings.dagster_home / "masking_version"
    is_masked = note.exists() and note.read_text(encoding="utf-8") == str(MASKING_VERSION)
    before = now - timedelta(days=settings.history_days) if is_masked else now
    ended = [DagsterRunStatus.SUCCESS, DagsterRunStatus.FAILURE, DagsterRunStatus.CANCELED]
    runs = instance.get_runs(RunsFilter(statuses=ended, created_before=before))
    for run in runs:
        instance.delete_run(run.run_id)
        shutil.rmtree(settings.dagster_home / "storage" / run.run_id, ignore_errors=True)
    note.write_text(str(MASKING_VERSION), encoding="utf-8")
    return len(runs)
