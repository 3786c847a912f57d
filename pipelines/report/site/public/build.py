"""Builds the public site: aside, and switched in one step (pipelines/versioned_folder.py). All of it is small, and drawn anew each time."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipelines.report.marts import Marts
from pipelines.report.site.build import SiteError
from pipelines.report.site.drawing import Step, asset_files
from pipelines.report.site.public.content import PublicContent
from pipelines.report.site.public.open_data import column_words, data_files, write_open_data
from pipelines.report.site.public.pages import pages
from pipelines.report.site.public.tier import open_public_tier
from pipelines.settings import Licence
from pipelines.versioned_folder import VersionedFolder

FOLDER = "public"
DEMONSTRATION = "select max(demonstration_date) from quality.heartbeat"


@dataclass(frozen=True)
class PublicSite:
    """The result of a build."""

    index: Path  # as readers open it
    pages: int
    lines: int
    suppressed: int


def build_public_site(published_dir: Path, marts_path: Path, licence: Licence, on_step: Step = lambda _: None) -> PublicSite:
    """Draw `<published_dir>/public`. Raises SiteError, or MartsError where nothing is published."""
    with Marts.open(marts_path) as marts:
        demonstration = marts.value(DEMONSTRATION)
    folder = VersionedFolder(published_dir / FOLDER, published_dir / f".{FOLDER}")
    count = 0
    try:
        with open_public_tier(marts_path) as marts, folder.staging() as staging:
            content = PublicContent(marts, licence, demonstration)
            on_step("pages")
            for path, text in (*pages(content, data_files(), column_words()), *asset_files()):
                target = staging / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text, encoding="utf-8", newline="\n")
                count += path.endswith(".html")
            on_step("open data")
            write_open_data(marts, staging / "data", licence)
            lines = marts.value("select count(*) from scorecards.public")
            suppressed = marts.value("select count(*) from scorecards.public where suppression = 'suppressed'")
            folder.put_in_place(staging)
    except (OSError, duckdb.Error) as error:
        raise SiteError(f"the public site could not be written: {error}. The one before stays in place") from error
    return PublicSite(published_dir / FOLDER / "index.html", count, lines, suppressed)
