"""The dbt project: its environment, and the version of the code that decides whether a build can be incremental."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import duckdb

from pipelines.contracts.loading import CONTRACTS_DIR
from pipelines.settings import DBT_PROJECT_DIR, PROJECT_DIR, Settings
from pipelines.warehouse import target_of

MODEL_FOLDERS = ("models", "macros", "seeds", "tests", "snapshots")


class TransformError(RuntimeError):
    """dbt could not parse, compile or build; the message says what and where."""


def code_version(dbt_project_dir: Path = DBT_PROJECT_DIR, contracts_dir: Path = CONTRACTS_DIR) -> str:
    """A fingerprint of everything that decides what the models compute: SQL, macros, seeds, descriptions, settings, contracts, masking, demand,
    DuckDB itself.

    Another fingerprint means a full refresh, since incremental tables may hold what older code computed.
    """
    digest = hashlib.sha256(duckdb.__version__.encode())  # whose hashes stand in tables that nights add to
    files = [
        path for folder in MODEL_FOLDERS for path in (dbt_project_dir / folder).rglob("*") if path.suffix in {".sql", ".yml", ".csv", ".md", ".py"}
    ]
    masking = [PROJECT_DIR / "pipelines" / "masking.py", *(PROJECT_DIR / "pipelines" / "words").glob("*.txt")]
    # what models in Python call
    demand = (PROJECT_DIR / "pipelines" / "demand").glob("*.py")
    files += [dbt_project_dir / "dbt_project.yml", *contracts_dir.rglob("*.yaml"), *masking, *demand]
    for path in sorted(files):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def set_environment(settings: Settings) -> None:
    """What dbt_project/profiles.yml and dbt itself read from the environment."""
    settings.dbt_target_dir.mkdir(parents=True, exist_ok=True)
    settings.temp_dir.mkdir(parents=True, exist_ok=True)
    os.environ.update(target_of(settings).dbt_environment())
    os.environ.update(
        SCORECARDS_TEMP_DIR=str(settings.temp_dir),
        SCORECARDS_MEMORY_LIMIT=settings.memory_limit,
        SCORECARDS_THREADS=str(settings.threads),
        DBT_PROJECT_DIR=str(DBT_PROJECT_DIR),
        DBT_PROFILES_DIR=str(DBT_PROJECT_DIR),
        DBT_TARGET_PATH=str(settings.dbt_target_dir),
        DBT_LOG_PATH=str(settings.dbt_target_dir / "logs"),
        DBT_SEND_ANONYMOUS_USAGE_STATS="false",
        DBT_VERSION_CHECK="false",
        DBT_LOG_LEVEL="none",
        DBT_LOG_LEVEL_FILE="none",  # pipelines/transform/runner.py writes dbt.log
        DBT_USE_COLORS="false",
    )
