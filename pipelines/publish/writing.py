"""Writes the marts aside: each table with constraints, comments and caveats into a database, and once more as Parquet; then verifies them.

What readers have already is not written again. The new database starts as a copy of the live one where most of its rows stand as they
are to be published; the tables that differ are replaced in it. Whether a table differs is asked of the rows themselves, caveats and all,
on both sides: no record is kept that could be wrong. The Parquet file of a table that stands is the live one under a second name.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb

from pipelines.contracts.model import Contracts
from pipelines.contracts.personal import personal_columns
from pipelines.publish import ledger
from pipelines.publish.caveats import rows_with_caveats, with_caveats

DATABASE = "marts.duckdb"
PARQUET = "parquet"
ATTACHED = "_new_marts"
HEARTBEAT = "quality.heartbeat"
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

Step = Callable[[str], None]


class PublishError(RuntimeError):
    """Nothing was published; the live marts are as they were. The message says why."""


@dataclass(frozen=True)
class Table:
    """A table as a database defines it."""

    name: str  # schema.table
    ddl: str
    columns: tuple[tuple[str, str], ...]  # name, type
    key: tuple[str, ...]
    comments: tuple[tuple[str, str], ...]  # of columns: name, text

    @property
    def order(self) -> str:
        """Rows are written in the order of the key, so that the same rows give the same files."""
        return ", ".join(f'"{c}"' for c in self.key) or "all"

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.columns]

    @property
    def ddl_without_key(self) -> str | None:
        """The definition, to which the key can be added: DuckDB names it last. None where it stands with its column."""
        columns, found, _ = self.ddl.rpartition(", PRIMARY KEY(")
        return f"{columns});" if found else None

    def with_key(self, key: Sequence[str]) -> Table:
        """The same table with a primary key, in DuckDB's own words."""
        with duckdb.connect() as scratch:
            scratch.execute(f"create schema if not exists {self.name.split('.')[0]}")
            scratch.execute(self.ddl)
            scratch.execute(f"alter table {self.name} add primary key ({', '.join(key)})")
            keyed = tables_of(scratch)[self.name]
        return replace(self, key=keyed.key, ddl=keyed.ddl)


@dataclass(frozen=True)
class Content:
    """The rows of a table, whatever their order: how many there are, and the sum of their hashes."""

    rows: int
    digest: int


@dataclass(frozen=True)
class Written:
    """What stands in the folder of a new version."""

    contents: Mapping[str, Content]  # by table, as they are to be read
    caveat_rows: int  # rows that carry a caveat of this run's warnings


def tables_of(connection: duckdb.DuckDBPyConnection, database: str | None = None) -> dict[str, Table]:
    """Every table of an attached database (default: the current one) by `schema.table`; the key is empty where there is none."""
    (database,) = (database,) if database else connection.execute("select current_database()").fetchone() or ("",)
    columns: dict[str, list[tuple[str, str, str | None]]] = {}
    for table, *column in connection.execute(
        """
        select schema_name || '.' || table_name, column_name, data_type, comment from duckdb_columns()
        where database_name = ? order by schema_name, table_name, column_index
        """,
        [database],
    ).fetchall():
        columns.setdefault(table, []).append(tuple(column))
    keys = dict(
        connection.execute(
            """
            select schema_name || '.' || table_name, constraint_column_names from duckdb_constraints()
            where database_name = ? and constraint_type = 'PRIMARY KEY'
            """,
            [database],
        ).fetchall()
    )
    return {
        name: Table(
            name,
            ddl,
            tuple((column, type_) for column, type_, _ in columns[name]),
            tuple(keys.get(name, ())),
            tuple((column, text) for column, _, text in columns[name] if text),
        )
        for name, ddl in connection.execute(
            "select schema_name || '.' || table_name, sql from duckdb_tables() where database_name = ?", [database]
        ).fetchall()
    }


