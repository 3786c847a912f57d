"""Where check results are kept: quality.check_results, one row a check of a run, whichever engine evaluated it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, fields

import duckdb

from pipelines.quality.model import CheckResult

COLUMNS = tuple(f.name for f in fields(CheckResult))


def store_results(connection: duckdb.DuckDBPyConnection, results: Iterable[CheckResult]) -> int:
    """Write results, in one transaction; a check that ran twice in a run keeps its last result. Returns how many were written."""
    rows = list({(r.run_id, r.table_name, r.check_name): astuple(r) for r in results}.values())
    if rows:
        connection.begin()
        try:
            connection.executemany(
                f"insert or replace into quality.check_results ({', '.join(COLUMNS)}) values ({', '.join('?' * len(COLUMNS))})",
                rows,
            )
            connection.commit()
        except BaseException:
            connection.rollback()
            raise
    return len(rows)
