"""The share: the publication as a lake of its own, for readers outside the force's own account.

A publication is one transaction, so that a reader sees all of one publication or all of another, and one state of the lake, which can be read by its
number for as long as it is kept. Only rows that differ are written. What the gate refused, or a name of a personal column, never reaches the
published marts, and nothing else is read here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb

from pipelines.publish.marts import live_folder
from pipelines.publish.writing import DATABASE, PublishError, TableDefinition, tables_of
from pipelines.settings import Lake, Settings
from pipelines.warehouse import LakeTarget, WarehouseUnavailable, quoted
from pipelines.warehouse.file import engine_config
from pipelines.warehouse.lake import open_lake

SHARE, MARTS = "share", "published_marts"
PUBLICATIONS = f"""
select snapshot_id, snapshot_time, commit_message, commit_extra_info
from ducklake_snapshots('{SHARE}')
where commit_extra_info is not null
order by snapshot_id
"""


@dataclass(frozen=True)
class Publication:
    """A publication in a share."""

    snapshot: int  # the state of the lake, as `at (version => …)` takes it
    shared_at: datetime  # UTC
    version: str  # of the published folder
    published_at: datetime  # by the run's clock, UTC
    rows_written: int


def publish_share(settings: Settings, share: LakeTarget) -> Publication:
    """Bring a share up to the publication in place; one that is there already is not written again.

    Raises PublishError, and leaves the share as it was.
    """
    live = live_folder(settings).live
    if live is None:
        raise PublishError("nothing is published that could be shared: run `scorecards run`")
    try:
        # maintenance of the share may be at work
        with share.hold(wait_seconds=60), closing(duckdb.connect(config=engine_config(settings))) as connection:
            open_lake(connection, share.lake, SHARE)
            standing = publications_of(connection)
            if standing and standing[-1].version == live.name:
                return standing[-1]
            connection.execute(f"attach '{quoted(live / DATABASE)}' as {MARTS} (read_only)")
            connection.execute("begin transaction")
            rows = _write(connection)
            (published_at,) = connection.execute(f"select published_at from {MARTS}.quality.heartbeat").fetchone() or (None,)
            extra = json.dumps({"version": live.name, "published_at": published_at.isoformat(), "rows_written": rows})
            connection.execute(f"call ducklake_set_commit_message('{SHARE}', 'scorecards', 'publication', extra_info => ?)", [extra])
            connection.execute("commit")
            return publications_of(connection)[-1]
    except (duckdb.Error, WarehouseUnavailable) as error:
        text = share.lake.without_password(str(error).replace(share.lake.catalogue, share.lake.address))
        raise PublishError(f"the share could not be written: {text}. It is as it was (docs/runbooks/share.md)") from error


def _write(connection: duckdb.DuckDBPyConnection) -> int:
    """Write what differs into the share. Returns how many rows were written."""
    published, shared = tables_of(connection, MARTS), tables_of(connection, SHARE)
    for name in shared.keys() - published.keys():
        connection.execute(f"drop table {SHARE}.{name}")
    written = 0
    for name, table in published.items():
        there = shared.get(name)
        if there is None or (there.columns, there.comments) != (table.columns, table.comments):
            _define(connection, table, is_there=there is not None)
        written += _bring_up_to_date(connection, table)
    return written


def _define(connection: duckdb.DuckDBPyConnection, table: TableDefinition, is_there: bool) -> None:
    """A table that is new, or has other columns than before. A lake has no keys: they were held before the publication."""
    if is_there:
        connection.execute(f"drop table {SHARE}.{table.name}")
    connection.execute(f"create schema if not exists {SHARE}.{table.name.partition('.')[0]}")
    connection.execute(f"create table {SHARE}.{table.name} as from {MARTS}.{table.name} limit 0")
    for column, text in table.comments:
        connection.execute(f"comment on column {SHARE}.{table.name}.\"{column}\" is '{quoted(text)}'")


def _bring_up_to_date(connection: duckdb.DuckDBPyConnection, table: TableDefinition) -> int:
    """Rows that are no longer published go, those that are new come. Returns how many came."""
    key = ", ".join(f'"{column}"' for column in table.key)
    connection.execute(f"create or replace temp table gone as select {key} from (from {SHARE}.{table.name} except from {MARTS}.{table.name})")
    connection.execute(f"create or replace temp table fresh as (from {MARTS}.{table.name} except from {SHARE}.{table.name})")
    (gone, fresh) = connection.execute("select (select count(*) from temp.gone), (select count(*) from temp.fresh)").fetchone() or (0, 0)
    if gone:
        connection.execute(f"delete from {SHARE}.{table.name} where ({key}) in (select ({key}) from temp.gone)")
    if fresh:
        connection.execute(f"insert into {SHARE}.{table.name} from temp.fresh order by {table.order}")
    return int(fresh)


def publications(settings: Settings, share: Lake) -> list[Publication]:
    """The publications that can still be read, the oldest first. Raises WarehouseUnavailable."""
    with closing(duckdb.connect(config=engine_config(settings))) as connection:
        open_lake(connection, share, SHARE, read_only=True)
        return publications_of(connection)


def publications_of(connection: duckdb.DuckDBPyConnection) -> list[Publication]:
    """The same, of a connection that has the share attached under its name."""
    rows = connection.execute(PUBLICATIONS).fetchall()
    return [_publication(snapshot, at, json.loads(extra)) for snapshot, at, _, extra in rows]


def _publication(snapshot: int, at: datetime, extra: Mapping[str, Any]) -> Publication:
    return Publication(
        snapshot, at.replace(tzinfo=None), str(extra["version"]), datetime.fromisoformat(str(extra["published_at"])), int(extra["rows_written"])
    )
