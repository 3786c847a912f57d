"""Publishes the marts: written aside, verified, and switched in one step.

    published/
      marts.duckdb -> current/marts.duckdb     what readers open
      parquet      -> current/parquet          one file per table
      current      -> .versions/<version>      the one thing that a publication switches
      .versions/<version>/                     the marts of this publication, and of the one before

Readers go through two links that never change; a publication replaces the third (pipelines/versioned_folder.py). Database and
Parquet files therefore always are of one run, and programs that hold the old database open keep it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from pipelines.contracts.loading import load_contracts
from pipelines.contracts.model import Contracts
from pipelines.publish.writing import DATABASE, PARQUET, PublishError, Step, plan_of, verify, write
from pipelines.quality.clock import utc_naive
from pipelines.quality.gate import Gate
from pipelines.settings import Settings
from pipelines.versioned_folder import VersionedFolder, sync
from pipelines.warehouse import open_build

PUBLICATION = "publication"  # the schema of what is built behind the gate


@dataclass(frozen=True)
class Published:
    """What a publication put in place."""

    version: str
    path: Path  # the database, as readers open it
    published_at: datetime
    tables: Mapping[str, int]  # schema.table -> rows


def published_models(manifest: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The node of every dbt model whose meta says `published: true`, by published name. Takes the manifest as parsed JSON."""
    return {_published_name(node): node for node in manifest["nodes"].values() if node["resource_type"] == "model" and _meta(node).get("published")}


def _published_name(node: Mapping[str, Any]) -> str:
    """`schema.table`; a model of the publication is named <schema>__<table>."""
    name = node.get("alias") or node["name"]
    return name.replace("__", ".", 1) if node["schema"] == PUBLICATION else f"{node['schema']}.{name}"


def _meta(node: Mapping[str, Any]) -> Mapping[str, Any]:
    return (node.get("config") or {}).get("meta") or {}


def contract_key(node: Mapping[str, Any]) -> tuple[str, ...]:
    """The columns of the primary key in a model's contract; none where it names none."""
    return next((tuple(c["columns"]) for c in node.get("constraints") or [] if c["type"] == "primary_key"), ())


def published_tables(manifest: Mapping[str, Any], with_the_past: bool = True) -> dict[str, str]:
    """The name in the build database of every published table, by published name. Takes the manifest as parsed JSON.

    with_the_past  whether to publish what rests on earlier publications; what was known on a past day does not
    """
    models = sorted(published_models(manifest).items())
    return {name: f"{node['schema']}.{node['name']}" for name, node in models if with_the_past or not _meta(node).get("is_of_the_past")}


def published_keys(manifest: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """The key of each published model, by published name. Takes the manifest as parsed JSON."""
    return {name: contract_key(node) for name, node in published_models(manifest).items()}


def publish(
    settings: Settings,
    run_id: str,
    gate: Gate,
    tables: Mapping[str, str],
    now: datetime,
    contracts: Contracts | None = None,
    keys: Mapping[str, Sequence[str]] | None = None,
    on_step: Step = lambda _: None,
) -> Published:
    """Put tables of the build database in place for readers, as they were built.

    tables    published name -> name in the build database, `schema.table` both
    keys      by published name, of tables that have none in the build database, where a test looks it up
    now       the run's clock; on_step is told each step as it begins

    Raises PublishError, and leaves the live marts as they are, when the gate is closed, a personal column would be published,
    a table is missing or without a key, or the written copy does not verify.
    """
    if not gate.is_open:
        raise PublishError(gate.message)
    contracts = contracts or load_contracts(extra_layouts=settings.layouts_dir)
    folder = live_folder(settings)
    try:
        with folder.staging(run_id) as staging:
            with open_build(settings) as connection:
                plan = plan_of(connection, tables, contracts, keys or {})
                contents = write(connection, staging, folder.live, plan, on_step)
            on_step("verify")
            rows = verify(staging, plan, contents)
            on_step("sync")
            sync(staging)
            version = folder.put_in_place(staging, on_step)
    except (duckdb.Error, OSError) as error:
        raise PublishError(f"the marts could not be written: {error}. The live marts are as they were (docs/runbooks/publish_failure.md)") from error
    return Published(version.name, settings.marts_path, utc_naive(now), rows)


def live_folder(settings: Settings) -> VersionedFolder:
    """The folder that holds the marts readers see, and those of the publication before."""
    root = settings.published_dir
    return VersionedFolder(root / "current", root / ".versions", {name: f"current/{name}" for name in (DATABASE, PARQUET)})
