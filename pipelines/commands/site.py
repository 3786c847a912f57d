"""`scorecards site`: the scorecard site, drawn from the published marts on demand; with --public, the one for everybody."""

from __future__ import annotations

from pipelines.commands.console import TerminalReporter, console
from pipelines.report.site.build import build_site
from pipelines.report.site.public.build import build_public_site
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


def build_site_for_the_public(settings: Settings) -> int:
    """Draw <published>/public from the public tier, and say where it is. Returns 0, or 1 where nothing is published."""
    if not settings.marts_path.exists():
        console.print("Nothing is published yet: `scorecards run` does it.")
        return 1
    reporter = TerminalReporter()
    reporter.step("public site")
    site = build_public_site(settings.published_dir, settings.marts_path, settings.licence, on_step=reporter.detail)
    reporter.finish()
    console.print(f"Public site   {site.index} ({site.pages:,} pages, {site.lines:,} lines, {site.suppressed:,} of them suppressed)", soft_wrap=True)
    console.print(
        f"Open data     {site.index.parent / 'data'} under the {settings.licence.title}; docs/public-site.md says how to put it on a web server."
    )
    return 0
