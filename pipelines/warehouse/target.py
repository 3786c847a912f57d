"""What a target is: the one place that knows where the build database lies, how it is opened and locked, and what can be wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

import duckdb


class WarehouseBusy(RuntimeError):
    """Another run holds the warehouse."""


class WarehouseUnavailable(RuntimeError):
    """The build database cannot be reached or used as it is set up; the message says why and the way out."""


class Target(Protocol):
    """Where the build database lies. Every connection, by hand or through dbt, has it under the name `build`, as the current database."""

    def exists(self) -> bool:
        """Whether there is a build database yet."""
        ...

    def connect(self, read_only: bool = False) -> duckdb.DuckDBPyConnection:
        """A connection of this process, which the caller closes. Raises duckdb.Error."""
        ...

    def kept_open(self) -> AbstractContextManager[None]:
        """Keep the build database open for a run of this process: to read its catalogue anew costs each connection more than many a step."""
        ...

    def attach(self, connection: duckdb.DuckDBPyConnection, name: str) -> None:
        """Attach the build database to another one's connection, to be read only."""
        ...

    def lock(self, wait_seconds: float = 0) -> AbstractContextManager[None]:
        """Hold the build database for one run; the lock goes with the process. Raises WarehouseBusy."""
        ...

    def is_held(self) -> bool:
        """Whether a run holds the build database at this moment."""
        ...

    def dbt_environment(self) -> Mapping[str, str]:
        """What dbt_project/profiles.yml reads of where to build."""
        ...

    def save(self, path: Path) -> None:
        """Write a DuckDB file with what cannot be made again from other tables: raw, ledger, results of checks. The caller holds the lock."""
        ...

    def restore(self, path: Path) -> None:
        """Put in place what `save` wrote, of this target or another, where there is no build database yet. The caller holds the lock."""
        ...

    def findings(self) -> Iterator[tuple[bool, str]]:
        """What `scorecards doctor` looks at: (is it well, one line)."""
        ...
