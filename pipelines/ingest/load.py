"""The transaction of one file: its rows, its rejects and its ledger entry go into the build database together or not at all."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import duckdb
import polars as pl
import pyarrow as pa

from pipelines.contracts.model import Feed
from pipelines.ingest.conform import ROW, Conformed
from pipelines.ingest.files import LandingFile

_BLOCK_BYTES = 64  # of SHA-256, for HMAC
# Rows to collect before an INSERT. DuckDB compresses and writes what fills a row group (122,880 rows) at once; smaller
# appends wait uncompressed in its temporary folder until the commit.
INSERT_ROWS = 131_072


@dataclass(frozen=True)
class LedgerEntry:
    """One row of `ingest.loads`."""

    load_id: int
    run_id: str
    feed: str
    file_path: str
    file_hash: str | None
    size_bytes: int
    layout: str | None
    contract_fingerprint: str
    status: str  # loaded, refused, deferred
    loaded_at: datetime
    rows_read: int = 0
    rows_accepted: int = 0
    rows_rejected: int = 0
    clock_flagged_rows: int = 0
    unexpected_columns: str | None = None
    message: str | None = None
    sheet: str | None = None
    file_time: datetime | None = None


@dataclass(frozen=True)
class Provenance:
    """What is the same in every row of a file."""

    file_hash: str
    load_id: int
    loaded_at: datetime
    file_time: datetime | None  # extract time in the file's name, UTC


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Commit at the end, roll back on any exception."""
    connection.execute("begin transaction")
    try:
        yield
    except BaseException:
        connection.execute("rollback")
        raise
    connection.execute("commit")


def hmac_keys(key: bytes) -> tuple[bytes, bytes]:
    """The inner and outer padded keys of HMAC-SHA256 (RFC 2104)."""
    padded = (hashlib.sha256(key).digest() if len(key) > _BLOCK_BYTES else key).ljust(_BLOCK_BYTES, b"\0")
    return bytes(b ^ 0x36 for b in padded), bytes(b ^ 0x5C for b in padded)


def insert_sql(feed: Feed) -> str:
    """The INSERT of one block: identifiers are hashed within it, so that no clear value reaches the database.

    Parameters: hash, load, loaded, file_time, and inner and outer key where the feed has personal identifiers.
    """
    names = ", ".join(f'"{c.name}"' for c in feed.columns)
    columns = []
    for column in feed.columns:
        name = f'"{column.name}"'
        if column.is_personal_identifier:
            # HMAC-SHA256(key, text without spaces) = H(outer || H(inner || text)), in lower-case hex.
            inner = f"unhex(sha256($inner::blob || encode(replace({name}, ' ', ''))))"
            columns.append(f"case when {name} is not null then sha256($outer::blob || {inner}) end as {name}")
        else:
            columns.append(name)
    extract = f'coalesce("{feed.extract_time}", $file_time::timestamp)' if feed.extract_time else "$file_time::timestamp"
    if feed.row_identity == "content":
        # Length before each value, so that no two different rows read alike; the order is the contract's, not the file's.
        parts = ", ".join(f"coalesce(length(\"{c.name}\"::varchar) || ':' || \"{c.name}\"::varchar, '~')" for c in feed.columns)
        row_hash = f"sha256(concat({parts}))"
    else:
        row_hash = "null"
    return (
        f'insert into raw."{feed.name}" by position '
        f"with block as (select {', '.join(columns)}, {ROW}, _clock_flags from _ingest_block) "
        f"select {names}, $hash, {ROW}, {extract}, $loaded::timestamp, $load::bigint, _clock_flags, "
        f"{row_hash} from block"
    )


def insert_rows(connection: duckdb.DuckDBPyConnection, feed: Feed, blocks: Sequence[Conformed], provenance: Provenance, hash_key: bytes) -> None:
    """Append conformed blocks' rows and rejects, within the file's transaction."""
    parameters: dict[str, object] = {
        "hash": provenance.file_hash,
        "load": provenance.load_id,
        "loaded": provenance.loaded_at,
        "file_time": provenance.file_time,
    }
    if any(c.is_personal_identifier for c in feed.columns):
        parameters["inner"], parameters["outer"] = hmac_keys(hash_key)
    accepted = [block.accepted for block in blocks if block.accepted.height]
    if accepted:
        _insert(connection, insert_sql(feed), pl.concat(accepted).to_arrow(compat_level=pl.CompatLevel.newest()), parameters)
    rejects = [block.rejects for block in blocks if block.rejects.height]
    if rejects:
        row_key = "row_key" if feed.is_whole else "null"
        sql = f"insert into ingest.rejects by position select $load::bigint, $feed, file_row, column_name, rule, {row_key} from _ingest_block"
        table = pl.concat(rejects).to_arrow(compat_level=pl.CompatLevel.newest())
        _insert(connection, sql, table, {"load": provenance.load_id, "feed": feed.name})


def insert_notes(connection: duckdb.DuckDBPyConnection, load_id: int, feed: str, notes: Sequence[tuple[int, str, str]]) -> None:
    """Append what is remarkable about accepted rows: (row, column, rule)."""
    if notes:
        connection.executemany("insert into ingest.notes values (?, ?, ?, ?, ?)", [[load_id, feed, *note] for note in notes])


def _insert(connection: duckdb.DuckDBPyConnection, sql: str, _ingest_block: pa.Table, parameters: dict[str, object]) -> None:
    """Run an INSERT that selects from `_ingest_block`, which DuckDB finds among this function's variables.

    Not `register`ed: within a transaction the catalogue keeps every registered table, and so all its rows, until the commit.
    """
    connection.execute(sql, parameters)


def next_load_id(connection: duckdb.DuckDBPyConnection) -> int:
    """The next number of the ledger. Only within a transaction that writes: a number drawn outside one is forgotten in a crash."""
    row = connection.execute("select nextval('ingest.load_id_seq')").fetchone()
    assert row is not None
    return int(row[0])


def write_ledger(connection: duckdb.DuckDBPyConnection, entry: LedgerEntry) -> None:
    """Append a row to `ingest.loads`."""
    values = vars(entry)
    connection.execute(
        f"insert into ingest.loads ({', '.join(values)}) values ({', '.join('$' + name for name in values)})",
        values,
    )


def remember_stats(connection: duckdb.DuckDBPyConnection, feed: str, file: LandingFile, file_hash: str) -> None:
    """Note what the path holds, so that the next run need not read it if it is unchanged."""
    connection.execute(
        "insert into ingest.file_stats (feed, file_path, size_bytes, modified_ns, file_hash) values (?, ?, ?, ?, ?) "
        "on conflict (feed, file_path) do update set size_bytes = excluded.size_bytes, modified_ns = excluded.modified_ns, "
        "file_hash = excluded.file_hash",
        [feed, file.name, file.size_bytes, file.modified_ns, file_hash],
    )
