"""`scorecards ui`: the Dagster UI with its daemon (schedule, sensor, run queue)."""

from __future__ import annotations

import os
import sys

from pipelines.instance import prepare_home
from pipelines.settings import Settings


def serve(settings: Settings, port: int) -> None:
    """Replace this process by `dagster dev`."""
    # from its home, so that Dagster does not stumble over the project's own dagster.yaml
    os.chdir(prepare_home(settings))
    os.execv(
        sys.executable,
        [sys.executable, "-m", "dagster", "dev", "-m", "pipelines.definitions", "-h", "127.0.0.1", "-p", str(port)],
    )
