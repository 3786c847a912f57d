"""Dagster's SQLite event log with connections that stay open.

Dagster opens a connection for every event and closes it again; SQLite, in write-ahead mode, then copies its log into the
database and waits for the disk each time. A run of this warehouse has a thousand events, so that this took longer than the
work itself. One connection a database, kept for the life of the process, writes the same events to the same files.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from dagster._core.storage.event_log.sqlite.sqlite_event_log import SQLITE_BUSY_TIMEOUT_SECONDS, SqliteEventLogStorage
from dagster._serdes import ConfigurableClassData
from sqlalchemy import create_engine
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import QueuePool

KEPT_DATABASES = 8  # the index and the runs last looked at: a web server that shows old runs must not hold them all


class KeptSqliteEventLogStorage(SqliteEventLogStorage):
    """Dagster's own SQLite event log, except for how it connects. Named in the dagster.yaml of DAGSTER_HOME."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: dict[str, Engine] = {}
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: dict[str, Any]) -> KeptSqliteEventLogStorage:
        return cls(inst_data=inst_data, **config_value)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock:
            engine = self._engine(shard)
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            with engine.begin() as connection:
                yield connection

    def _engine(self, shard: str) -> Engine:
        """The engine of one database; those not used for longest are let go of."""
        engine = self._engines.pop(shard, None)
        if engine is None:
            # The storage's lock lets one thread at a time through, whichever it is.
            connect = {"timeout": SQLITE_BUSY_TIMEOUT_SECONDS, "check_same_thread": False}
            engine = create_engine(self.conn_string_for_shard(shard), poolclass=QueuePool, connect_args=connect)
        self._engines[shard] = engine
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
