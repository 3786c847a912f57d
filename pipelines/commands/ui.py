"""`scorecards ui`: the Dagster UI with its daemon (schedule, sensor, run queue); `scorecards daemon`: the daemon alone."""

from __future__ import annotations

import os
import subprocess
import sys

from pipelines.commands.console import console
from pipelines.instance import prepare_home
from pipelines.settings import Settings
from pipelines.webserver import serve as serve_pages

DAEMON = [sys.executable, "-m", "dagster._daemon", "run", "-m", "pipelines.definitions"]


def serve(settings: Settings, port: int, with_daemon: bool) -> None:
    """Serve the UI on the loopback address until the process is stopped; the daemon ends with it."""
    # from its home, so that Dagster does not stumble over the project's own dagster.yaml
    os.chdir(prepare_home(settings))
    daemon = subprocess.Popen(DAEMON) if with_daemon else None
    console.print(f"The Dagster UI is on http://127.0.0.1:{port}; stop it with Ctrl-C.")
    try:
        serve_pages("127.0.0.1", port, settings.ui_hosts)
    finally:
        if daemon is not None:
            daemon.terminate()
            daemon.wait()


def run_daemon(settings: Settings) -> None:
    """Replace this process by the daemon."""
    os.chdir(prepare_home(settings))
    os.execv(sys.executable, DAEMON)
