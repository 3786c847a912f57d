"""Data Docs on demand: the checks as pages, from a fresh evaluation. Counts only, no values."""

from __future__ import annotations

import re
import shutil
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from pipelines.contracts.model import Contracts
from pipelines.quality.checks import planned_checks
from pipelines.quality.model import CheckSpec
from pipelines.quality.runner import RESULT_FORMAT, Clock, batch_definition, existing_tables, feeds_with_data, new_context, stage, suite_of, utc_naive
from pipelines.settings import Settings
from pipelines.warehouse import open_build

SITE = "data_docs"
# The engine's pages fetch scripts and styles from the internet; ours must work, and keep silent, on a closed network.
EXTERNAL = re.compile(
    r"<script[^>]*\ssrc=[\"']https?:[^>]*>\s*</script>|<(?:link|img)[^>]*\s(?:href|src)=[\"']https?:[^>]*>|<footer>.*?</footer>",
    re.IGNORECASE | re.DOTALL,
)
EXTERNAL_IMAGE = re.compile(r"url\(\s*[\"']?https?:[^)]*\)", re.IGNORECASE)
STYLE = """<style>
body { font: 15px/1.5 sans-serif; max-width: 75em; margin: 1em auto; padding: 0 1em; color: #1d2733 }
table { border-collapse: collapse; margin: .5em 0 1.5em }
th, td { border: 1px solid #c9d1da; padding: .3em .6em; text-align: left; vertical-align: top }
.fa-check-circle::before { content: "passed" } .fa-times::before { content: "failed" } .fa-exclamation-triangle::before { content: "error" }
h1, h2, h3, h4, h5, h6 { font-size: 1.15em; margin: 1.2em 0 .3em }
td.number { text-align: right } td.unmet { background: #fdebd8 }
.modal, #feedback, .cooltip, #ge-cta-footer, button, form { display: none }
</style>"""


def build_data_docs(settings: Settings, contracts: Contracts, out_dir: Path, now: datetime, as_at: str | None = None) -> Path:
    """Evaluate every check that has data and write Data Docs to `out_dir`, which is emptied first. Returns the path of the first page.

    Nothing is stored in quality.check_results: documentation is no run.
    """
    import great_expectations as gx

    from pipelines.quality.dialect import shared_url

    out_dir = out_dir.resolve()
    shutil.rmtree(out_dir, ignore_errors=True)
    out_dir.mkdir(parents=True)
    clock = Clock("docs", utc_naive(now), as_at)
    with open_build(settings) as connection, shared_url(connection) as url:
        context, source = new_context(url)
        context.add_data_docs_site(
            site_name=SITE,
            site_config={
                "class_name": "SiteBuilder",
                "show_how_to_buttons": False,
                "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
                "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(out_dir)},
            },
        )
        existing = existing_tables(connection)
        filled = feeds_with_data(connection, contracts, existing)
        by_table: dict[str, list[CheckSpec]] = defaultdict(list)
        for spec in planned_checks(contracts):
            if spec.table in existing and filled.issuperset(spec.needs):
                by_table[spec.table].append(spec)
        staged = {feed.staging_table: feed for feed in contracts.feeds.values()}
        evaluated: dict[str, dict[str, int]] = {}
        for name, specs in by_table.items():
            table = stage(connection, staged[name], specs) if name in staged else name
            suite = context.suites.add(suite_of(name, specs, table, clock))
            definition = context.validation_definitions.add(
                gx.ValidationDefinition(name=name, data=batch_definition(connection, source, name, table), suite=suite)
            )
            evaluated[name] = dict(definition.run(result_format=RESULT_FORMAT).statistics)
        context.build_data_docs(site_names=[SITE])
    for page in out_dir.rglob("*.html"):
        text = EXTERNAL_IMAGE.sub("none", EXTERNAL.sub("", page.read_text(encoding="utf-8")))
        page.write_text(text.replace("</head>", f"{STYLE}</head>", 1), encoding="utf-8")
    index = out_dir / "index.html"
    index.write_text(_index(out_dir, evaluated, clock), encoding="utf-8")
    return index


def _index(out_dir: Path, evaluated: Mapping[str, Mapping[str, int]], clock: Clock) -> str:
    """The first page: a row per table with links. The engine's own draws its list with scripts from the internet, which are not there."""
    rows = []
    for name, counts in evaluated.items():
        folder = name.replace(".", "/")
        result = next((out_dir / "validations" / folder).rglob("*.html")).relative_to(out_dir).as_posix()
        unmet = counts["unsuccessful_expectations"]
        rows.append(
            f'<tr><td>{name}</td><td class="number">{counts["evaluated_expectations"]}</td>'
            f'<td class="number{" unmet" if unmet else ""}">{unmet}</td>'
            f'<td><a href="{result}">result</a></td><td><a href="expectations/{folder}.html">what is expected</a></td></tr>'
        )
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Data Docs</title>{STYLE}</head><body><h1>Data Docs</h1>'
        f"<p>Every check of every table that holds data, evaluated {clock.now:%d %b %Y %H:%M} UTC. Counts only: no value of the data stands here. "
        "An expectation that is not met warns or closes the gate, by its severity; quality.check_results keeps the results of every run.</p>"
        "<table><thead><tr><th>table</th><th>checks</th><th>not met</th><th></th><th></th></tr></thead><tbody>"
        + "".join(rows)
        + "</tbody></table></body></html>"
    )
