"""Publishes the marts: written aside, verified, and switched in one step.

    published/
      marts.duckdb -> current/marts.duckdb     what readers open
      parquet      -> current/parquet          one file a table
      current      -> .versions/<version>      the one thing that a publication switches
      .versions/<version>/                     the marts of this publication, and of the one before
      .staging/<version>/                      what is being written

Readers go through two links that never change; a publication replaces the third by a rename, which the file system does
whole or not at all. Database and Parquet files therefore always are of one run, a process killed at any moment leaves the
old state or the new one, and whoever holds the old database open keeps it.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import uuid
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import duckdb

from pipelines.contracts.model import Contracts, load_contracts
from pipelines.publish import ledger, revisions
from pipelines.publish.caveats import concerns, lay_out_concerns
from pipelines.publish.writing import PublishError, Step, plan_of, verify, write
from pipelines.quality.checks import has_months_only
from pipelines.quality.gate import Gate
from pipelines.quality.runner import Clock, utc_naive
from pipelines.settings import PROJECT_DIR, Settings
from pipelines.warehouse import open_build

PACKAGE = "scorecards"
CHECK_RESULTS = "quality.check_results"


@dataclass(frozen=True)
class Published:
    """What a publication put in place."""

    version: str
    path: Path  # the database, as readers open it
    published_at: datetime
    tables: Mapping[str, int]  # schema.table -> rows
    caveat_rows: int  # rows that carry a caveat of this run's warnings


def published_models(manifest: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The node of every dbt model whose meta says `published: true`, by `schema.table`. Takes the manifest as parsed JSON."""
    return {
        f"{node['schema']}.{node.get('alias') or node['name']}": node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and _meta(node).get("published")
    }


def _meta(node: Mapping[str, Any]) -> Mapping[str, Any]:
    return (node.get("config") or {}).get("meta") or {}


def contract_key(node: Mapping[str, Any]) -> tuple[str, ...]:
    """The columns of the primary key in a model's contract; none where it names none."""
    return next((tuple(c["columns"]) for c in node.get("constraints") or [] if c["type"] == "primary_key"), ())


def published_tables(manifest: Mapping[str, Any]) -> list[str]:
    """`schema.table` of every published dbt model, and the check results. Takes the manifest as parsed JSON."""
    return [*sorted(published_models(manifest)), CHECK_RESULTS]


