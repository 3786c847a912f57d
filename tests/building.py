"""dbt over a small warehouse of a test's own, in the test's process."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner

from pipelines.settings import DBT_PROJECT_DIR


@dataclass
class Dbt:
    """The project is parsed once. Variables of the process are as before when a build ends."""

    target_dir: Path
    models: Sequence[str]  # built with all that they rest on
    runner: dbtRunner = field(default_factory=dbtRunner)

    def build(self, path: Path, *options: str) -> None:
        """Build the models with all that they rest on."""
        self.build_only(path, [f"+{model}" for model in self.models], *options)

    def build_only(self, path: Path, models: Sequence[str], *options: str) -> None:
        variables = {
            "SCORECARDS_BUILD_PATH": str(path),
            "SCORECARDS_THREADS": "2",
            "DBT_TARGET_PATH": str(self.target_dir),
            "DBT_LOG_PATH": str(self.target_dir),
            "DBT_LOG_LEVEL": "none",
        }
        folders = ["--project-dir", str(DBT_PROJECT_DIR), "--profiles-dir", str(DBT_PROJECT_DIR)]
        selected = ["--select", *models, "--exclude-resource-type", "test", "unit_test"]
        with mock.patch.dict(os.environ, variables):
            if self.runner.manifest is None:
                self.runner = dbtRunner(manifest=self.runner.invoke(["parse", *folders]).result)
            try:
                result = self.runner.invoke(["build", *folders, *selected, *options])
            finally:
                DuckDBConnectionManager.close_all_connections()  # dbt keeps the file open otherwise
        failed = [f"{r.node.name}: {r.message}" for r in (result.result or []) if r.status not in ("success", "pass")]
        assert result.success, failed or result.exception
