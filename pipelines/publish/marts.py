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
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import duckdb

from pipelines.contracts.model import Contracts, load_contracts
from pipelines.contracts.personal import personal_columns
from pipelines.publish import ledger, revisions
from pipelines.publish.caveats import concerns, lay_out_concerns, with_caveats
from pipelines.quality.checks import has_months_only
from pipelines.quality.gate import Gate
from pipelines.quality.runner import Clock, utc_naive
from pipelines.settings import PROJECT_DIR, Settings
from pipelines.warehouse import open_build

PACKAGE = "scorecards"
CHECK_RESULTS = "quality.check_results"
HEARTBEAT = "quality.heartbeat"
ATTACHED = "_new_marts"

HEARTBEAT_DDL = f"""
create table {HEARTBEAT} (
    run_id varchar not null primary key,   -- the run that published
    published_at timestamp not null,       -- UTC
    as_at varchar,                         -- the day or moment (local) as at which the warehouse looked; null: all that it knew
    data_to date,                          -- last day on which any feed has an event
    package_version varchar not null,
    code_commit varchar,                   -- null outside a git checkout
    contract_fingerprint varchar not null, -- of all contracts together
    files bigint not null,                 -- files loaded so far; quality.feed_outcomes names them
    files_digest varchar not null,         -- SHA-256 over feed and content hash of every one of them, sorted
    warnings bigint not null               -- checks that warned in this run
)
"""


class PublishError(RuntimeError):
    """Nothing was published; the live marts are as they were. The message says why."""


@dataclass(frozen=True)
class Published:
    """What a publication put in place."""

    version: str
    path: Path  # the database, as readers open it
    published_at: datetime
    tables: Mapping[str, int]  # schema.table -> rows
    caveat_rows: int  # rows that carry a caveat of this run's warnings


@dataclass(frozen=True)
class _Table:
    name: str  # schema.table
    ddl: str
    columns: tuple[tuple[str, str], ...]  # name, type
    key: tuple[str, ...]
    comments: tuple[tuple[str, str], ...]
    rows: int

    @property
    def order(self) -> str:
        """Rows are written in the order of the key, so that the same rows give the same files."""
        return ", ".join(f'"{c}"' for c in self.key) or "all"


Step = Callable[[str], None]


def published_tables(manifest: Mapping[str, Any]) -> list[str]:
    """`schema.table` of every dbt model whose meta says `published: true`, and the check results. Takes the manifest as parsed JSON."""
    found = [
        f"{node['schema']}.{node.get('alias') or node['name']}"
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and ((node.get("config") or {}).get("meta") or {}).get("published")
    ]
    return [*sorted(found), CHECK_RESULTS]


def publish(
    settings: Settings,
    run_id: str,
    gate: Gate,
    tables: Collection[str],
    now: datetime,
    contracts: Contracts | None = None,
    as_at: str | None = None,
    on_step: Step = lambda _: None,
) -> Published:
    """Put the published tables of the build database in place for readers.

    tables    `schema.table` names; quality.check_results, quality.heartbeat, the ledgers of these tables and measures.revisions come with them
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
        (staging / "parquet").mkdir(parents=True)
        with open_build(settings) as connection:
            names = [*dict.fromkeys([*tables, CHECK_RESULTS])]
            plan = _plan(connection, names, contracts)
            ledger.settle(connection, _live_version(root))
            # What was known at a past date is no publication: it stands beside the marts, and says nothing new.
            if as_at is None and (kept := ledger.kept_of(names)):
                on_step("ledgers")
                ledger.append(connection, kept, contracts, version_name, run_id, published_at)
                plan += _plan(connection, [one.table for one in kept if one in ledger.LEDGERS], contracts)
                if set(revisions.SOURCES) <= set(names):
                    revisions.fill_revisions(connection)
                    plan += _plan(connection, [revisions.REVISIONS], contracts)
            has_measures = {"core.dim_measure", "measures.measure_values"} <= {table.name for table in plan}
            lay_out_concerns(connection, concerns(connection, contracts, run_id, published_at, as_at) if has_measures else [])
            caveat_rows = _write(connection, staging, plan, _heartbeat(connection, contracts, gate, run_id, published_at, as_at), on_step)
        on_step("verify")
        rows = _verify(staging, plan)
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
    return Published(version_name, settings.marts_path, published_at, rows, caveat_rows)


# ---- what is published


def _plan(connection: duckdb.DuckDBPyConnection, names: Sequence[str], contracts: Contracts) -> list[_Table]:
    """Definition, columns, key and comments of each table, as the build database has them. Raises PublishError."""
    plan = []
    for name in names:
        schema, _, bare = name.partition(".")
        found = connection.execute(
            "select sql from duckdb_tables() where database_name = current_database() and schema_name = ? and table_name = ?", [schema, bare]
        ).fetchone()
        if found is None:
            raise PublishError(f"{name} is to be published but was not built; run the transform (docs/runbooks/publish_failure.md)")
        columns = connection.execute(
            """
            select column_name, data_type, comment from duckdb_columns()
            where database_name = current_database() and schema_name = ? and table_name = ? order by column_index
            """,
            [schema, bare],
        ).fetchall()
        key = connection.execute(
            """
            select constraint_column_names from duckdb_constraints()
            where database_name = current_database() and schema_name = ? and table_name = ? and constraint_type = 'PRIMARY KEY'
            """,
            [schema, bare],
        ).fetchone()
        if key is None:
            raise PublishError(f"{name} has no primary key; every published table needs one (docs/runbooks/publish_failure.md)")
        (rows,) = connection.execute(f"select count(*) from {name}").fetchone() or (0,)
        plan.append(
            _Table(name, found[0], tuple((c, t) for c, t, _ in columns), tuple(key[0]), tuple((c, text) for c, _, text in columns if text), rows)
        )
    personal = personal_columns(contracts)
    breaches = [f"{table.name}.{column}" for table in plan for column, _ in table.columns if column.lower() in personal]
    if breaches:
        raise PublishError(
            f"personal columns would be published: {', '.join(breaches)}. The contracts class them as personal; "
            "take them out of the models, or publish a count instead (docs/runbooks/publish_failure.md)"
        )
    return plan


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


# ---- writing aside, and verifying


@contextmanager
def _attached(connection: duckdb.DuckDBPyConnection, path: Path) -> Iterator[str]:
    """The new database beside the build database; yields the build database's name."""
    (build,) = connection.execute("select current_database()").fetchone() or ("",)
    connection.execute(f"attach '{_quoted(path)}' as {ATTACHED}")
    try:
        yield build
    finally:
        connection.execute(f'use "{build}"')
        connection.execute(f"detach {ATTACHED}")


