"""The build database: where it lies, how it is opened, locked, and laid out. Only the pipeline opens it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from pipelines.masking import masked_in_sql, use_words
from pipelines.private import keep_private, private_folder
from pipelines.settings import Settings
from pipelines.warehouse.dialect import dialect_of, quoted
from pipelines.warehouse.file import FileTarget
from pipelines.warehouse.lake import NO_DEFAULT, LakeTarget
from pipelines.warehouse.tables import content_sql, contents_by_feed, contents_of, create_tables, purge_unmasked, raw_content_sql
from pipelines.warehouse.target import Target, WarehouseBusy, WarehouseUnavailable

__all__ = [
    "NO_DEFAULT",
    "FileTarget",
    "LakeTarget",
    "Target",
    "WarehouseBusy",
    "WarehouseUnavailable",
    "content_sql",
    "contents_by_feed",
    "contents_of",
    "create_tables",
    "dialect_of",
    "has_build",
    "is_held",
    "kept_open",
    "open_build",
    "pool_of",
    "purge_unmasked",
    "quoted",
    "raw_content_sql",
    "run_lock",
    "share_of",
    "target_of",
]


def target_of(settings: Settings) -> Target:
    """Where these settings build."""
    # what was known on a past day is rebuilt beside the lake, and is gone when it is published
    return FileTarget(settings) if settings.lake is None or settings.as_at else LakeTarget(settings, settings.lake)


def share_of(settings: Settings) -> LakeTarget | None:
    """The lake in which others find the publication; None where there is none."""
    return LakeTarget(settings, settings.share) if settings.share else None


def pool_of(settings: Settings) -> str:
    """Dagster's pool of the runs that write this build database: one name per lake or file, whichever code location asks."""
    where = settings.lake.address if settings.lake else str(settings.build_path)
    return f"{'lake' if settings.lake else 'warehouse'}_{hashlib.sha256(where.encode()).hexdigest()[:12]}"


def has_build(settings: Settings) -> bool:
    """Whether there is a build database yet."""
    return target_of(settings).exists()


@contextmanager
def run_lock(settings: Settings, wait_seconds: float = 0) -> Iterator[None]:
    """Hold the warehouse for one run; the lock goes with the process, so a killed run leaves none behind. Raises WarehouseBusy."""
    with target_of(settings).lock(wait_seconds):
        try:
            yield
        finally:
            keep_private(settings.warehouse_dir)
            keep_private(settings.dagster_home)


def is_held(settings: Settings) -> bool:
    """Whether a run holds the warehouse at this moment."""
    return target_of(settings).is_held()


@contextmanager
def kept_open(settings: Settings) -> Iterator[None]:
    """Keep the build database open in this process, so that each connection of a run finds it so. Not where the file is made anew meanwhile."""
    _make_folders(settings)
    with target_of(settings).kept_open():
        yield


@contextmanager
def open_build(settings: Settings, read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to the build database, closed at the end; spills into warehouse/tmp within the memory limit."""
    _make_folders(settings)
    connection = target_of(settings).connect(read_only)
    try:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("set preserve_insertion_order = false")  # another connection of the run may have set it
        use_words(settings.known_words_path)
        masked_in_sql(connection)
        yield connection
    finally:
        connection.close()
        keep_private(settings.warehouse_dir, with_subfolders=False)  # a thousand files of dbt lie in them; the end of the run looks at those


def _make_folders(settings: Settings) -> None:
    private_folder(settings.data_dir / "warehouse")
    private_folder(settings.temp_dir)
