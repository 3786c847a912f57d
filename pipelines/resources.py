"""What every step of a run is handed: the locked warehouse, the clock, and somewhere to report progress."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

import duckdb

from pipelines.contracts.model import Contracts
from pipelines.hash_key import require_same
from pipelines.settings import Settings
from pipelines.warehouse import create_tables, kept_open, open_build, purge_unmasked, run_lock


class Reporter(Protocol):
    """Where progress goes: the terminal of `scorecards run`, or nowhere (Dagster keeps its own log)."""

    def step(self, message: str) -> None: ...

    def detail(self, message: str) -> None: ...


class Silent:
    """A reporter for runs that nobody watches."""

    def step(self, message: str) -> None:
        pass

    def detail(self, message: str) -> None:
        pass


@dataclass(frozen=True)
class Warehouse:
    """The build database of one run; the run holds the lock for as long as it lasts."""

    settings: Settings
    contracts: Contracts
    now: datetime  # when the run began, UTC and naive, as everything in the database
    reporter: Reporter = field(default_factory=Silent)

    def connect(self, read_only: bool = False) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
        return open_build(self.settings, read_only)


@contextmanager
def held_warehouse(settings: Settings, contracts: Contracts, reporter: Reporter | None = None, wait_seconds: float = 0) -> Iterator[Warehouse]:
    """Take the run lock and create what is missing in the build database.

    Raises WarehouseBusy when another run holds it longer than that, and HashKeyError when its identifiers were hashed with another key.
    """
    # what was known on a past day is built in a file that is made anew
    kept = nullcontext() if settings.as_at else kept_open(settings)
    with run_lock(settings, wait_seconds), kept:
        now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
        with open_build(settings) as connection:
            require_same(connection, settings.hash_key, now)
            create_tables(connection, contracts)
            purge_unmasked(connection, contracts)
        yield Warehouse(settings, contracts, now, reporter or Silent())
