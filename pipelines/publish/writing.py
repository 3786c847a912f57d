"""Writes the marts aside: each table as it was built, with constraints and comments, into a database, and once more as Parquet; then verifies them.

What readers have already is not written again. The new database starts as a copy of the live one where most of its rows stand as they
are to be published. Of a table that differs in few rows those are replaced in it; one that differs in more is written anew. Whether and
where a table differs is asked of the rows themselves, on both sides: no record is kept that could be wrong. The Parquet file of a table
that stands is the live one under a second name; any other is written anew.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb

from pipelines.contracts.model import Contracts
from pipelines.contracts.personal import personal_columns
from pipelines.warehouse import NO_DEFAULT, quoted

DATABASE = "marts.duckdb"
PARQUET = "parquet"
ATTACHED = "_new_marts"
# The largest share of a table's rows that may be replaced, or have been by earlier publications, before the table is written anew: what was
# replaced leaves gaps in the file, and rows that were added stand behind the others instead of in the order of the key.
AMENDED_SHARE = 0.1
Step = Callable[[str], None]


class PublishError(RuntimeError):
    """Nothing was published; the live marts are as they were. The message says why."""


@dataclass(frozen=True)
class TableDefinition:
    """A table as a database defines it."""

    name: str  # schema.table
    ddl: str
    columns: tuple[tuple[str, str], ...]  # name, type
    key: tuple[str, ...]
    comments: tuple[tuple[str, str], ...]  # of columns: name, text
    built: str = field(default="", compare=False)  # its name in the build database

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


@dataclass(frozen=True)
class Content:
    """The rows of a table, whatever their order: how many there are, and the sum of their hashes."""

    rows: int
    digest: int


def tables_of(connection: duckdb.DuckDBPyConnection, database: str | None = None) -> dict[str, TableDefinition]:
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
        name: TableDefinition(
            name,
            ddl.replace(NO_DEFAULT, ""),
            tuple((column, type_) for column, type_, _ in columns[name]),
            tuple(keys.get(name, ())),
            tuple((column, text) for column, _, text in columns[name] if text),
        )
        for name, ddl in connection.execute(
            "select schema_name || '.' || table_name, sql from duckdb_tables() where database_name = ?", [database]
        ).fetchall()
    }


def plan_of(
    connection: duckdb.DuckDBPyConnection, tables: Mapping[str, str], contracts: Contracts, keys: Mapping[str, Sequence[str]] | None = None
) -> list[TableDefinition]:
    """Each of these tables (published name -> name in the build database) as it is to be published, with a key from `keys` where it has none.

    Raises PublishError where one must not or cannot be published.
    """
    built = tables_of(connection)
    for name, built_name in tables.items():
        if built_name not in built:
            raise PublishError(f"{name} is to be published but was not built; run the transform (docs/runbooks/publish_failure.md)")
    plan = _as_published({name: built[built_name] for name, built_name in tables.items()}, keys or {})
    for table in plan:
        if not table.key:
            raise PublishError(f"{table.name} has no primary key; every published table needs one (docs/runbooks/publish_failure.md)")
    personal = personal_columns(contracts)
    breaches = [f"{table.name}.{column}" for table in plan for column in table.names if column.lower() in personal]
    if breaches:
        raise PublishError(
            f"personal columns would be published: {', '.join(breaches)}. The contracts class them as personal; "
            "take them out of the models, or publish a count instead (docs/runbooks/publish_failure.md)"
        )
    return plan


def _as_published(tables: Mapping[str, TableDefinition], keys: Mapping[str, Sequence[str]]) -> list[TableDefinition]:
    """Each table under the name that readers know, and with a primary key where it was built without, in DuckDB's own words."""
    with duckdb.connect() as scratch:
        for name, table in tables.items():
            if table.name != name or (not table.key and keys.get(name)):
                scratch.execute(f"create schema if not exists {name.split('.', maxsplit=1)[0]}")
                scratch.execute(f"create table {name}({table.ddl.partition('(')[2]}")
                if not table.key and keys.get(name):
                    scratch.execute(f"alter table {name} add primary key ({', '.join(keys[name])})")
        worded = tables_of(scratch)
    definitions = ((name, table, worded.get(name, table)) for name, table in tables.items())
    return [replace(table, name=name, ddl=as_worded.ddl, key=as_worded.key, built=table.name) for name, table, as_worded in definitions]


