"""`scorecards site`: the scorecard site, drawn from the published marts on demand."""

from __future__ import annotations

from pipelines.commands.console import TerminalReporter, console
from pipelines.report.site.build import build_site
from pipelines.settings import Settings


def build_scorecard_site(settings: Settings) -> int:
    """Bring <published>/site up to the published marts, and say where it is. Returns 0, or 1 where nothing is published."""
    if not settings.marts_path.exists():
        console.print("Nothing is published yet: `scorecards run` does it.")
        return 1
    reporter = TerminalReporter()
    reporter.step("scorecard site")
    site = build_site(settings.published_dir, settings.marts_path, settings.threads, on_step=reporter.detail)
    reporter.finish()
    what = f"{site.drawn:,} of {site.pages:,} pages drawn anew" if site.drawn else "nothing had changed"
    for problem in site.problems:
        console.print(f"Left out of the maps: {problem}", markup=False)
    console.print(f"Scorecard site   {site.index} ({what})")
    return 0
