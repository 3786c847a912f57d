"""`scorecards report`: the quarterly highlight report as HTML, PDF and slides, from the published marts."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from pathlib import Path

from pipelines.commands.console import TerminalReporter, console
from pipelines.report.highlight.beside_printed import side_by_side
from pipelines.report.highlight.build import build
from pipelines.report.highlight.model import Report
from pipelines.report.highlight.period import ReportError
from pipelines.report.highlight.sign_off import as_kept, sign
from pipelines.report.highlight.write import write
from pipelines.report.marts import Marts, MartsError
from pipelines.settings import Settings


def build_report(
    settings: Settings, quarter: date | None, month: date | None, force: str | None, sign_off: str | None, beside_printed: Path | None = None
) -> int:
    """Write the report of a quarter, a month or the latest month. Returns 0, 1 where nothing is published, or 2 where there is no such report."""
    began = time.monotonic()
    reporter = TerminalReporter()
    try:
        reporter.step("read the marts")
        with Marts.open(settings.marts_path, settings.threads) as marts:
            report = build(marts, force, quarter, month)
            folder = _folder(settings, marts, report)
            page = side_by_side(marts, report) if beside_printed else None
        if beside_printed and page:
            reporter.finish()
            beside_printed.write_text(page, encoding="utf-8")
            console.print(f"Written: {beside_printed}")
            return 0
        if sign_off:
            report, why_draft = sign(report, folder, sign_off, datetime.now(UTC).date()), None
        else:
            report, why_draft = as_kept(report, folder)
        written = write(report, folder, reporter.step)
    except MartsError as error:
        reporter.finish()
        console.print(f"[red]{error}[/red]", markup=True)
        return 1
    except ReportError as error:
        reporter.finish()
        console.print(f"[red]{error}[/red]", markup=True)
        return 2
    reporter.finish()
    topics = list(report.topics)
    console.print(
        f"\n[bold]Highlight report, {report.force.text}, {report.period.title}[/bold]: {len(report.priorities)} priorities, {len(topics)} topics, "
        f"{sum(len(t.summary) for t in topics)} lines of data summary; figures to {report.period.month_end:%d %b %Y}."
    )
    for path in written.paths:
        console.print(f"  {path}", soft_wrap=True)
    if written.no_pdf:
        console.print(f"[yellow]{written.no_pdf}[/yellow]")
    for notice in report.notices:
        console.print(f"[yellow]Note:[/yellow] {''.join(p if isinstance(p, str) else p.text for p in notice.text)}")
    if why_draft:
        console.print(f"[yellow]{why_draft}[/yellow]")
    signed = f"Signed off by {report.signed_by}." if not report.is_draft else 'A draft, and marked as one: `--sign-off "Name"` signs it off.'
    console.print(f"{signed} ({time.monotonic() - began:.0f} s)")
    return 0


def _folder(settings: Settings, marts: Marts, report: Report) -> Path:
    """<published>/report/<period>/; where several forces have a report, each in a folder of its own beneath."""
    forces = {row.force_code for row in marts.rows("select * from scorecards.report_topics")}
    folder = settings.published_dir / "report" / report.period.name
    return folder / report.force_code if len(forces) > 1 else folder
