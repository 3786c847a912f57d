"""Dagster's SQLite event log with connections that stay open, and one transaction an event.

Dagster opens a connection for every event and closes it again; SQLite, in write-ahead mode, then copies its log into the
database and waits for the disk each time. A run of this warehouse has some fifteen hundred events, of each table and its
checks, so that this took longer than the work itself. One connection a database, kept for the life of the process, writes
the same events to the same files. What one event writes is committed together, a batch of events likewise, and SQLite waits
for the disk when it copies its log, not at every commit: a process that is killed loses nothing by that, a machine that
loses its power may lose the last events of its log.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from dagster._core.events.log import EventLogEntry
from dagster._core.storage.event_log.schema import AssetCheckExecutionsTable
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._serdes import ConfigurableClassData
from sqlalchemy import create_engine
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.event import listen
from sqlalchemy.pool import QueuePool

KEPT_DATABASES = 8  # the index and the runs last looked at: a web server that shows old runs must not hold them all


class KeptSqliteEventLogStorage(SqliteEventLogStorage):
    """Dagster's own SQLite event log, except for how it connects. Named in the dagster.yaml of DAGSTER_HOME."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: dict[str, Engine] = {}
        self._joined: tuple[ExitStack, dict[str, Connection]] | None = None  # the open transaction of each database
        self._known: dict[tuple[str, ...], bool] = {}
        super().__init__(base_dir, inst_data)
        self._db_lock = threading.RLock()  # type: ignore[assignment]  # Dagster declares the lock that it makes, not what it needs

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]) -> KeptSqliteEventLogStorage:
        return cls(inst_data=inst_data, **config_value)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock:
            if self._joined is not None:
                transactions, connections = self._joined
                if shard not in connections:
                    connections[shard] = transactions.enter_context(self._engine(shard).begin())
                yield connections[shard]
            else:
                with self._engine(shard).begin() as connection:
                    yield connection

    @contextmanager
    def _one_transaction(self) -> Iterator[None]:
        """Whatever is written in the block is committed at its end, once a database."""
        with self._db_lock:
            if self._joined is not None:
                yield
                return
            with ExitStack() as transactions:
                self._joined = (transactions, {})
                try:
                    yield
                finally:
                    self._joined = None

    def store_event(self, event: EventLogEntry) -> None:
        with self._one_transaction():
            super().store_event(event)

    def store_event_batch(self, events: Sequence[EventLogEntry]) -> None:
        with self._one_transaction():
            super().store_event_batch(events)

    def delete_events(self, run_id: str) -> None:
        """What was said of a run, with the results of its checks, which Dagster would keep for ever, and the file that held it."""
        super().delete_events(run_id)
        with self.index_connection() as connection:
            connection.execute(AssetCheckExecutionsTable.delete().where(AssetCheckExecutionsTable.c.run_id == run_id))
        with self._db_lock:
            engine = self._engines.pop(run_id, None)
            if engine is not None:
                engine.dispose()
            self._initialized_dbs.discard(run_id)
            for ending in ("", "-wal", "-shm"):
                Path(self._base_dir, f"{run_id}.db{ending}").unlink(missing_ok=True)

    def has_table(self, table_name: str) -> bool:
        """Asked with every check and every tag; a table that is there stays."""
        look = super().has_table
        return self._remembered(("table", table_name), lambda: look(table_name))

    def _has_asset_key_col_on_connection(self, conn: Connection, column_name: str) -> bool:
        look = super()._has_asset_key_col_on_connection
        return self._remembered(("column", column_name), lambda: look(conn, column_name))

    def _remembered(self, what: tuple[str, ...], look: Callable[[], bool]) -> bool:
        """What was found to be there once, is there; what was not, is looked for again."""
        if not self._known.get(what):
            self._known[what] = look()
        return self._known[what]

    def _engine(self, shard: str) -> Engine:
        """The engine of one database, which is laid out where it is new; those not used for longest are let go of."""
        engine = self._engines.pop(shard, None)
        if engine is None:
            # The storage's lock lets one thread at a time through, whichever it is.
            connect = {"timeout": SQLITE_BUSY_TIMEOUT_SECONDS, "check_same_thread": False}
            engine = create_engine(self.conn_string_for_shard(shard), poolclass=QueuePool, connect_args=connect)
            listen(engine, "connect", _wait_less)
        self._engines[shard] = engine
        if shard not in self._initialized_dbs:
            self._initdb(engine)
            self._initialized_dbs.add(shard)
        while len(self._engines) > KEPT_DATABASES:
            self._engines.pop(next(iter(self._engines))).dispose()
        return engine

    def wipe(self) -> None:
        self._let_go()
        super().wipe()

    def dispose(self) -> None:
        self._let_go()
        super().dispose()

    def _let_go(self) -> None:
        while self._engines:
            self._engines.popitem()[1].dispose()


def _wait_less(connection: Any, _: Any) -> None:
    """In write-ahead mode the database stays whole without a wait at every commit."""
    connection.execute("pragma synchronous = normal")
