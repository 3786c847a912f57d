"""dbt in the test's process: over a small warehouse of a test's own, with the project parsed once for all tests."""

from __future__ import annotations

import os
import pickle
import shutil
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest

from pipelines.settings import DBT_PROJECT_DIR, Settings
from pipelines.transform import runner
from pipelines.transform.manifest import load_manifest
from pipelines.transform.project import code_version
from tests.landing import HASH_KEY

PARSED = "parsed.pickle"  # dbt's own form of the project, beside its JSON


def parse_once(settings: Settings) -> None:
    """The parsed project in the target folder, in both forms; a checkout keeps those of its latest version, and parses it once."""
    kept = DBT_PROJECT_DIR / "target" / "parsed" / code_version()
    if not kept.exists():
        _parse(settings)
        shutil.rmtree(kept.parent, ignore_errors=True)
        kept.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=kept.parent.parent) as folder, suppress(OSError):  # another run of the tests may have been faster
            shutil.copytree(settings.dbt_target_dir, Path(folder) / kept.name).replace(kept)
    else:
        shutil.copytree(kept, settings.dbt_target_dir, dirs_exist_ok=True)


def _parse(settings: Settings) -> None:
    load_manifest(settings)
    # dbt's own way of pickling a manifest mixes up its parts; a lock has no state
    parts = {name: part for name, part in vars(runner.parsed_project(settings)).items() if name != "_lock"}
    (settings.dbt_target_dir / PARSED).write_bytes(pickle.dumps(parts))


def recall_parsed(settings: Settings) -> None:
    """Let this process build from the project that another one has parsed."""
    if code_version() not in runner._parsed:
        manifest = Manifest()
        vars(manifest).update(pickle.loads((settings.dbt_target_dir / PARSED).read_bytes()))
        runner._parsed[code_version()] = manifest


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
                result = dbtRunner(manifest=manifest).invoke(["build", *folders, *selected, *options])
            finally:
                DuckDBConnectionManager.close_all_connections()  # dbt keeps the file open otherwise
        failed = [f"{r.node.name}: {r.message}" for r in (result.result or []) if r.status not in ("success", "pass", "warn")]
        assert result.success, failed or result.exception
