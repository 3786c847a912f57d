"""The SQLAlchemy dialect `duckdb+buffered://`: Great Expectations on a DuckDB connection that is already open.

Three things are needed that duckdb_engine's own dialect does not do:

1. Great Expectations fetches rows after its connection block has ended, and a DuckDB cursor dies at the commit that ends
   it (`list index out of range`). The execution context here takes the rows as soon as the statement has run.
2. DuckDB refuses a second connection to a file under another configuration, and temporary tables belong to one connection.
   The dialect therefore hands out the caller's own connection, registered by `shared_url`, and never closes it.
3. Great Expectations asks for the columns of each table before it looks at one. PostgreSQL's catalogue, through which
   duckdb_engine answers, takes DuckDB longer than most checks; the names are all that is wanted, and DuckDB tells them at once.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import duckdb
from duckdb_engine import ConnectionWrapper
from duckdb_engine import Dialect as DuckDBDialect
from sqlalchemy import pool
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg2 import PGExecutionContext_psycopg2
from sqlalchemy.engine import Connection
from sqlalchemy.engine.cursor import FullyBufferedCursorFetchStrategy
from sqlalchemy.engine.interfaces import DBAPIConnection, ReflectedColumn, ReflectedPrimaryKeyConstraint
from sqlalchemy.engine.url import URL
from sqlalchemy.types import NullType

_SHARED: dict[str, duckdb.DuckDBPyConnection] = {}


class BufferedExecutionContext(PGExecutionContext_psycopg2):
    """Takes the rows when the statement has run, so that they outlive the commit."""

    def post_exec(self) -> None:
        super().post_exec()  # type: ignore[no-untyped-call]  # SQLAlchemy has no types here
        if self.cursor.description:
            self.cursor_fetch_strategy = FullyBufferedCursorFetchStrategy(self.cursor, initial_buffer=self.cursor.fetchall())


class SharedConnection(ConnectionWrapper):
    """The caller's connection; closing it is the caller's business."""

    def close(self) -> None:
        self.closed = True


class BufferedDialect(DuckDBDialect):
    """`duckdb+buffered:///<token>`, where the token names a connection registered by `shared_url`."""

    driver = "buffered"
    execution_ctx_cls = BufferedExecutionContext
    supports_statement_cache = False

    @classmethod
    def get_pool_class(cls, url: URL) -> type[pool.Pool]:
        return pool.StaticPool

    def connect(self, *args: Any, **kwargs: Any) -> DBAPIConnection:
        token = args[0] if args else kwargs["database"]
        return cast(DBAPIConnection, SharedConnection(_SHARED[token]))

    def get_columns(self, connection: Connection, table_name: str, schema: str | None = None, **_: Any) -> list[ReflectedColumn]:
        found = connection.exec_driver_sql(f'describe {f"{schema}." if schema else ""}"{table_name}"').fetchall()
        return [{"name": name, "type": NullType(), "nullable": True, "default": None} for name, *_ in found]

    def get_pk_constraint(self, connection: Connection, table_name: str, schema: str | None = None, **_: Any) -> ReflectedPrimaryKeyConstraint:
        return {"constrained_columns": [], "name": None}


registry.register("duckdb.buffered", __name__, "BufferedDialect")


@contextmanager
def shared_url(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """A SQLAlchemy URL through which the connection can be used for as long as the block lasts."""
    token = uuid.uuid4().hex
    _SHARED[token] = connection
    try:
        yield f"duckdb+buffered:///{token}"
    finally:
        del _SHARED[token]
