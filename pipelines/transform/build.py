"""The record of completed transforms: which loads the build tables hold, and by which code."""

from __future__ import annotations

from datetime import datetime

import duckdb


def max_load_id(connection: duckdb.DuckDBPyConnection) -> int:
    """The newest load of the ledger, 0 where there is none."""
    (newest,) = connection.execute("select coalesce(max(load_id), 0) from ingest.loads").fetchone() or (0,)
    return int(newest)


def is_full_refresh_due(connection: duckdb.DuckDBPyConnection, version: str) -> bool:
    """Whether the build tables hold what other code computed (or nothing yet)."""
    row = connection.execute("select code_version from ingest.builds order by built_at desc, max_load_id desc limit 1").fetchone()
    return row is None or row[0] != version


def is_current(connection: duckdb.DuckDBPyConnection, version: str) -> bool:
    """Whether the build tables hold every load of the ledger, computed by this code: building again would change nothing."""
    row = connection.execute("select code_version, max_load_id from ingest.builds order by built_at desc, max_load_id desc limit 1").fetchone()
    return row == (version, max_load_id(connection))


def record_build(connection: duckdb.DuckDBPyConnection, run_id: str, built_at: datetime, newest_load: int, full_refresh: bool, version: str) -> None:
    """Advance the watermark: only after every model was built, so that a run that died is done again."""
    connection.execute("insert into ingest.builds values (?, ?, ?, ?, ?)", [run_id, built_at, newest_load, full_refresh, version])


def drop_leftovers(connection: duckdb.DuckDBPyConnection) -> None:
    """Drop the tables that dbt-duckdb leaves of incremental models in Python: it makes them in schema `main`, under a new name each time."""
    left = connection.execute(
        "select table_name from duckdb_tables() "
        "where database_name = current_database() and schema_name = 'main' and contains(table_name, '__dbt_tmp')"
    ).fetchall()
    for (table,) in left:
        connection.execute(f'drop table main."{table}"')