def _quoted(text: object) -> str:
    return str(text).replace("'", "''")


def _write(connection: duckdb.DuckDBPyConnection, staging: Path, plan: Sequence[_Table], heartbeat: Sequence[Any], on_step: Step) -> int:
    """Copy the tables with constraints, comments and caveats; write the heartbeat and the Parquet files. Returns rows with new caveats."""
    caveat_rows = 0
    with _attached(connection, staging / "marts.duckdb") as build:
        connection.execute(f"use {ATTACHED}")
        for schema in sorted({table.name.split(".")[0] for table in plan} | {HEARTBEAT.split(".", maxsplit=1)[0]}):
            connection.execute(f"create schema if not exists {schema}")
        for table in plan:
            connection.execute(table.ddl)
            for column, text in table.comments:
                connection.execute(f"comment on column {table.name}.\"{column}\" is '{_quoted(text)}'")
        connection.execute(HEARTBEAT_DDL)
        connection.execute(f"insert into {HEARTBEAT} values ({', '.join('?' * len(heartbeat))})", list(heartbeat))
        if {one.table for one in ledger.LEDGERS} <= {table.name for table in plan}:
            connection.execute(ledger.AS_PUBLISHED)
        connection.execute(f'use "{build}"')
        for table in plan:
            on_step(f"copy {table.name}")
            names = [c for c, _ in table.columns]
            select = with_caveats(table.name, names)
            connection.execute(f"insert into {ATTACHED}.{table.name} select * from ({select}) order by {table.order}")
            if "caveat" in names and select != f"select * from {table.name}":
                matched = " and ".join(f'new."{c}" = old."{c}"' for c in table.key)
                (count,) = connection.execute(
                    f"""
                    select count(*) from {ATTACHED}.{table.name} as new inner join {table.name} as old on {matched}
                    where coalesce(new.caveat, '') <> coalesce(old.caveat, '')
                    """
                ).fetchone() or (0,)
                caveat_rows += count
        on_step("parquet")
        for name, order in [*((t.name, t.order) for t in plan), (HEARTBEAT, "all")]:
            target = _quoted(staging / "parquet" / f"{name}.parquet")
            connection.execute(f"copy (select * from {ATTACHED}.{name} order by {order}) to '{target}' (format parquet, compression zstd)")
        connection.execute(f"checkpoint {ATTACHED}")
    return caveat_rows


def _verify(staging: Path, plan: Sequence[_Table]) -> dict[str, int]:
    """Open the written copy as a reader does, and hold it against the plan. Returns rows by table. Raises PublishError."""
    found: dict[str, int] = {}
    with duckdb.connect(str(staging / "marts.duckdb"), read_only=True) as copy:
        for table in plan:
            schema, _, bare = table.name.partition(".")
            columns = copy.execute(
                "select column_name, data_type from duckdb_columns() where schema_name = ? and table_name = ? order by column_index", [schema, bare]
            ).fetchall()
            keys = copy.execute(
                """
                select constraint_column_names from duckdb_constraints()
                where schema_name = ? and table_name = ? and constraint_type = 'PRIMARY KEY'
                """,
                [schema, bare],
            ).fetchall()
            key = ", ".join(f'"{c}"' for c in table.key)
            rows, keyed = copy.execute(f"select count(*), count(distinct ({key})) from {table.name}").fetchone() or (0, 0)
            parquet = _quoted(staging / "parquet" / f"{table.name}.parquet")
            (in_parquet,) = copy.execute(f"select count(*) from read_parquet('{parquet}')").fetchone() or (0,)
            described = [(row[0], row[1]) for row in copy.execute(f"describe select * from read_parquet('{parquet}')").fetchall()]
            problems = {
                "columns": columns != list(table.columns),
                "primary key": [tuple(k[0]) for k in keys] != [table.key],
                f"{rows} rows instead of {table.rows}": rows != table.rows,
                f"{rows - keyed} rows with a repeated key": rows != keyed,
                f"{in_parquet} rows in Parquet instead of {rows}": in_parquet != rows,
                "columns in Parquet": described != columns,
            }
            if any(problems.values()):
                wrong = ", ".join(what for what, is_wrong in problems.items() if is_wrong)
                raise PublishError(f"the written copy of {table.name} does not verify: {wrong} (docs/runbooks/publish_failure.md)")
            found[table.name] = rows
        if copy.execute(f"select count(*) from {HEARTBEAT}").fetchone() != (1,):
            raise PublishError(f"the written copy of {HEARTBEAT} does not verify (docs/runbooks/publish_failure.md)")
        found[HEARTBEAT] = 1
    return found


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