def tested_keys(manifest: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """The key of each published dbt model that a test looks up instead of an index (meta key_is_tested). Takes the manifest as parsed JSON."""
    return {name: contract_key(node) for name, node in published_models(manifest).items() if _meta(node).get("key_is_tested")}


def publish(
    settings: Settings,
    run_id: str,
    gate: Gate,
    tables: Collection[str],
    now: datetime,
    contracts: Contracts | None = None,
    as_at: str | None = None,
    keys: Mapping[str, Sequence[str]] | None = None,
    on_step: Step = lambda _: None,
) -> Published:
    """Put the published tables of the build database in place for readers.

    tables    `schema.table` names; quality.check_results, quality.heartbeat, the ledgers of these tables and measures.revisions come with them
    keys      of those tables that have none in the build database, because a test looks it up there
    now       the run's clock; as_at what the transform was built as at; on_step is told each step as it begins

    Raises PublishError, and leaves the live marts as they are, when the gate is closed, a personal column would be published,
    a table is missing or without a key, or the written copy does not verify.
    """
    if not gate.is_open:
        raise PublishError(gate.message)
    contracts = contracts or load_contracts(extra_layouts=settings.layouts_dir)
    published_at = utc_naive(now)
    mark = re.sub(r"[^A-Za-z0-9_-]", "_", run_id)[:40]
    version_name = f"{published_at:%Y%m%dT%H%M%S}-{mark}-{uuid.uuid4().hex[:8]}"
    root = settings.published_dir
    staging = root / ".staging" / version_name
    try:
        root.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(root / ".staging", ignore_errors=True)  # leftovers of runs that were killed
        staging.mkdir(parents=True)
        live = _live_version(root)
        with open_build(settings) as connection:
            names = [*dict.fromkeys([*tables, CHECK_RESULTS])]
            plan = plan_of(connection, names, contracts, keys or {})
            ledger.settle(connection, live)
            # What was known at a past date is no publication: it stands beside the marts, and says nothing new.
            if as_at is None and (kept := ledger.kept_of(names)):
                on_step("ledgers")
                ledger.append(connection, kept, contracts, version_name, run_id, published_at)
                said = [one.table for one in kept if one in ledger.LEDGERS]
                if set(revisions.SOURCES) <= set(names):
                    revisions.fill_revisions(connection)
                    said.append(revisions.REVISIONS)
                plan += plan_of(connection, said, contracts)
            has_measures = {"core.dim_measure", "measures.measure_values"} <= {table.name for table in plan}
            lay_out_concerns(connection, concerns(connection, contracts, run_id, published_at, as_at) if has_measures else [])
            beat = _heartbeat(connection, contracts, gate, run_id, published_at, as_at)
            written = write(connection, staging, root / ".versions" / live if live else None, plan, beat, on_step)
        on_step("verify")
        rows = verify(staging, plan, written.contents)
        on_step("sync")
        _sync(staging)
        on_step("move")
        _put_in_place(root, staging, version_name, on_step)
        # Where this fails, the next publication sees that this one is live.
        with suppress(duckdb.Error), open_build(settings) as connection:
            ledger.confirm(connection, version_name)
    except PublishError:
        raise
    except (duckdb.Error, OSError) as error:
        raise PublishError(f"the marts could not be written: {error}. The live marts are as they were (docs/runbooks/publish_failure.md)") from error
    finally:
        shutil.rmtree(root / ".staging", ignore_errors=True)
    return Published(version_name, settings.marts_path, published_at, rows, written.caveat_rows)


# ---- what the heartbeat says


def _code_commit(project_dir: Path = PROJECT_DIR) -> str | None:
    """The commit that is checked out, read from the files of git; None outside a checkout."""
    try:
        head = (project_dir / ".git" / "HEAD").read_text().strip()
        if not head.startswith("ref: "):
            return head
        reference = head.removeprefix("ref: ")
        path = project_dir / ".git" / reference
        if path.exists():
            return path.read_text().strip()
        packed = (project_dir / ".git" / "packed-refs").read_text()
        return next((line.split()[0] for line in packed.splitlines() if line.endswith(f" {reference}")), None)
    except (OSError, IndexError):
        return None


def _package_version() -> str:
    try:
        return version(PACKAGE)
    except PackageNotFoundError:
        return "unknown"


def _data_to(connection: duckdb.DuckDBPyConnection, contracts: Contracts, now: datetime) -> date | None:
    """The last day, not after the moment looked from, on which any feed has an event; of a feed dated by months, the last day of the month."""
    days: list[date] = []
    for feed in contracts.feeds.values():
        schema, _, fact = (feed.fact_table or "").partition(".")
        exists = "select 1 from duckdb_tables() where database_name = current_database() and schema_name = ? and table_name = ?"
        if fact and connection.execute(exists, [schema, fact]).fetchone():
            day = "last_day(local_date)" if has_months_only(feed) else "local_date"
            (newest,) = connection.execute(f"select max({day}) from {schema}.{fact} where local_date <= ?", [now.date()]).fetchone() or (None,)
            days += [newest] if newest is not None else []
    return max(days, default=None)


def _heartbeat(
    connection: duckdb.DuckDBPyConnection, contracts: Contracts, gate: Gate, run_id: str, published_at: datetime, as_at: str | None
) -> list[Any]:
    """The one row of quality.heartbeat, in the order of its columns."""
    files = connection.execute("select distinct feed, file_hash from ingest.loads where status = 'loaded' order by feed, file_hash").fetchall()
    fingerprints = sorted(f"{feed.name} {feed.fingerprint}" for layouts in contracts.layouts.values() for feed in layouts)
    return [
        run_id,
        published_at,
        as_at,
        _data_to(connection, contracts, Clock(run_id, published_at, as_at).looks_from),
        _package_version(),
        _code_commit(),
        hashlib.sha256("\n".join(fingerprints).encode()).hexdigest()[:16],
        len(files),
        hashlib.sha256("\n".join(f"{feed} {digest}" for feed, digest in files).encode()).hexdigest(),
        len(gate.warnings),
    ]


# ---- switching


def _fsync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sync(folder: Path) -> None:
    """Everything written is on the disk, read-only, before any name points at it."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            path.chmod(0o444)  # readers must not write into what was verified
        _fsync(path)
    _fsync(folder)


def _link(root: Path, name: str, target: str) -> None:
    """Make `root/name` a link to `target`, in one step. A real file there is replaced; a real folder is moved away first."""
    path = root / name
    if path.is_symlink() and os.readlink(path) == target:
        return
    if path.is_dir() and not path.is_symlink():
        path.rename(root / ".staging" / f"former-{name}")
    fresh = root / ".staging" / f"link-{name}"
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target)
    fresh.replace(path)
    _fsync(root)


def _live_version(root: Path) -> str | None:
    """The version that readers see; None where nothing was published."""
    return Path(os.readlink(root / "current")).name if (root / "current").is_symlink() else None


def _put_in_place(root: Path, staging: Path, version_name: str, on_step: Step) -> None:
    """Move the verified version among the versions, switch `current` to it, and drop versions older than the one before."""
    versions = root / ".versions"
    versions.mkdir(exist_ok=True)
    before = _live_version(root)
    staging.rename(versions / version_name)
    _fsync(versions)
    on_step("switch")
    # Before the first switch the two fixed links point at nothing yet: readers see no marts rather than half of them.
    _link(root, "marts.duckdb", "current/marts.duckdb")
    _link(root, "parquet", "current/parquet")
    _link(root, "current", f".versions/{version_name}")
    on_step("clean")
    for path in versions.iterdir():
        if path.name not in {version_name, before}:
            shutil.rmtree(path, ignore_errors=True)