def macros_of(connection: duckdb.DuckDBPyConnection, plan: Sequence[TableDefinition]) -> dict[str, str]:
    """The table macros that dbt built for readers, by published name: <schema>__<macro> beside the publication's tables, which they name as built."""
    built = dict(
        connection.execute(
            """
            select schema_name || '.' || function_name, '(' || array_to_string(parameters, ', ') || ') as table ' || macro_definition
            from duckdb_functions()
            where function_type = 'table_macro' and not internal and database_name = current_database() and contains(function_name, '__')
            """
        ).fetchall()
    )
    macros = {}
    for built_name, definition in built.items():
        text = definition
        for table in plan:
            schema, _, name = table.built.partition(".")
            text = re.sub(rf'"?\b{schema}\b"?\."?\b{name}\b"?', table.name, text)
        if text != definition:
            macros[built_name.partition(".")[2].replace("__", ".", 1)] = text
    return macros


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
    connection.execute(f"attach '{quoted(path)}' as {ATTACHED}")
    try:
        yield build
    finally:
        connection.execute(f'use "{build}"')
        connection.execute(f"detach {ATTACHED}")


def write(
    connection: duckdb.DuckDBPyConnection, staging: Path, live: Path | None, plan: Sequence[TableDefinition], on_step: Step
) -> Mapping[str, Content]:
    """Write the database and the Parquet files of a publication into `staging`, an empty folder. Returns what each table holds.

    live  the folder of the version that readers see, if there is one; it is read and never changed
    """
    (staging / PARQUET).mkdir(parents=True)
    # Parquet files are written from tables that stand in the order of their keys.
    connection.execute("set preserve_insertion_order = true")
    on_step("compare")
    contents = {table.name: content_of(connection, f"from {table.built}") for table in plan}
    macros = macros_of(connection, plan)
    on_step("carry over")
    carried = _carry_over(connection, staging, live, plan, contents) if live else Carried()
    changed = [table for table in plan if table.name not in carried.all]
    with _attached(connection, staging / DATABASE) as build:
        connection.execute(f"use {ATTACHED}")
        connection.execute("begin transaction")  # one for a thousand comments, each of which would wait for the disk
        for schema in sorted({name.split(".")[0] for name in contents}):
            connection.execute(f"create schema if not exists {schema}")
        for table in changed:
            connection.execute(table.ddl_without_key or table.ddl)
            for column, text in table.comments:
                connection.execute(f"comment on column {table.name}.\"{column}\" is '{quoted(text)}'")
        for name, definition in macros.items():
            connection.execute(f"create or replace macro {name}{definition}")
        connection.execute("commit")
        connection.execute(f'use "{build}"')
        # While a table is copied, the one before gets its key and its Parquet file.
        with connection.cursor() as cursor, ThreadPoolExecutor(max_workers=1) as beside:
            finished: list[Future[None]] = []
            for table in plan:
                if table.name in carried.amended:
                    on_step(f"amend {table.name}")
                    _amend(connection, table)
                    finished.append(beside.submit(_finish_amended, cursor, staging, table))
            for table in changed:
                on_step(f"copy {table.name}")
                connection.execute(f"insert into {ATTACHED}.{table.name} select * from {table.built} order by {table.order}")
                finished.append(beside.submit(_finish, cursor, staging, table))
            on_step("parquet")
            for future in finished:
                future.result()
        for table in plan:
            if table.name in carried.unchanged:
                _link_parquet(connection, staging, live, table)
        connection.execute(f"checkpoint {ATTACHED}")
    return contents


@dataclass(frozen=True)
class Carried:
    """The tables that the new database has from the live one: as they are, or to be amended."""

    unchanged: frozenset[str] = frozenset()
    amended: frozenset[str] = frozenset()

    @property
    def all(self) -> frozenset[str]:
        return self.unchanged | self.amended


def _carry_over(
    connection: duckdb.DuckDBPyConnection, staging: Path, live: Path, plan: Sequence[TableDefinition], contents: Mapping[str, Content]
) -> Carried:
    """Let the new database start as a copy of the live one, without the tables that differ in their definition or in many rows.

    Where more rows are to be written than stand, or other tables are published, nothing is carried over: the freed space would stay in the file.
    """
    database = staging / DATABASE
    with suppress(duckdb.Error, OSError):  # a live database that cannot be read is written anew
        shutil.copyfile(live / DATABASE, database)
        with _attached(connection, database):
            there = tables_of(connection, ATTACHED)
            same = [table for table in plan if there.get(table.name) == table]
            unchanged = frozenset(t.name for t in same if content_of(connection, f"from {ATTACHED}.{t.name}") == contents[t.name])
            amended = frozenset(t.name for t in same if t.name not in unchanged and _is_worth_amending(connection, t, contents[t.name].rows))
            carried = Carried(unchanged, amended)
            is_most = 2 * sum(contents[name].rows for name in carried.all) >= sum(content.rows for content in contents.values())
            if is_most and there.keys() == contents.keys():
                for name in there.keys() - carried.all:
                    connection.execute(f"drop table {ATTACHED}.{name}")
                connection.execute(f"checkpoint {ATTACHED}")
                return carried
    database.unlink(missing_ok=True)
    return Carried()


