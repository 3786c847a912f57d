"""The dbt project: its environment, its manifest, and the version of the code that decides whether a build can be incremental."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipelines.catalogue.compiler import compile_catalogue
from pipelines.contracts.model import CONTRACTS_DIR, Contracts, load_contracts
from pipelines.contracts.personal import published_personal_columns
from pipelines.settings import DBT_PROJECT_DIR, Settings

MODEL_FOLDERS = ("models", "macros", "seeds", "tests", "snapshots")


class TransformError(RuntimeError):
    """dbt could not parse, compile or build; the message says what and where."""


def code_version(dbt_project_dir: Path = DBT_PROJECT_DIR, contracts_dir: Path = CONTRACTS_DIR) -> str:
    """A fingerprint of everything that decides what the models compute: SQL, macros, seeds, settings, contracts.

    Another fingerprint means a full refresh, since incremental tables may hold what older code computed.
    """
    digest = hashlib.sha256()
    files = [path for folder in MODEL_FOLDERS for path in (dbt_project_dir / folder).rglob("*") if path.suffix in {".sql", ".yml", ".csv"}]
    files += [dbt_project_dir / "dbt_project.yml", *contracts_dir.rglob("*.yaml")]
    for path in sorted(files):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def set_environment(settings: Settings) -> None:
    """What dbt_project/profiles.yml and dbt itself read from the environment."""
    settings.dbt_target_dir.mkdir(parents=True, exist_ok=True)
    settings.temp_dir.mkdir(parents=True, exist_ok=True)
    os.environ.update(
        SCORECARDS_BUILD_PATH=str(settings.build_path),
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
        DBT_LOG_LEVEL_FILE="info",
        DBT_USE_COLORS="false",
    )


def load_manifest(settings: Settings) -> dict[str, Any]:
    """dbt's manifest of the project as it stands, parsed again only when a file of it has changed.

    Raises CatalogueError where the catalogue has mistakes, TransformError where dbt cannot parse the project or where a published model has a
    personal column: then nothing is built.
    """
    manifest_path = settings.dbt_target_dir / "manifest.json"
    version_path = settings.dbt_target_dir / "manifest.version"
    compile_catalogue()
    version = code_version()
    try:
        if version_path.read_text() == version:
            return json.loads(manifest_path.read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        pass
    set_environment(settings)
    from dbt.cli.main import dbtRunner

    # Partial parsing misses some changes (a seed's columns, a macro behind a unit test): another version is parsed whole.
    result = dbtRunner().invoke(["parse", "--no-partial-parse"])
    if not result.success:
        raise TransformError(f"dbt cannot parse the project: {result.exception}")
    manifest = json.loads(manifest_path.read_text())
    refuse_personal_columns(manifest)
    # last: a project that was refused is parsed, and refused, again
    version_path.write_text(version)
    return manifest


def refuse_personal_columns(manifest: Mapping[str, Any], contracts: Contracts | None = None) -> None:
    """Raises TransformError where a published model would show a personal column. Takes the manifest as parsed JSON."""
    if breaches := published_personal_columns(manifest, contracts or load_contracts()):
        raise TransformError(
            "personal columns would be published, so nothing is built (docs/disclosure.md):\n"
            + "\n".join(f"- {breach}" for breach in breaches)
            + "\nThe contracts class them as personal; take them out of the models, or publish a count instead"
        )
