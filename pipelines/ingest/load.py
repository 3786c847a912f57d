"""What goes into the build database together or not at all: a file's rows, its rejects and its ledger entry, and the files of a batch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

import duckdb
import polars as pl

from pipelines.contracts.model import Feed
from pipelines.ingest.conform import ROW, Conformed
from pipelines.ingest.files import LandingFile
from pipelines.warehouse import dialect_of

# Rows to collect before an INSERT: a file with fewer is in hand whole before the database hears of it, and goes in with others.
INSERT_ROWS = 131_072
# Rows after which a batch is committed. DuckDB compresses and writes a row group (122,880 rows) once, as soon as it is full;
# what is committed without filling one it writes to its log, appends to the table, and compresses at the next checkpoint.
COMMIT_ROWS = 1_048_576


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
    dated_at: datetime | None = None  # end of the latest day in the file's path
    modified_at: datetime | None = None  # UTC


class BatchLost(RuntimeError):
    """Files read well could not be written, so the batch they are in is rolled back and the feed ends."""


@dataclass
class Batch:
    """Files of a feed that are committed together, until they are COMMIT_ROWS rows.

    A file is entered once it was read to its end (`enter`), or, where it is too long for that, alone (`alone`). So a file that
    turns out bad takes no other with it, and a kill leaves all of a file or nothing. Within either: `insert`, `write`, `remember`.
    """

    connection: duckdb.DuckDBPyConnection
    feed: Feed
    _rows: int | None = None  # of the open transaction; None: there is none
    _blocks: list[tuple[Conformed, Provenance]] = field(default_factory=list)
    _entries: list[LedgerEntry] = field(default_factory=list)
    _stats: dict[str, tuple[LandingFile, str]] = field(default_factory=dict)

    @contextmanager
    def enter(self, rows: int = 0) -> Iterator[None]:
        """Enter a file of so many rows, read to its end. Raises BatchLost for whatever is raised within, and duckdb.Error as it is."""
        with _lost_if_failing():
            if self._rows is None:
                self._begin()
            yield
            self._rows = (self._rows or 0) + rows
            if self._rows >= COMMIT_ROWS:
                self.commit()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Enter a file while it is being read: whatever is raised within rolls it back, and nothing else."""
        self.commit()
        self._begin()
        try:
            yield
        except BaseException:
            self.rollback()
            raise
        self.commit()

    def insert(self, block: Conformed, provenance: Provenance) -> None:
        """Append a conformed block's rows and rejects, as soon as there are enough for an INSERT."""
        self._blocks.append((block, provenance))
        if sum(block.rows_read for block, _ in self._blocks) >= INSERT_ROWS:
            self._insert_waiting()

    def write(self, entry: LedgerEntry) -> None:
        """Enter a file in the ledger."""
        self._entries.append(entry)

    def remember(self, file: LandingFile, file_hash: str) -> None:
        """Note what the path holds, so that the next run need not read it if it is unchanged."""
        self._stats[file.name] = (file, file_hash)

    def commit(self) -> None:
        """Write what waits, and commit. Raises BatchLost, or duckdb.Error."""
        if self._rows is None:
            return
        with _lost_if_failing():
            self._insert_waiting()
            if self._entries:
                write_ledger(self.connection, self._entries)
            if self._stats:
                write_stats(self.connection, self.feed.name, list(self._stats.values()))
            self._rows = None  # a commit that fails has rolled back by itself
            self.connection.execute("commit")
            self._forget()

    def rollback(self) -> None:
        self._forget()
        if self._rows is not None:
            self._rows = None
            self.connection.execute("rollback")

    def _begin(self) -> None:
        self.connection.execute("begin transaction")
        self._rows = 0

    def _insert_waiting(self) -> None:
        insert_rows(self.connection, self.feed, self._blocks)
        self._blocks.clear()

    def _forget(self) -> None:
        self._blocks.clear()
        self._entries.clear()
        self._stats.clear()


@contextmanager
def _lost_if_failing() -> Iterator[None]:
    """Raise BatchLost for what is raised within; the warehouse's own errors stay as they are."""
    try:
        yield
    except (duckdb.Error, BatchLost):
        raise
    except Exception as error:
        raise BatchLost(f"rows read well could not be written ({type(error).__name__})") from None  # its text may hold values


@contextmanager
def batches(connection: duckdb.DuckDBPyConnection, feed: Feed) -> Iterator[Batch]:
    """Batch after batch; the last is committed at the end, or rolled back on any exception.

    DuckDB writes with one thread meanwhile: two share an INSERT of less than some row groups, and what each made is appended again.
    The other cores have the reading.
    """
    (threads,) = connection.execute("select current_setting('threads')").fetchone() or (1,)
    connection.execute("set threads = 1")
    batch = Batch(connection, feed)
    try:
        yield batch
        batch.commit()
    except BaseException:
        batch.rollback()
        raise
    finally:
        connection.execute(f"set threads = {int(threads)}")


