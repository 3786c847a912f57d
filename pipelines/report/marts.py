"""The published marts as pages read them: rows with the table and key they came from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import duckdb
import polars as pl

# The tables that a query names, as DuckDB itself parses it. (get_table_names does the same, but refuses a query with parameters.)
TABLES_OF_QUERY = """
select list(distinct (node ->> 'schema_name') || '.' || (node ->> 'table_name'))
from (select value as node from json_tree(json_serialize_sql(?)))
where (node ->> 'type') = 'BASE_TABLE'
"""

# The results of the checks of the last run.
LAST_CHECKS = "select * from quality.check_results where run_id = (select max_by(run_id, checked_at) from quality.check_results)"
# What they say of overdue data, one row per feed.
LATE_FORCES = "select force_code, 'force_comparators' as feed, message from quality.shares where is_share_old order by force_code"
LATE = f"{LAST_CHECKS} and check_name = 'fresh' and status = 'warned' order by message"


class MartsError(RuntimeError):
    """The published marts cannot be read; the message says why, and the way out."""


@dataclass(frozen=True)
class PublishedTable:
    """A published table: its name with schema, its primary key, and its columns with their types."""

    name: str
    key: tuple[str, ...]
    columns: Mapping[str, str]


class Row(Mapping[str, Any]):
    """One row of a query: `row.value` or `row["value"]`; with `table` and `key` where the query is over one table with its whole primary key.

    `key` is the text that pages carry (pipelines/report/trace.py): the key's values joined by `|`, dates as ISO. None where there is no one table.
    """

    __slots__ = ("_index", "_values", "key_columns", "table")

    def __init__(self, index: Mapping[str, int], values: Sequence[Any], table: str | None = None, key_columns: Sequence[int] | None = None):
        self._index, self._values, self.table, self.key_columns = index, values, table, key_columns

    @property
    def key(self) -> str | None:
        return None if self.key_columns is None else key_text([self._values[i] for i in self.key_columns])

    def __getitem__(self, column: str) -> Any:
        return self._values[self._index[column]]

    def __getattr__(self, column: str) -> Any:
        try:
            return self._values[self._index[column]]
        except KeyError:
            raise AttributeError(column) from None

    def get(self, column: str, default: Any = None) -> Any:
        position = self._index.get(column)
        return default if position is None else self._values[position]

    def __iter__(self) -> Iterator[str]:
        return iter(self._index)

    def __len__(self) -> int:
        return len(self._index)

    def __repr__(self) -> str:
        return f"Row({self.table}, {dict(self)})"


def key_text(values: Sequence[Any]) -> str:
    """The values of a primary key as one text."""
    return "|".join(map(str, values))


class Marts:
    """The published database, open for reading; use it as a context manager.

    Only the published file is opened, read-only: a publication that switches it meanwhile leaves this reader with the old one, whole.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self.tables = _tables(connection)
        self._sources: dict[str, list[PublishedTable]] = {}

    @classmethod
    def open(cls, path: Path, threads: int = 2) -> Marts:
        """Raises MartsError where nothing is published or the file does not open."""
        if not path.exists():
            raise MartsError(f"nothing is published at {path}: `scorecards run` does it")
        try:
            # Set afterwards: DuckDB refuses to open a file twice in one process with two configurations.
            connection = duckdb.connect(str(path), read_only=True)
            connection.execute(f"set threads = {int(threads)}")
            return cls(connection)
        except duckdb.Error as error:
            raise MartsError(f"the published marts at {path} do not open: {error}") from error

    def __enter__(self) -> Marts:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._connection.close()

    def has(self, table: str) -> bool:
        """Whether `schema.table` is published."""
        return table in self.tables

    def rows(self, sql: str, parameters: Any = None, table: str | None = None) -> list[Row]:
        """All rows of a query; they know table and key where it reads one published table and selects its whole primary key.

        Where it reads several, `table` says which one the columns are of.
        """
        sources = [self.tables[table]] if table else self._tables_of(sql)
        result = self._connection.execute(sql, parameters)
        index = {column[0]: i for i, column in enumerate(result.description or ())}
        source = sources[0] if len(sources) == 1 else None
        if source is None or not source.key or not all(column in index for column in source.key):
            return [Row(index, values) for values in result.fetchall()]
        positions = tuple(index[column] for column in source.key)
        return [Row(index, values, source.name, positions) for values in result.fetchall()]

    def table(self, name: str, order: str | None = None) -> list[Row]:
        """A whole table, in the order of its key or of `order`; no rows where it is not published."""
        if name not in self.tables:
            return []
        return self.rows(f"select * from {name} order by {order or ', '.join(self.tables[name].key) or 'all'}")

    def frame(self, sql: str, parameters: Any = None) -> pl.DataFrame:
        """The rows of a query as a polars frame, for what leaves the marts as a file."""
        return self._connection.execute(sql, parameters).pl()

    def value(self, sql: str, parameters: Any = None) -> Any:
        """The one cell of a query of one row and column; None where it has no row."""
        row = self._connection.execute(sql, parameters).fetchone()
        return None if row is None else row[0]

    def _tables_of(self, sql: str) -> list[PublishedTable]:
        """The published tables that a query reads, each once."""
        if sql not in self._sources:
            names = self.value(TABLES_OF_QUERY, [sql]) or []
            self._sources[sql] = [self.tables[name] for name in names if name in self.tables]
        return self._sources[sql]


def _tables(connection: duckdb.DuckDBPyConnection) -> dict[str, PublishedTable]:
    rows = connection.execute(
        """
        select
            tables.schema_name || '.' || tables.table_name,
            (
                select constraint_column_names from duckdb_constraints() as keys
                where keys.schema_name = tables.schema_name and keys.table_name = tables.table_name and keys.constraint_type = 'PRIMARY KEY'
            ),
            (
                select list([column_name, data_type] order by column_index) from duckdb_columns() as cells
                where cells.schema_name = tables.schema_name and cells.table_name = tables.table_name
            )
        from duckdb_tables() as tables
        where not internal
        order by 1
        """
    ).fetchall()
    return {name: PublishedTable(name, tuple(key or ()), dict(columns)) for name, key, columns in rows}