def plan_of(
    connection: duckdb.DuckDBPyConnection, names: Sequence[str], contracts: Contracts, keys: Mapping[str, Sequence[str]] | None = None
) -> list[Table]:
    """Each of these tables as the build database has it, with a key from `keys` where it has none there.

    Raises PublishError where one must not or cannot be published.
    """
    built = tables_of(connection)
    built |= {name: built[name].with_key(key) for name, key in (keys or {}).items() if name in built and not built[name].key}
    for name in names:
        if name not in built:
            raise PublishError(f"{name} is to be published but was not built; run the transform (docs/runbooks/publish_failure.md)")
        if not built[name].key:
            raise PublishError(f"{name} has no primary key; every published table needs one (docs/runbooks/publish_failure.md)")
    plan = [built[name] for name in names]
    personal = personal_columns(contracts)
    breaches = [f"{table.name}.{column}" for table in plan for column in table.names if column.lower() in personal]
    if breaches:
        raise PublishError(
            f"personal columns would be published: {', '.join(breaches)}. The contracts class them as personal; "
            "take them out of the models, or publish a count instead (docs/runbooks/publish_failure.md)"
        )
    return plan


def content_of(connection: duckdb.DuckDBPyConnection, select: str) -> Content:
    """The content of a query's rows. A row counts with all its columns, in their order."""
    rows, digest = connection.execute(
        f"select count(*), coalesce(sum(cast(hash(_published) as hugeint)), 0) from ({select}) as _published"
    ).fetchone() or (0, 0)
    return Content(rows, digest)


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


def write(
    connection: duckdb.DuckDBPyConnection, staging: Path, live: Path | None, plan: Sequence[Table], heartbeat: Sequence[Any], on_step: Step
) -> Written:
    """Write the database and the Parquet files of a publication into `staging`, an empty folder.

    live  the folder of the version that readers see, if there is one; it is read and never changed

    Expects the run's concerns to be laid out on the connection (caveats.py).
    """
    (staging / PARQUET).mkdir(parents=True)
    # Parquet files are written from tables that stand in the order of their keys.
    connection.execute("set preserve_insertion_order = true")
    on_step("compare")
    selects = {table.name: with_caveats(table.name, table.names) for table in plan}
    # As many rows as the build database has, whatever the caveats do to them.
    contents = {name: replace(content_of(connection, select), rows=content_of(connection, f"from {name}").rows) for name, select in selects.items()}
    counted = [count for table in plan if (count := rows_with_caveats(table.name, table.names))]
    caveat_rows = sum((connection.execute(count).fetchone() or (0,))[0] for count in counted)
    on_step("carry over")
    standing = _carry_over(connection, staging, live, plan, contents) if live else set()
    changed = [table for table in plan if table.name not in standing]
    with _attached(connection, staging / DATABASE) as build:
        connection.execute(f"use {ATTACHED}")
        for schema in sorted({name.split(".")[0] for name in (*selects, HEARTBEAT)}):
            connection.execute(f"create schema if not exists {schema}")
        for table in changed:
            connection.execute(table.ddl_without_key or table.ddl)
            for column, text in table.comments:
                connection.execute(f"comment on column {table.name}.\"{column}\" is '{_quoted(text)}'")
        connection.execute(HEARTBEAT_DDL)
        connection.execute(f"insert into {HEARTBEAT} values ({', '.join('?' * len(heartbeat))})", list(heartbeat))
        if {one.table for one in ledger.LEDGERS} <= set(selects):
            connection.execute(ledger.AS_PUBLISHED)
        connection.execute(f'use "{build}"')
        # While a table is copied, the one before gets its key and its Parquet file.
        with connection.cursor() as cursor, ThreadPoolExecutor(max_workers=1) as beside:
            finished: list[Future[None]] = []
            for table in changed:
                on_step(f"copy {table.name}")
                connection.execute(f"insert into {ATTACHED}.{table.name} select * from ({selects[table.name]}) order by {table.order}")
                finished.append(beside.submit(_finish, cursor, staging, table))
            on_step("parquet")
            for future in finished:
                future.result()
        _write_parquet(connection, staging, HEARTBEAT)
        for name in standing:
            _link_parquet(connection, staging, live, name)
        connection.execute(f"checkpoint {ATTACHED}")
    return Written(contents, caveat_rows)


