"""`scorecards docs`: every generated document as pages in <published>/docs/, with a first page that links them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from pipelines.commands.console import TerminalReporter, console
from pipelines.contracts.loading import load_contracts
from pipelines.contracts.model import Contracts
from pipelines.publish.dictionary import checks_page, data_dictionary, feed_page, measures_page
from pipelines.publish.governance_map import governance_page, read_map
from pipelines.publish.pages import Entry, index_page, page
from pipelines.publish.systems import write_systems
from pipelines.quality.checks import planned_checks
from pipelines.settings import Settings
from pipelines.transform.docs import write_dbt_docs
from pipelines.transform.manifest import load_manifest
from pipelines.warehouse import WarehouseBusy, has_build, run_lock


def build_docs(settings: Settings) -> int:
    """Write <published>/docs/ (index.html links all of it). Returns 0, 1 where the warehouse is empty, or 4 where a run holds it."""
    if not has_build(settings):
        console.print("The warehouse is empty: `scorecards demo` writes synthetic extracts, `scorecards run` takes them in.")
        return 1
    out = settings.published_dir / "docs"
    out.mkdir(parents=True, exist_ok=True)
    contracts = load_contracts(extra_layouts=settings.layouts_dir)
    reporter = TerminalReporter()
    now = datetime.now(UTC)
    entries = list(_texts(settings, contracts, out, reporter.step))
    try:
        with run_lock(settings):
            reporter.step("dbt docs")
            write_dbt_docs(settings, out / "dbt")
            entries.append(Entry("dbt docs", "dbt/index.html", "every model with its columns, tests, SQL and lineage, and who reads what."))
    except WarehouseBusy as error:
        reporter.finish()
        console.print(f"[red]{error}[/red]")
        return 4
    index = out / "index.html"
    index.write_text(index_page(entries, now), encoding="utf-8")
    reporter.finish()
    console.print(f"\nAll documents  {index}\n" + "\n".join(f"{entry.title:<22} {out / entry.href}" for entry in entries), soft_wrap=True)
    return 0


def _texts(settings: Settings, contracts: Contracts, out: Path, on_step: Callable[[str], None]) -> Iterator[Entry]:
    """Write what needs no lock: dictionary, measures, a page per feed, systems and the governance map."""
    is_published = settings.marts_path.exists()
    with duckdb.connect(str(settings.marts_path), read_only=True) if is_published else nullcontext() as marts:
        on_step("data dictionary")
        measures = _measures(marts) if marts else []
        _write(out, "dictionary", "Data dictionary", data_dictionary(contracts, load_manifest(settings), measures))
        yield Entry("Data dictionary", "dictionary.html", "every measure, every published table and column, and every column that suppliers send.")
        if measures:
            _write(out, "measures", "Measures", measures_page(measures))
            yield Entry("Measures", "measures.html", "each with its definition, what it is made of, target, owner and feeds.")
        on_step("feed contracts")
        yield Entry("Feed contracts", "feeds/index.html", "what each supplier sends: columns, keys, allowed values, cadence and owner.")
        _write_feeds(contracts, out / "feeds")
        _write(out, "checks", "Checks", checks_page(planned_checks(contracts), _outcomes(marts) if marts else {}))
        yield Entry("Checks", "checks.html", "what every check expects of each table, and how the data met it last. Counts only.")
        write_systems(out / "systems.md")
        _write(out, "systems", "Systems", (out / "systems.md").read_text(encoding="utf-8"))
        yield Entry("Systems", "systems.html", "the systems that the printed report names, and where each stands here.")
        if marts:
            on_step("governance map")
            _write(out, "governance-map", "Governance map", governance_page(*read_map(marts)))
            yield Entry("Governance map", "governance-map.html", "boards, plans, registers and what passes between them.")


def _write(folder: Path, name: str, title: str, markdown: str, home: str = "index.html") -> None:
    """The document twice: as text, and as a page."""
    (folder / f"{name}.md").write_text(markdown, encoding="utf-8")
    (folder / f"{name}.html").write_text(page(title, markdown, home), encoding="utf-8")


def _write_feeds(contracts: Contracts, folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    rows = []
    for name, feed in contracts.feeds.items():
        layouts = tuple(layout for layout in contracts.layouts[name] if not layout.problem)
        (folder / f"{name}.html").write_text(page(feed.title, feed_page(feed, layouts)), encoding="utf-8")
        rows.append(f"- [`{name}`]({name}.html): {feed.title}. Owner: {feed.owner}.")
    text = "# Feed contracts\n\n" + "\n".join(rows) + "\n"
    (folder / "index.html").write_text(page("Feed contracts", text, "../index.html"), encoding="utf-8")


def _measures(marts: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """The rows of core.dim_measure."""
    return marts.execute("select * from core.dim_measure order by domain, measure_id").pl().to_dicts()


def _outcomes(marts: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], tuple[str, int | None]]:
    """Status and failed count of each check in the run that was published, by table and name."""
    rows = marts.execute("""
        select table_name, check_name, status, failed_count
        from quality.check_results
        qualify checked_at = max(checked_at) over (partition by table_name, check_name)
    """)
    return {(table, check): (status, failed) for table, check, status, failed in rows.fetchall()}