def row_hash_sql(feed: Feed) -> str:
    """The identity of a row that has no key: length before each value, so that no two different rows read alike; in the contract's order."""
    parts = ", ".join(f"coalesce(length(\"{c.name}\"::varchar) || ':' || \"{c.name}\"::varchar, '~')" for c in feed.columns)
    return f"sha256(concat({parts}))"


def insert_sql(feed: Feed) -> str:
    """The INSERT of conformed rows, whose personal identifiers are hashed already, with their files' provenance beside them."""
    names = ", ".join(f'"{c.name}"' for c in feed.columns)
    extract = f'coalesce("{feed.extract_time}", _file_time)' if feed.extract_time else "_file_time"
    row_hash = row_hash_sql(feed) if feed.row_identity == "content" else "null"
    # By name: a column that a contract gained later stands last in a table that was there before.
    columns = ", ".join(f'"{name}"' for name in feed.raw_columns)
    return (
        f'insert into raw."{feed.name}" ({columns}) select {names}, '
        f"_file_hash, {ROW}, {extract}, _loaded_at, _load_id, _clock_flags, {row_hash}, _dated_at, _modified_at from _ingest_block"
    )


def _provenance_columns(provenance: Provenance) -> list[pl.Expr]:
    return [
        pl.lit(provenance.file_hash).alias("_file_hash"),
        pl.lit(provenance.load_id, pl.Int64).alias("_load_id"),
        pl.lit(provenance.loaded_at, pl.Datetime("us")).alias("_loaded_at"),
        pl.lit(provenance.file_time, pl.Datetime("us")).alias("_file_time"),
        pl.lit(provenance.dated_at, pl.Datetime("us")).alias("_dated_at"),
        pl.lit(provenance.modified_at, pl.Datetime("us")).alias("_modified_at"),
    ]


def insert_rows(connection: duckdb.DuckDBPyConnection, feed: Feed, blocks: Sequence[tuple[Conformed, Provenance]]) -> None:
    """Append the rows and rejects of conformed blocks, each with what is the same in every row of its file."""
    accepted = [block.accepted.with_columns(_provenance_columns(origin)) for block, origin in blocks if block.accepted.height]
    if accepted:
        _insert(connection, insert_sql(feed), pl.concat(accepted))
    notes = [block.notes.with_columns(pl.lit(origin.load_id, pl.Int64).alias("load_id")) for block, origin in blocks if block.notes.height]
    if notes:
        sql = "insert into ingest.notes by position select load_id, $feed, file_row, column_name, rule from _ingest_block"
        _insert(connection, sql, pl.concat(notes), {"feed": feed.name})
    rejects = [block.rejects.with_columns(pl.lit(origin.load_id, pl.Int64).alias("load_id")) for block, origin in blocks if block.rejects.height]
    if rejects:
        row_key = "row_key" if feed.is_whole else "null"
        sql = f"insert into ingest.rejects by position select load_id, $feed, file_row, column_name, rule, {row_key} from _ingest_block"
        _insert(connection, sql, pl.concat(rejects), {"feed": feed.name})


def insert_notes(connection: duckdb.DuckDBPyConnection, load_id: int, feed: str, notes: Sequence[tuple[int, str, str]]) -> None:
    """Append what is remarkable about accepted rows: (row, column, rule)."""
    if notes:
        connection.executemany("insert into ingest.notes values (?, ?, ?, ?, ?)", [[load_id, feed, *note] for note in notes])


def _insert(connection: duckdb.DuckDBPyConnection, sql: str, rows: pl.DataFrame, parameters: dict[str, object] | None = None) -> None:
    """Run an INSERT that selects from `_ingest_block`, which DuckDB finds among this function's variables.

    Not `register`ed: within a transaction the catalogue keeps every registered table, and so all its rows, until the commit.
    """
    _ingest_block = rows.to_arrow(compat_level=pl.CompatLevel.newest())
    connection.execute(sql, parameters)


def next_load_id(connection: duckdb.DuckDBPyConnection) -> int:
    """The next number of the ledger. Only within a transaction that writes: a number drawn outside one is forgotten in a crash."""
    return dialect_of(connection).next_load_id(connection)


def write_ledger(connection: duckdb.DuckDBPyConnection, entries: Sequence[LedgerEntry]) -> None:
    """Append rows to `ingest.loads`."""
    rows = pl.DataFrame([vars(entry) for entry in entries], infer_schema_length=None)
    _insert(connection, "insert into ingest.loads by name select * from _ingest_block", rows)


def write_stats(connection: duckdb.DuckDBPyConnection, feed: str, files: Sequence[tuple[LandingFile, str]]) -> None:
    """Note in `ingest.file_stats` what files hold: (file, hash), each path once."""
    rows = pl.DataFrame(
        [(feed, file.name, file.size_bytes, file.modified_ns, file_hash) for file, file_hash in files],
        schema=["feed", "file_path", "size_bytes", "modified_ns", "file_hash"],
        orient="row",
    )
    _insert(connection, dialect_of(connection).upsert("ingest.file_stats", ["feed", "file_path"], rows.columns, "_ingest_block"), rows)
