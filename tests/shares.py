"""Publications of a test's own, and the share that others read them in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import duckdb

from pipelines.publish.marts import live_folder
from pipelines.settings import Lake, Settings
from pipelines.warehouse.lake import open_lake


def put_in_place(settings: Settings, write: Callable[[duckdb.DuckDBPyConnection], None]) -> str:
    """Let marts of a test's own be the publication in place, as a run does; returns the name of its version."""
    folder = live_folder(settings)
    with folder.staging("test") as staging:
        (staging / "parquet").mkdir()
        with duckdb.connect(str(staging / "marts.duckdb")) as marts:
            write(marts)
        return folder.put_in_place(staging).name


@contextmanager
def reader(share: Lake, role: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that has the share attached as another role does: by the address of its catalogue alone."""
    with duckdb.connect() as connection:
        open_lake(connection, as_role(share, role), "share", read_only=True)
        yield connection


def as_role(share: Lake, role: str) -> Lake:
    """The share as a role that is let read it names it."""
    owner = share.catalogue.partition("//")[2].partition("@")[0]
    return Lake(share.catalogue.replace(f"//{owner}@", f"//{role}@"), "")
