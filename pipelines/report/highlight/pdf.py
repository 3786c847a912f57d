"""The report as PDF: the HTML page printed by WeasyPrint, with selectable text, an outline and tags for screen readers."""

from __future__ import annotations

import logging
from pathlib import Path

from pipelines.report.highlight.html import render
from pipelines.report.highlight.model import Report

PACKAGES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"


class PdfUnavailable(RuntimeError):
    """This machine cannot make a PDF; the message says which packages are missing."""


def write(report: Report, path: Path) -> None:
    """Write the PDF. Raises PdfUnavailable where the system's text libraries are missing."""
    try:
        from weasyprint import HTML
    except (ImportError, OSError) as error:
        raise PdfUnavailable(
            f"no PDF: WeasyPrint finds no Pango on this machine. On Debian or Ubuntu: apt-get install {PACKAGES}. HTML and PPTX do not need it."
        ) from error
    for name in ("weasyprint", "fontTools"):
        logging.getLogger(name).setLevel(logging.ERROR)
    HTML(string=render(report, for_print=True), url_fetcher=_refuse).write_pdf(path, pdf_variant="pdf/ua-1")


def _refuse(url: str, *_: object, **__: object) -> dict[str, object]:
    """Everything is in the page: nothing is fetched, from the network or from disk."""
    raise ValueError(f"the report fetches nothing: {url}")