def _is_worth_amending(connection: duckdb.DuckDBPyConnection, table: TableDefinition, rows: int) -> bool:
    """Whether few of the table's rows are to be replaced, those included that earlier publications have replaced."""
    name = f"{ATTACHED}.{table.name}"
    (there, places) = connection.execute(f"select count(*), coalesce(max(rowid) + 1, 0) from {name}").fetchone() or (0, 0)
    most = AMENDED_SHARE * rows
    if places - there + abs(rows - there) > most:
        return False
    (gone,) = connection.execute(
        f"select count(*) from {name} as t anti join (select hash(b) as row_hash from {table.built} as b) as built on hash(t) = built.row_hash"
    ).fetchone() or (0,)
    come = rows - (there - gone)
    return bool(places - there + gone + come <= most)


def _amend(connection: duckdb.DuckDBPyConnection, table: TableDefinition) -> None:
    """Replace the rows in which the copy of a live table differs. The key is free for the rows that come once the others are gone for good."""
    name = f"{ATTACHED}.{table.name}"
    for side, rows in (("_standing", name), ("_built", table.built)):  # each row is hashed once for both
        connection.execute(f"create or replace temp table {side} as select rowid as place, hash(t) as row_hash from {rows} as t")
    gone, come = (f"select place from {one} anti join {other} using (row_hash)" for one, other in (("_standing", "_built"), ("_built", "_standing")))
    connection.execute(f"delete from {name} where rowid in ({gone})")
    connection.execute(f"insert into {name} select * from {table.built} where rowid in ({come}) order by {table.order}")
    connection.execute("drop table _standing; drop table _built")


def _finish(cursor: duckdb.DuckDBPyConnection, staging: Path, table: TableDefinition) -> None:
    """The key of a copied table, which is built faster of rows that are there and in order, and its Parquet file."""
    if table.ddl_without_key:
        cursor.execute(f"alter table {ATTACHED}.{table.name} add primary key ({table.order})")
    _write_parquet(cursor, staging, table, f"{ATTACHED}.{table.name}")


def _finish_amended(cursor: duckdb.DuckDBPyConnection, staging: Path, table: TableDefinition) -> None:
    """The Parquet file of an amended table: the same, byte for byte, as that of a table written anew."""
    _write_parquet(cursor, staging, table, f"(from {ATTACHED}.{table.name} order by {table.order})")


def _parquet(folder: Path, name: str) -> Path:
    return folder / PARQUET / f"{name}.parquet"


def _write_parquet(connection: duckdb.DuckDBPyConnection, staging: Path, table: TableDefinition, rows: str) -> None:
    connection.execute(f"copy {rows} to '{quoted(_parquet(staging, table.name))}' (format parquet, compression zstd)")


def _link_parquet(connection: duckdb.DuckDBPyConnection, staging: Path, live: Path | None, table: TableDefinition) -> None:
    """The live file of a table that stands: versions are read-only, so that both may hold the same one."""
    try:
        if live is None:
            raise FileNotFoundError
        os.link(_parquet(live, table.name), _parquet(staging, table.name))
    except OSError:  # it is gone, or the file system has no such links
        _finish_amended(connection, staging, table)


def verify(staging: Path, plan: Collection[TableDefinition], contents: Mapping[str, Content]) -> dict[str, int]:
    """Open the written copy as a reader does, and hold it against the plan and the rows of the build database.

    contents  of each table of the plan, as it is to be read

    Returns rows by table. Raises PublishError.
    """
    found: dict[str, int] = {}
    with duckdb.connect(str(staging / DATABASE), read_only=True) as copy:
        there = tables_of(copy)
        for table in plan:
            written = there.get(table.name, TableDefinition(table.name, "", (), (), ()))
            content = content_of(copy, f"from {table.name}") if table.name in there else Content(0, 0)
            parquet = quoted(_parquet(staging, table.name))
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
    return found
