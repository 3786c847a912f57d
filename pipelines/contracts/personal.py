"""Personal columns never reach a published table: checked on dbt's manifest before the build, and on the built tables before publication."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from pipelines.contracts.model import Contracts


def personal_columns(contracts: Contracts) -> frozenset[str]:
    """Names of the columns that any contract classes as personal or as a personal identifier: none of them is ever published."""
    return frozenset(c.name.lower() for feed in contracts.feeds.values() for c in feed.columns if c.classification.startswith("personal"))


def published_personal_columns(manifest: Mapping[str, Any], contracts: Contracts) -> list[str]:
    """What of the project would publish a personal column, one sentence each; empty where all is well.

    manifest  dbt's, as parsed JSON: the columns that published models declare (`meta: {published: true}`), and the SQL of all models

    A personal column keeps its class under another name (`victim_age as age`), in that model and in those that read it. A published model that does
    not say its columns, or does not have to keep to them, could pass any on with `select *`, so it is refused, too. What an expression makes of a
    personal column (an age band, a count) cannot be judged here: that is for whoever reviews the model.
    """
    models = {key: node for key, node in manifest["nodes"].items() if node["resource_type"] == "model"}
    names = _names_by_model(models, personal_columns(contracts))
    found = []
    for key, node in sorted(models.items()):
        if not ((node.get("config") or {}).get("meta") or {}).get("published"):
            continue
        table = f"{node['schema']}.{node.get('alias') or node['name']}"
        columns = [str(name).lower() for name in node.get("columns") or {}]
        if not columns or not ((node.get("config") or {}).get("contract") or {}).get("enforced"):
            found.append(f"{table} is published without an enforced contract of its columns, so `select *` could pass personal ones on")
        for column in columns:
            if origin := names[key].get(column):
                found.append(f"{table}.{column} is published, but it is personal" + (f" ({origin} under another name)" if origin != column else ""))
    return found


def _names_by_model(models: Mapping[str, Mapping[str, Any]], personal: Iterable[str]) -> dict[str, dict[str, str]]:
    """For each model, the names under which a personal column may stand in it, with the column's own name."""
    names: dict[str, dict[str, str]] = {}

    def of(key: str) -> dict[str, str]:
        if key not in names:
            names[key] = known = {column: column for column in personal}
            for parent in (models[key].get("depends_on") or {}).get("nodes") or ():
                if parent in models:
                    known.update(of(parent))
            for renamed, alias in _renames(models[key].get("raw_code") or ""):
                if renamed in known:
                    known.setdefault(alias, known[renamed])
        return names[key]

    for key in models:
        of(key)
    return names


def _renames(sql: str) -> list[tuple[str, str]]:
    """(column, alias) of each plain `column as alias` or `table.column as alias`, in the order of the text."""
    return [(column.lower(), alias.lower()) for column, alias in re.findall(r"(?:^|,|\bselect\b)\s*(?:\w+\.)?(\w+)\s+as\s+(\w+)", sql, re.M | re.I)]
