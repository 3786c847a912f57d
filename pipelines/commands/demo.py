"""`scorecards demo`: synthetic extracts into the landing folder."""

from __future__ import annotations

import time

from pipelines.commands.console import TerminalReporter, console, print_table
from pipelines.contracts.loading import load_contracts
from pipelines.demonstration import AS_AT, declare
from pipelines.settings import Settings
from pipelines.synthetic.generate import write_extracts
from pipelines.synthetic.governance import FOLDER, write_templates


def holds_force_extracts(settings: Settings) -> bool:
    """Whether any feed but the public street-level files has a file: then there is nothing to demonstrate with synthetic ones."""
    if not settings.landing_dir.is_dir():
        return False
    folders = [f for f in settings.landing_dir.iterdir() if f.is_dir() and f.name != "police_uk_street"]
    return any(path.is_file() for folder in folders for path in folder.rglob("*"))


def write_demo(settings: Settings, months: int, scale: float, seed: int) -> int:
    """Write the extracts and say what was written. Returns 0."""
    began = time.monotonic()
    reporter = TerminalReporter()
    reporter.step("write synthetic extracts")
    written = write_extracts(
        settings.landing_dir, months=months, scale=scale, seed=seed, progress=lambda feed, rows: reporter.detail(f"{feed} {rows:,} rows")
    )
    templates = write_templates(settings.templates_dir, load_contracts().folders[FOLDER])
    declare(settings)
    reporter.finish()
    feeds: dict[str, tuple[int, int]] = {}
    for file in written:
        files, rows = feeds.get(file.feed, (0, 0))
        feeds[file.feed] = (files + 1, rows + file.rows)
    print_table("Synthetic extracts", ["feed", "files", "rows"], [[feed, *counts] for feed, counts in feeds.items()])
    console.print(f"\nEmpty templates of the governance workbook: {templates[0]}, and one csv per sheet beside it.")
    console.print(f"It is a demonstration as at {AS_AT:%-d %B %Y}: pages say so, and what is late is judged as on that day.")
    console.print(f"Written to {settings.landing_dir} in {time.monotonic() - began:.0f} s. Next: `scorecards run`.")
    return 0
