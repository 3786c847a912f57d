"""`scorecards docs`: Great Expectations Data Docs (no values in them), the data dictionary, the systems and the governance map, on demand."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import duckdb

from pipelines.commands.console import TerminalReporter, console
from pipelines.contracts.model import load_contracts
from pipelines.publish.dictionary import data_dictionary
from pipelines.publish.governance_map import governance_page, read_map
from pipelines.publish.systems import write_systems
from pipelines.quality.docs import build_data_docs
from pipelines.settings import Settings
from pipelines.transform.project import load_manifest
from pipelines.warehouse import WarehouseBusy, run_lock


def build_docs(settings: Settings) -> int:
    """Write <published>/docs/. Returns 0, 1 where the warehouse is empty, or 4 where a run holds it."""
    if not settings.build_path.exists():
        console.print("The warehouse is empty: `scorecards demo` writes synthetic extracts, `scorecards run` takes them in.")
        return 1
    out = settings.published_dir / "docs"
    out.mkdir(parents=True, exist_ok=True)
    contracts = load_contracts(extra_layouts=settings.layouts_dir)
    reporter = TerminalReporter()
    reporter.step("data dictionary")
    dictionary = out / "dictionary.md"
    dictionary.write_text(data_dictionary(contracts, load_manifest(settings), _published_measures(settings)), encoding="utf-8")
    pages = [f"Data dictionary  {dictionary}", f"Systems          {write_systems(out / 'systems.md')}"]
    if settings.marts_path.exists():
        reporter.step("governance map")
        with duckdb.connect(str(settings.marts_path), read_only=True) as marts:
            page = out / "governance-map.md"
            page.write_text(governance_page(*read_map(marts)), encoding="utf-8")
        pages.append(f"Governance map   {page}")
    reporter.step("Data Docs")
    try:
        with run_lock(settings):
            index = build_data_docs(settings, contracts, out / "data_docs", datetime.now(UTC))
    except WarehouseBusy as error:
        reporter.finish()
        console.print(f"[red]{error}[/red]")
        return 4
    reporter.finish()
    console.print("\n" + "\n".join([*pages, f"Data Docs        {index}"]))
    return 0


def _published_measures(settings: Settings) -> list[dict[str, Any]]:
    """The rows of core.dim_measure; none before the first publication."""
    if not settings.marts_path.exists():
        return []
    with duckdb.connect(str(settings.marts_path), read_only=True) as marts:
        return marts.execute("select * from core.dim_measure order by domain, measure_id").pl().to_dicts()
