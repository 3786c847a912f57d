"""Statements that a DuckDB file and a lake word differently. A lake has no keys, checks and sequences, and merges instead of replacing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

import duckdb

LOAD_ID_SEQUENCE = "load_id_seq"


def quoted(text: object) -> str:
    """Text for between single quotes of a statement, where a parameter cannot stand: paths, comments."""
    return str(text).replace("'", "''")


class Dialect(Protocol):
    def ddl(self, sql: str) -> str:
        """CREATE statements as this database takes them."""
        ...

    def upsert(self, table: str, key: Sequence[str], columns: Sequence[str], rows: str) -> str:
        """The statement that writes rows, each in the place of the one with the same key where there is one."""
        ...

    def next_load_id(self, connection: duckdb.DuckDBPyConnection) -> int:
        """The next number of the ledger."""
        ...


class FileDialect:
    def ddl(self, sql: str) -> str:
        return sql

    def upsert(self, table: str, key: Sequence[str], columns: Sequence[str], rows: str) -> str:
        names = ", ".join(columns)
        return f"insert or replace into {table} ({names}) select {names} from {rows}"

    def next_load_id(self, connection: duckdb.DuckDBPyConnection) -> int:
        return _number(connection, f"select nextval('ingest.{LOAD_ID_SEQUENCE}')")


class LakeDialect:
    _REFUSED = re.compile(
        r"create sequence [^;]*;"
        r"|,\s*primary key \([^)]*\)"  # of the table
        r"|\s+primary key\b"  # of a column
        r"|\s+check \((?:[^()]|\([^()]*\))*\)"
    )

    def ddl(self, sql: str) -> str:
        return self._REFUSED.sub("", sql)

    def upsert(self, table: str, key: Sequence[str], columns: Sequence[str], rows: str) -> str:
        names = ", ".join(columns)
        same = " and ".join(f"standing.{column} = fresh.{column}" for column in key)
        values = ", ".join(f"{column} = fresh.{column}" for column in columns if column not in key)
        return (
            f"merge into {table} as standing using (select {names} from {rows}) as fresh on ({same}) when matched then update set {values} "
            f"when not matched then insert ({names}) values ({', '.join(f'fresh.{column}' for column in columns)})"
        )

    def next_load_id(self, connection: duckdb.DuckDBPyConnection) -> int:
        """Counted by the connection, from what the ledger holds: a lake has one writer, and no sequences."""
        found = connection.execute("select 1 from duckdb_sequences() where temporary and sequence_name = ?", [LOAD_ID_SEQUENCE]).fetchone()
        if not found:
            first = _number(connection, "select coalesce(max(load_id), 0) + 1 from ingest.loads")
            connection.execute(f"create temp sequence {LOAD_ID_SEQUENCE} start {first}")
        return _number(connection, f"select nextval('temp.{LOAD_ID_SEQUENCE}')")


def dialect_of(connection: duckdb.DuckDBPyConnection) -> Dialect:
    """How statements are worded for the current database of a connection."""
    row = connection.execute("select type from duckdb_databases() where database_name = current_database()").fetchone()
    return LakeDialect() if row and row[0] == "ducklake" else FileDialect()


def _number(connection: duckdb.DuckDBPyConnection, sql: str) -> int:
    row = connection.execute(sql).fetchone()
    assert row is not None
    return int(row[0])
