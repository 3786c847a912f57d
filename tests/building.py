"""dbt in the test's process: over a small warehouse of a test's own, with the project parsed once for all tests."""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest import mock

import duckdb
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner

from pipelines.garbage_collection import rare_collections
from pipelines.settings import DBT_PROJECT_DIR, Settings
from pipelines.transform import runner
from pipelines.transform.carry_over import carried_over, give_back, take
from pipelines.transform.manifest import load_manifest
from pipelines.transform.project import code_version
from tests.landing import HASH_KEY


def parse_once(settings: Settings) -> None:
    """The parsed project in the target folder; a checkout keeps that of its latest version, and parses it once."""
    kept = DBT_PROJECT_DIR / "target" / "parsed_once" / code_version()
    if not kept.exists():
        load_manifest(settings)
        shutil.rmtree(kept.parent, ignore_errors=True)
        kept.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=kept.parent.parent) as folder, suppress(OSError):  # another run of the tests may have been faster
            shutil.copytree(settings.dbt_target_dir, Path(folder) / kept.name).replace(kept)
    else:
        shutil.copytree(kept, settings.dbt_target_dir, dirs_exist_ok=True)


@dataclass
class Dbt:
    """The project is parsed once per process, or recalled (fixture `parsed`). Variables of the process are as before when a build ends."""

    target_dir: Path
    models: Sequence[str]  # built with all that they rest on

    def build(self, path: Path, *options: str) -> None:
        """Build the models with all that they rest on."""
        self.build_only(path, [f"+{model}" for model in self.models], *options)

    def build_only(self, path: Path, models: Sequence[str], *options: str, without: Collection[str] = ("test", "unit_test")) -> None:
        variables = {
            "SCORECARDS_DBT_TARGET": "duckdb",
            "SCORECARDS_BUILD_PATH": str(path),
            "SCORECARDS_THREADS": "2",
            "DBT_TARGET_PATH": str(self.target_dir),
            "DBT_LOG_PATH": str(self.target_dir),
            "DBT_LOG_LEVEL": "none",
            "DBT_LOG_LEVEL_FILE": "none",  # dbt words every line that it then leaves out
        }
        folders = ["--project-dir", str(DBT_PROJECT_DIR), "--profiles-dir", str(DBT_PROJECT_DIR)]
        selected = ["--select", *models, "--exclude-resource-type", *without]
        with mock.patch.dict(os.environ):
            manifest = runner.parsed_project(Settings(data_dir=self.target_dir, hash_key=HASH_KEY))
        with mock.patch.dict(os.environ, variables):
            try:
                with rare_collections():
                    result = dbtRunner(manifest=manifest).invoke(["build", "--no-write-json", *folders, *selected, *options])
            finally:
                DuckDBConnectionManager.close_all_connections()  # dbt keeps the file open otherwise
        failed = [f"{r.node.name}: {r.message}" for r in (result.result or []) if r.status not in ("success", "pass", "warn")]
        assert result.success, failed or result.exception


@contextmanager
def as_a_night(path: Path, manifest: Mapping[str, Any], by_hand: Mapping[str, str] | None = None) -> Iterator[set[str]]:
    """Builds in the block leave what stands, as a night's do. Gives the names of the nodes that did not.

    by_hand  by unique id, what stands for the rows of tables that no build of the test makes
    """
    built: set[str] = set()
    with duckdb.connect(str(path)) as connection:
        carry_over = take(connection, manifest, "code", full_refresh=False)
    carry_over.contents.update(by_hand or {})
    with carried_over(carry_over):
        yield built
    with duckdb.connect(str(path)) as connection:
        give_back(connection, carry_over, "code")
    built |= {name.split(".")[-1] for name in carry_over.anew}
