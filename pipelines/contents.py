"""What tables hold, as fingerprints to compare: how many rows, and the sum of their hashes, which does not depend on their order."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb

# A row of a raw table never changes, except by what makes the next build a full one (another key, another masking).
RAW = "raw."
ROW_OF_RAW = "(_load_id, _row_hash)"


def content_sql(relation: str, row: str = "t") -> str:
    """A query of one text: the content of a relation. A row counts with all its columns, in their order, unless `row` names others."""
    return f"select count(*) || ' ' || coalesce(sum(cast(hash({row}) as hugeint)), 0) from {relation} as t"


def contents_of(connection: duckdb.DuckDBPyConnection, tables: Iterable[str]) -> dict[str, str]:
    """The content of each of these tables (`schema.table`) that the database has; of views none."""
    rows = connection.execute("select schema_name || '.' || table_name from duckdb_tables() where database_name = current_database()").fetchall()
    there = {table for (table,) in rows}
    found = {}
    for table in there.intersection(tables):
        (content,) = connection.execute(content_sql(table, ROW_OF_RAW if table.startswith(RAW) else "t")).fetchone() or ("",)
        found[table] = content
    return found
