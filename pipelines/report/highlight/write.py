"""The files of a report: highlight-report.html, .pdf and .pptx in <published>/report/<period>/."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipelines.atomic_file import atomic_write
from pipelines.report.highlight import html, pdf, pptx
from pipelines.report.highlight.model import Report

NAME = "highlight-report"


@dataclass(frozen=True)
class ReportFiles:
    """What was written, and why a PDF was not."""

    paths: tuple[Path, ...]
    no_pdf: str | None = None


def write(report: Report, folder: Path, step: Callable[[str], None]) -> ReportFiles:
    """Write the three renderings of one model. `step` is told what is being written."""
    folder.mkdir(parents=True, exist_ok=True)
    step("HTML")
    page = folder / f"{NAME}.html"
    with atomic_write(page) as part:
        part.write_text(html.render(report), encoding="utf-8")
    step("slides (PPTX)")
    slides = folder / f"{NAME}.pptx"
    with atomic_write(slides) as part:
        pptx.write(report, part)
    step("PDF")
    printed = folder / f"{NAME}.pdf"
    try:
        with atomic_write(printed) as part:
            pdf.write(report, part)
    except pdf.PdfUnavailable as error:
        printed.unlink(missing_ok=True)  # one of an earlier build would say something else
        return ReportFiles((page, slides), str(error))
    return ReportFiles((page, printed, slides))