def _carry_over(connection: duckdb.DuckDBPyConnection, staging: Path, live: Path, plan: Sequence[Table], contents: Mapping[str, Content]) -> set[str]:
    """Let the new database start as a copy of the live one, without the tables that differ. Returns the names of those that stand.

    Where more rows differ than stand, or other tables are published, nothing is carried over: the freed space would stay in the file.
    """
    database = staging / DATABASE
    with suppress(duckdb.Error, OSError):  # a live database that cannot be read is written anew
        shutil.copyfile(live / DATABASE, database)
        with _attached(connection, database):
            there = tables_of(connection, ATTACHED)
            standing = {
                table.name
                for table in plan
                if there.get(table.name) == table and content_of(connection, f"from {ATTACHED}.{table.name}") == contents[table.name]
            }
            is_most = 2 * sum(contents[name].rows for name in standing) >= sum(content.rows for content in contents.values())
            if is_most and there.keys() == {*contents, HEARTBEAT}:
                for name in there.keys() - standing:
                    connection.execute(f"drop table {ATTACHED}.{name}")
                connection.execute(f"checkpoint {ATTACHED}")
                return standing
    database.unlink(missing_ok=True)
    return set()


def _finish(cursor: duckdb.DuckDBPyConnection, staging: Path, table: Table) -> None:
    """The key of a copied table, which is built faster of rows that are there and in order, and its Parquet file."""
    if table.ddl_without_key:
        cursor.execute(f"alter table {ATTACHED}.{table.name} add primary key ({table.order})")
    _write_parquet(cursor, staging, table.name)


def _parquet(folder: Path, name: str) -> Path:
    return folder / PARQUET / f"{name}.parquet"


def _write_parquet(connection: duckdb.DuckDBPyConnection, staging: Path, name: str) -> None:
    connection.execute(f"copy {ATTACHED}.{name} to '{_quoted(_parquet(staging, name))}' (format parquet, compression zstd)")


def _link_parquet(connection: duckdb.DuckDBPyConnection, staging: Path, live: Path | None, name: str) -> None:
    """The live file of a table that stands: versions are read-only, so that both may hold the same one."""
    try:
        if live is None:
            raise FileNotFoundError
        os.link(_parquet(live, name), _parquet(staging, name))
    except OSError:  # it is gone, or the file system has no such links
        _write_parquet(connection, staging, name)


def verify(staging: Path, plan: Collection[Table], contents: Mapping[str, Content]) -> dict[str, int]:
    """Open the written copy as a reader does, and hold it against the plan and the rows of the build database.

    contents  of each table of the plan, as it is to be read

    Returns rows by table, the heartbeat among them. Raises PublishError.
    """
    found: dict[str, int] = {}
    with duckdb.connect(str(staging / DATABASE), read_only=True) as copy:
        there = tables_of(copy)
        for table in plan:
            written = there.get(table.name, Table(table.name, "", (), (), ()))
            content = content_of(copy, f"from {table.name}") if table.name in there else Content(0, 0)
            parquet = _quoted(_parquet(staging, table.name))
            (in_parquet,) = copy.execute(f"select count(*) from read_parquet('{parquet}')").fetchone() or (0,)
            described = tuple((row[0], row[1]) for row in copy.execute(f"describe from read_parquet('{parquet}')").fetchall())
            rows = contents[table.name].rows
            problems = {
                "columns": written.columns != table.columns,
                "primary key": written.key != table.key,
                "definition": (written.ddl, written.comments) != (table.ddl, table.comments),
                f"{content.rows} rows instead of {rows}": content.rows != rows,
                "other rows than the build's": content.rows == rows and content != contents[table.name],
                f"{in_parquet} rows in Parquet instead of {content.rows}": in_parquet != content.rows,
                "columns in Parquet": described != table.columns,
            }
            if any(problems.values()):
                wrong = ", ".join(what for what, is_wrong in problems.items() if is_wrong)
                raise PublishError(f"the written copy of {table.name} does not verify: {wrong} (docs/runbooks/publish_failure.md)")
            found[table.name] = content.rows
        if copy.execute(f"select count(*) from {HEARTBEAT}").fetchone() != (1,):
            raise PublishError(f"the written copy of {HEARTBEAT} does not verify (docs/runbooks/publish_failure.md)")
        found[HEARTBEAT] = 1
    return found
