"""Where check results are kept: quality.check_results, one row per check of a run, whichever engine evaluated it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import astuple, fields, replace
from datetime import datetime

import duckdb
import polars as pl

from pipelines.masking import without_contacts
from pipelines.quality.model import CheckResult
from pipelines.warehouse import dialect_of

KEY = ("run_id", "table_name", "check_name")
COLUMNS = tuple(f.name for f in fields(CheckResult))


def store_results(connection: duckdb.DuckDBPyConnection, results: Iterable[CheckResult]) -> int:
    """Write results, in one statement; a check that ran twice in a run keeps its last result. Returns how many were written."""
    safe = (replace(r, message=without_contacts(r.message)) if r.message else r for r in results)
    rows = list({(r.run_id, r.table_name, r.check_name): astuple(r) for r in safe}.values())
    if rows:
        connection.register("_results", pl.DataFrame(rows, schema=COLUMNS, orient="row", infer_schema_length=None))
        try:
            connection.execute(dialect_of(connection).upsert("quality.check_results", KEY, COLUMNS, "_results"))
        finally:
            connection.unregister("_results")
    return len(rows)


def newest_results(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], CheckResult]:
    """The newest result of every check that was ever evaluated, by table and name."""
    rows = connection.execute(
        f"""
        select {", ".join(COLUMNS)} from quality.check_results
        qualify row_number() over (partition by table_name, check_name order by checked_at desc, run_id desc) = 1
        """
    ).fetchall()
    return {(result.table_name, result.check_name): result for result in (CheckResult(*row) for row in rows)}


def carry_forward(connection: duckdb.DuckDBPyConnection, checks: Collection[tuple[str, str]], run_id: str, now: datetime) -> list[CheckResult] | None:
    """The newest result of each of these checks (table, name) as a result of this run, since what they look at has not changed. Not stored.

    None where one of them was never evaluated.
    """
    newest = newest_results(connection)
    if not newest.keys() >= set(checks):
        return None
    return [replace(newest[check], run_id=run_id, checked_at=now) for check in checks]
