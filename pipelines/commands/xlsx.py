"""`scorecards xlsx`: one Excel workbook per scorecard, from the published marts."""

from __future__ import annotations

from pipelines.commands.console import console
from pipelines.report.workbooks.publication import publish_workbooks
from pipelines.settings import Settings


def write(settings: Settings, force: bool = False) -> int:
    """Write <published>/xlsx/. Returns 0, or 1 where nothing is published."""
    if not settings.marts_path.exists():
        console.print("Nothing is published yet: `scorecards run` does it.")
        return 1
    done = publish_workbooks(settings, force)
    for name in done.written:
        console.print(f"written    {done.folder / name}", soft_wrap=True)
    for name in done.kept:
        console.print(f"unchanged  {done.folder / name}", soft_wrap=True)
    return 0
