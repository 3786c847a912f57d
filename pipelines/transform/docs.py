"""dbt's own documentation of the project, as one page that fetches nothing."""

from __future__ import annotations

import re
from pathlib import Path

from pipelines.settings import DBT_PROJECT_DIR, Settings
from pipelines.transform.project import TransformError
from pipelines.transform.runner import call_dbt, parsed_project

STATIC_PAGE = "static_index.html"
# The page counts its readers on dbt's server where it is let: the browser itself is told to ask nobody.
NOTHING_FROM_OUTSIDE = (
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'unsafe-inline'; img-src data:; font-src data:; connect-src 'none'\">"
)
OUTSIDE_LINKS = re.compile(r'<link rel="(?:canonical|shortcut icon)"[^>]*>')


def write_dbt_docs(settings: Settings, out: Path) -> Path:
    """Write models, columns, tests, exposures and lineage to <out>/index.html; asks the build database for its columns, so hold the run lock.

    Raises TransformError.
    """
    outcome = call_dbt(settings, ["docs", "generate", "--static", "--no-compile"], manifest=parsed_project(settings))
    if not outcome.success:
        raise TransformError(f"dbt could not write its documentation: {outcome.exception}")
    text = (settings.dbt_target_dir / STATIC_PAGE).read_text(encoding="utf-8")
    text = OUTSIDE_LINKS.sub("", text).replace("<head>", f"<head>{NOTHING_FROM_OUTSIDE}", 1)
    for path in (settings.dbt_target_dir, DBT_PROJECT_DIR):  # where the machine keeps things is nobody's business
        text = text.replace(f"{path}/", "")
    out.mkdir(parents=True, exist_ok=True)
    page = out / "index.html"
    page.write_text(text, encoding="utf-8")
    return page
