"""Dagster's home: the project's dagster.yaml, with PostgreSQL storage where the environment names it."""

from __future__ import annotations

import os
from pathlib import Path

import yaml

from pipelines.private import keep_private, private_folder
from pipelines.settings import PROJECT_DIR, Settings


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
