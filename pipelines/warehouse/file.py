"""The build database as one DuckDB file on this machine."""

from __future__ import annotations

import fcntl
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO

import duckdb

from pipelines.atomic_file import atomic_write
from pipelines.private import private_folder
from pipelines.settings import Settings
from pipelines.warehouse.dialect import quoted
from pipelines.warehouse.target import WarehouseBusy

BUSY = "another run holds the warehouse; wait for it to end (`scorecards status` shows it), then run again"


def engine_config(settings: Settings) -> dict[str, str | bool | int | float | list[str]]:
    """How DuckDB works on this machine; a second connection of the same process must be opened with the same."""
    return {
        "memory_limit": settings.memory_limit,
        "threads": settings.threads,
        "temp_directory": str(settings.temp_dir),
        "preserve_insertion_order": False,
        # At every checkpoint each table's last row group is compressed anew: every 16 MB of log would be too often.
        "checkpoint_threshold": "256MB",
    }


# The databases that a run of this process keeps open: DuckDB opens a file that is open to be written to in no other way.
_kept: set[Path] = set()


class FileTarget:
    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def exists(self) -> bool:
        return self.settings.build_path.exists()

    def connect(self, read_only: bool = False) -> duckdb.DuckDBPyConnection:
        path = self.settings.build_path
        return duckdb.connect(str(path), read_only=read_only and path not in _kept, config=engine_config(self.settings))

    @contextmanager
    def kept_open(self) -> Iterator[None]:
        path = self.settings.build_path
        with closing(self.connect()):
            _kept.add(path)
            try:
                yield
            finally:
                _kept.discard(path)

    def attach(self, connection: duckdb.DuckDBPyConnection, name: str) -> None:
        connection.execute(f"attach '{quoted(self.settings.build_path)}' as {name} (read_only)")

    @contextmanager
    def lock(self, wait_seconds: float = 0) -> Iterator[None]:
        private_folder(self.settings.data_dir / "warehouse")
        path = private_folder(self.settings.warehouse_dir) / "run.lock"
        deadline = time.monotonic() + wait_seconds
        with path.open("a") as file:
            while not _locked(file):
                if time.monotonic() >= deadline:
                    raise WarehouseBusy(BUSY)
                time.sleep(0.5)
            yield

    def is_held(self) -> bool:
        path = self.settings.warehouse_dir / "run.lock"
        if not path.exists():
            return False
        with path.open() as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

    def dbt_environment(self) -> Mapping[str, str]:
        return {"SCORECARDS_DBT_TARGET": "duckdb", "SCORECARDS_BUILD_PATH": str(self.settings.build_path)}

    def save(self, path: Path) -> None:
        with closing(self.connect()) as connection:
            connection.execute("checkpoint")
        shutil.copyfile(self.settings.build_path, path)

    def restore(self, path: Path) -> None:
        with atomic_write(self.settings.build_path) as part:
            shutil.copyfile(path, part)

    def findings(self) -> Iterator[tuple[bool, str]]:
        return iter(())

    def remove(self) -> None:
        """Whatever an earlier attempt left of a build database that is made anew."""
        self.settings.build_path.unlink(missing_ok=True)


def _locked(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
