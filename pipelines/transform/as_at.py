"""What was known on a past day: raw and ledger as they stood then, brought into a build database of their own, and the same models over them.

When a row was known says the supplier's extract time, and the time of the load where the supplier gives none. Files arrive late, so
the day that is asked for need not be one on which this warehouse ran, or even existed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import duckdb

from pipelines.quality.clock import Clock
from pipelines.quality.results import store_results
from pipelines.resources import Warehouse
from pipelines.settings import Settings
from pipelines.transform.assets import broken_message, check_results, dbt_specs
from pipelines.transform.project import TransformError
from pipelines.transform.publication import TAG
from pipelines.transform.runner import run_dbt
from pipelines.warehouse import FileTarget, create_tables, has_build, target_of

KEPT = "_kept"  # the warehouse of the nightly, attached read-only


class AsAtError(RuntimeError):
    """There is nothing to rebuild; the message says why."""


def bring_known(kept: Settings, warehouse: Warehouse) -> int:
    """Fill the day's build database with the raw rows and the ledger known at the end of that day. Returns the number of raw rows.

    kept       the settings of the nightly, whose build database is only read; the caller holds its lock
    warehouse  held for the day (`Settings.known_on`); whatever an earlier attempt left in it is removed

    Raises AsAtError where the nightly's warehouse is empty, or knew nothing by then.
    """
    if not has_build(kept):
        raise AsAtError("the warehouse is empty: `scorecards run` takes extracts in; only then is there something to look back at")
    contracts, day = warehouse.contracts, str(warehouse.settings.as_at)
    FileTarget(warehouse.settings).remove()
    known = Clock("", warehouse.now, day).known
    with warehouse.connect() as connection:
        create_tables(connection, contracts)
        target_of(kept).attach(connection, KEPT)
        # A warehouse of older code may lack the feed that came in later.
        held = connection.execute("select table_name from duckdb_tables() where database_name = ? and schema_name = 'raw'", [KEPT]).fetchall()
        feeds = [feed for feed in contracts.feeds if (feed,) in held]
        rows = _copy_known(connection, feeds, known) if feeds else 0
        if connection.execute("select 1 from duckdb_tables() where database_name = ? and table_name = 'shares'", [KEPT]).fetchone():
            connection.execute(f"insert into ingest.shares by name from {KEPT}.ingest.shares")
        if not rows:
            first = _first_known(connection, feeds) if feeds else None
            raise AsAtError(
                f"nothing was known on {day}: "
                + (f"the first rows are known since {first:%Y-%m-%d}" if first else "the warehouse holds no rows; `scorecards run` takes extracts in")
            )
        connection.execute(f"detach {KEPT}")
    return rows


def _copy_known(connection: duckdb.DuckDBPyConnection, feeds: list[str], known: str) -> int:
    every = " union all ".join(f'select _load_id as load_id, _extracted_at, _loaded_at from {KEPT}.raw."{feed}"' for feed in feeds)
    # A file is known by the time in its name, whatever earlier day its rows speak of; without one, by its load, or by the rows that it brought.
    connection.execute(
        f"""
        insert into ingest.loads by name
        with loads as (select *, file_time as _extracted_at, loaded_at as _loaded_at from {KEPT}.ingest.loads)
        select * exclude (_extracted_at, _loaded_at) from loads
        where {known} or (file_time is null and load_id in (select load_id from ({every}) where {known}))
        """
    )
    rows = 0
    for feed in feeds:
        (copied,) = connection.execute(
            f"""
            insert into raw."{feed}" by name
            select * from {KEPT}.raw."{feed}" where {known} and _load_id in (select load_id from ingest.loads)
            """
        ).fetchone() or (0,)
        rows += copied
        # Of a file whose rows have times of their own, a part may have been known: the ledger counts that part.
        connection.execute(
            f"""
            with brought as (
                select _load_id as load_id, count(*) filter (where {known}) as rows_known, count(*) as rows_kept
                from {KEPT}.raw."{feed}"
                group by _load_id
            )
            update ingest.loads as loads
            set rows_accepted = brought.rows_known, rows_read = loads.rows_read - brought.rows_kept + brought.rows_known
            from brought
            where loads.load_id = brought.load_id and brought.rows_known < brought.rows_kept
            """
        )
    for table in ("rejects", "notes"):
        connection.execute(
            f"insert into ingest.{table} by name select * from {KEPT}.ingest.{table} where load_id in (select load_id from ingest.loads)"
        )
    connection.execute(
        f"""
        insert into ingest.file_stats by name
        select * from {KEPT}.ingest.file_stats where (feed, file_hash) in (select (feed, file_hash) from ingest.loads)
        """
    )
    return rows


def _first_known(connection: duckdb.DuckDBPyConnection, feeds: list[str]) -> date | None:
    every = " union all ".join(f'select min(coalesce(_extracted_at, _loaded_at)) as known_at from {KEPT}.raw."{feed}"' for feed in feeds)
    (first,) = connection.execute(f"select cast(min(known_at) as date) from ({every})").fetchone() or (None,)
    return first if isinstance(first, date) else None


def build_known(warehouse: Warehouse, manifest: Mapping[str, Any], run_id: str) -> None:
    """Build every model before the gate over what was brought, in one run of dbt, and store what its tests found. Raises TransformError.

    Unit tests speak of the code and not of the data; the nightly evaluates them.
    """
    variables = f"{{as_at: '{warehouse.settings.as_at}'}}"
    arguments = ["build", "--full-refresh", "--exclude", TAG, "--exclude-resource-type", "unit_test", "--vars", variables]
    run = run_dbt(warehouse.settings, arguments, lambda name, index, total: warehouse.reporter.detail(f"{index} of {total} {name}"))
    _, tests = dbt_specs(manifest)
    with warehouse.connect() as connection:
        store_results(connection, check_results(run, tests, manifest, run_id, warehouse))
    if run.broken:
        raise TransformError(broken_message(run))
