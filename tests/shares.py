"""Publications of a test's own, and the share that others read them in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import duckdb

from pipelines.publish.marts import live_folder
from pipelines.settings import Lake, Settings
from pipelines.warehouse.lake import open_lake
from tests.postgres import Postgres


def put_in_place(settings: Settings, write: Callable[[duckdb.DuckDBPyConnection], None]) -> str:
    """Let marts of a test's own be the publication in place, as a run does; returns the name of its version."""
    folder = live_folder(settings)
    with folder.staging("test") as staging:
        (staging / "parquet").mkdir()
        with duckdb.connect(str(staging / "marts.duckdb")) as marts:
            write(marts)
        return folder.put_in_place(staging).name


def share_in(postgres: Postgres, folder: Path) -> Lake:
    """Where a test's own share lies: a new database, and a folder."""
    return Lake(postgres.new_database(f"share_{uuid4().hex[:12]}"), str(folder), is_share=True)


@contextmanager
def reader(share: Lake, role: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that has the share attached as another role does: by the address of its catalogue alone."""
    with duckdb.connect() as connection:
        open_lake(connection, as_role(share, role), "share", read_only=True)
        yield connection


def as_role(share: Lake, role: str) -> Lake:
    """The share as a role that is let read it names it."""
    owner = share.catalogue.partition("//")[2].partition("@")[0]
    return Lake(share.catalogue.replace(f"//{owner}@", f"//{role}@"), "", store=share.store)


def as_another_force(marts: duckdb.DuckDBPyConnection, published: Settings, force: str, factor: float, days_ago: int = 0) -> None:
    """Write the publication of another force than Wiltshire into marts of a test's own: the same areas and figures, with a part of the numerators.

    What the national view reads, and no more.
    """
    marts.execute(f"attach '{published.marts_path.resolve()}' as wiltshire (read_only)")
    marts.execute(
        f"""
        create schema core; create schema measures; create schema quality;
        create table core.dim_area as select * from wiltshire.core.dim_area where force_code = '{force}';
        alter table core.dim_area add primary key (area_id);
        create table measures.measure_values as
        with figures as (
            select *, if(numerator > 0, round(numerator * {factor}), numerator) as part
            from wiltshire.measures.measure_values
            where area_id = 'wiltshire_force'
        )
        select * exclude (part) replace (
            '{force}_force' as area_id, part as numerator, if(numerator > 0 and denominator > 0, value * (part / numerator), value) as value
        ) from figures;
        alter table measures.measure_values add primary key (measure_id, area_id, segment, period_type, period_end);
        create table quality.heartbeat as
        select * replace (published_at - to_days({days_ago}) as published_at) from wiltshire.quality.heartbeat;
        alter table quality.heartbeat add primary key (run_id);
        """
    )
    marts.execute("detach wiltshire")
