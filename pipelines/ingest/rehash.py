"""Hashes the personal identifiers of the warehouse anew, under another key, by reading the landing files again.

Nothing but the identifiers changes: rows, loads and the times at which they became known stay, so that every past day can still be rebuilt.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import duckdb
import polars as pl

from pipelines.contracts.model import Contracts, Feed
from pipelines.hash_key import record
from pipelines.ingest.conform import ROW
from pipelines.ingest.feed import read_again
from pipelines.ingest.load import row_hash_sql
from pipelines.settings import Settings

CODE_VERSION = "identifiers hashed anew"  # of the build that the models must not add to


class RehashError(RuntimeError):
    """Rows whose identifiers cannot be hashed anew; the warehouse is as it was."""


@dataclass(frozen=True)
class Rehashed:
    rows: int
    unlinked: int  # rows whose file is gone, so that their identifiers no longer match any other


def rehash(
    connection: duckdb.DuckDBPyConnection, contracts: Contracts, settings: Settings, key: bytes, unlink: bool, say: Callable[[str], None]
) -> Rehashed:
    """Replace every personal identifier by its hash under `key`, and record the key: all or nothing.

    unlink  rows whose files no longer lie in the landing folder get identifiers that match no other; without it they raise RehashError
    """
    feeds = [feed for feed in contracts.feeds.values() if _identifiers(feed)]
    now = datetime.now(UTC).replace(tzinfo=None)
    rows = unlinked = 0
    connection.execute("begin transaction")
    try:
        for feed in feeds:
            say(feed.name)
            _read(connection, feed, contracts, replace(settings, hash_key=key))
            lost = _lost(connection, feed)
            if lost and not unlink:
                numbers = ", ".join(str(load) for load, _ in lost[:10]) + (f" and {len(lost) - 10} more" if len(lost) > 10 else "")
                raise RehashError(
                    f"{feed.name}: {sum(count for _, count in lost):,} rows are of files that the landing folder no longer has as they were loaded "
                    f"(load {numbers} of quality.feed_outcomes). Put these files back; or run with --unlink, and the identifiers in these rows will "
                    "no longer match those in any other"
                )
            rows += _replace(connection, feed)
            unlinked += sum(count for _, count in lost)
        record(connection, key, now)
        connection.execute(
            "insert into ingest.builds select 'key rotate', $now, coalesce(max(load_id), 0), false, $version from ingest.loads",
            {"now": now, "version": CODE_VERSION},
        )
        connection.execute("commit")
    except BaseException:
        connection.execute("rollback")
        raise
    return Rehashed(rows, unlinked)


def _identifiers(feed: Feed) -> list[str]:
    return [c.name for c in feed.columns if c.is_personal_identifier]


def _read(connection: duckdb.DuckDBPyConnection, feed: Feed, contracts: Contracts, settings: Settings) -> None:
    """The identifiers of every row whose file is still there, hashed with the key of `settings`, in the table _rehashed."""
    columns = ", ".join(f'"{name}" varchar' for name in _identifiers(feed))
    connection.execute(f"create or replace temp table _rehashed (_file_hash varchar, _file_row bigint, {columns})")
    hashes = [h for (h,) in connection.execute(f'select distinct _file_hash from raw."{feed.name}"').fetchall()]
    for file_hash, block in read_again(connection, feed.name, contracts, settings, hashes):
        _block = block.accepted.select(pl.lit(file_hash).alias("_file_hash"), pl.col(ROW), *_identifiers(feed)).to_arrow(
            compat_level=pl.CompatLevel.newest()
        )
        connection.execute("insert into _rehashed select * from _block")


def _lost(connection: duckdb.DuckDBPyConnection, feed: Feed) -> list[tuple[int, int]]:
    """(load, rows) of the rows with an identifier that were not read again."""
    given = " or ".join(f'"{name}" is not null' for name in _identifiers(feed))
    return connection.execute(
        f'select _load_id, count(*) from raw."{feed.name}" anti join _rehashed using (_file_hash, _file_row) where {given} group by 1 order by 1'
    ).fetchall()


def _replace(connection: duckdb.DuckDBPyConnection, feed: Feed) -> int:
    """Write the new hashes over the old; those of lost rows are hashed once more, with a salt that is kept nowhere. Returns the rows replaced."""
    names = _identifiers(feed)
    salt = secrets.token_hex(16)
    salted = ", ".join(f'"{name}" = sha256(\'{salt}\' || "{name}")' for name in names)
    fresh = ", ".join(f'"{name}" = _rehashed."{name}"' for name in names)
    same_row = "_rehashed._file_hash = raw_rows._file_hash and _rehashed._file_row = raw_rows._file_row"
    connection.execute(f'update raw."{feed.name}" as raw_rows set {salted} where not exists (select 1 from _rehashed where {same_row})')
    (count,) = connection.execute(f'update raw."{feed.name}" as raw_rows set {fresh} from _rehashed where {same_row}').fetchone() or (0,)
    if feed.row_identity == "content":
        connection.execute(f'update raw."{feed.name}" set _row_hash = {row_hash_sql(feed)}')
    connection.execute("drop table _rehashed")
    return int(count)
