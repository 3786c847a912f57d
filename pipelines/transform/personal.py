"""Personal columns never reach a published table: checked on the models' compiled SQL before anything is built (docs/disclosure.md)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from graphlib import TopologicalSorter
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pipelines.contracts.model import Contracts
from pipelines.contracts.personal import is_personal, personal_columns
from pipelines.settings import Settings
from pipelines.transform.lineage import LineageError, Relation, model_lineage
from pipelines.transform.passed import has_passed, remember
from pipelines.transform.project import TransformError
from pipelines.transform.runner import call_dbt, empty_warehouse

CHECK = "personal_columns"

# Where a personal column may become a value that is published: (source column, column of the model where it does) -> why.
# From that column on it no longer counts as personal. An entry that allows nothing is refused.
ALLOWED: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("raw.crimes.da_risk", "measures.int_measure_components.segment"): (
            "the risk grade (standard, medium, high) is a segment of monthly counts over an area and never stands beside a crime; "
            "below a partnership's area small counts of it are suppressed for partners and the public (docs/disclosure.md)"
        ),
    }
)


def refuse_personal_columns(settings: Settings, contracts: Contracts, manifest: Mapping[str, Any], parsed: Any, version: str) -> None:
    """Raises TransformError where a published model would show a personal column; code that has passed is not looked at again.

    manifest, parsed  dbt's manifest as JSON, and as dbt's own object
    version           of the project and the contracts
    """
    digest = hashlib.sha256(version.encode())
    for name in ("lineage.py", "personal.py"):
        digest.update(Path(__file__).with_name(name).read_bytes())
    checked = digest.hexdigest()[:16]
    if has_passed(CHECK, checked):
        return
    if breaches := published_personal_columns(manifest, compiled_models(settings, contracts, parsed), contracts):
        raise TransformError(
            "personal columns would be published, so nothing is built (docs/disclosure.md):\n"
            + "\n".join(f"- {breach}" for breach in breaches)
            + "\nThe contracts class them as personal: take them out of the models, publish a count instead, or allow one by name, "
            "with the reason, in pipelines/transform/personal.py"
        )
    remember(CHECK, checked)


def compiled_models(settings: Settings, contracts: Contracts, parsed: Any) -> dict[str, str]:
    """The SQL of every model by dbt's unique id, as a full build of an empty warehouse runs it. Raises TransformError.

    A model in Python may hand on whatever it reads in any of its columns: it stands as a query that does.
    """
    with empty_warehouse(settings, contracts) as empty:
        arguments = ["--quiet", "compile", "--full-refresh", "--no-write-json", "--no-populate-cache"]
        arguments += ["--select", "resource_type:model", "--indirect-selection", "empty"]
        outcome = call_dbt(empty, arguments, manifest=parsed)
    if not outcome.success:
        raise TransformError(f"dbt cannot compile the project: {outcome.exception}")
    tables = {key: f"{node.schema}.{node.alias}" for key, node in parsed.nodes.items() if hasattr(node, "alias")}
    return {
        node.unique_id: f"select columns(*) from {', '.join(tables[key] for key in node.depends_on_nodes)}"
        if node.language == "python"
        else node.compiled_code
        for node in (result.node for result in outcome.result.results)
    }


def published_personal_columns(
    manifest: Mapping[str, Any], sql: Mapping[str, str], contracts: Contracts, allowed: Mapping[tuple[str, str], str] = ALLOWED
) -> list[str]:
    """What of the project would publish a personal column, one sentence each; empty where all is well.

    manifest  dbt's, as parsed JSON: which models are published (`meta: {published: true}`), with which columns, and what they read
    sql       the compiled SQL of every model by dbt's unique id
    allowed   see ALLOWED

    A published model that does not say its columns, or does not have to keep to them, is refused, too: only a contract makes its columns known.
    A column that has a personal column's name is refused wherever it comes from, for a reader would take it for one.
    """
    models = {key: node for key, node in manifest["nodes"].items() if node["resource_type"] == "model"}
    tables = {key: f"{node['schema']}.{node.get('alias') or node['name']}".lower() for key, node in models.items()}
    published = {tables[key]: node for key, node in models.items() if ((node.get("config") or {}).get("meta") or {}).get("published")}
    reads = {key: [parent for parent in (node.get("depends_on") or {}).get("nodes") or () if parent in models] for key, node in models.items()}
    order = [key for key in TopologicalSorter(reads).static_order() if key in sql]
    try:
        lineage = model_lineage({tables[key]: sql[key] for key in order}, _sources(contracts), set(allowed))
    except LineageError as error:
        return [f"{error}; write it as one SELECT that sqlglot reads"]

    names = personal_columns(contracts)
    found = []
    for table, node in sorted(published.items()):
        columns = [str(name).lower() for name in node.get("columns") or {}]
        if not columns or not ((node.get("config") or {}).get("contract") or {}).get("enforced"):
            found.append(f"{table} is published without an enforced contract of its columns, so `select *` could pass personal ones on")
        carried = lineage.relations[table].carried if table in lineage.relations else {}
        found += [
            f"{table}.{column} is published, but it has the name of a personal column"
            for column in columns
            if column in names and column not in carried
        ]
        for column, origins in sorted(carried.items()):
            found += [
                f"{table}.{column} is published, but {source} reaches it, which is personal: {_path(source, path)}"
                for source, path in sorted(origins.items())
                if not any(step.rpartition(".")[0] in published for step in path[:-1])  # what reads a published table is named by its leak
            ]
    for source, column in sorted(set(allowed) - lineage.ended):
        found.append(f"{source} is allowed in {column}, but does not reach it: take the entry out of ALLOWED in pipelines/transform/personal.py")
    return found


def _sources(contracts: Contracts) -> dict[str, Relation]:
    """The raw tables, with the columns that are personal as their own origins."""
    return {
        f"raw.{feed.name}": Relation(
            tuple(feed.raw_columns), {c.name.lower(): {f"raw.{feed.name}.{c.name.lower()}": ()} for c in feed.columns if is_personal(c)}
        )
        for feed in contracts.feeds.values()
    }


def _path(source: str, columns: Sequence[str]) -> str:
    return " -> ".join((source, *columns))
