"""`scorecards superset-export`: the import file of the Superset dashboards."""

from __future__ import annotations

from pathlib import Path

from pipelines.commands.console import console
from pipelines.report.marts import Marts
from pipelines.report.superset.export import write_export
from pipelines.settings import Settings

FILE_NAME = "superset.zip"


def export(settings: Settings, marts_path: Path | None, out: Path | None) -> int:
    """Write the import file; `marts_path` is the marts as Superset's machine sees them. Returns 0, or 1 where nothing is published."""
    if not settings.marts_path.exists():
        console.print("Nothing is published yet: `scorecards run` does it.")
        return 1
    with Marts.open(settings.marts_path, settings.threads) as marts:
        path = write_export(marts, marts_path or settings.marts_path, out or settings.published_dir / FILE_NAME)
    console.print(f"Import file {path}: in Superset, Dashboards > Import dashboards (docs/bi/superset.md).", soft_wrap=True)
    return 0
