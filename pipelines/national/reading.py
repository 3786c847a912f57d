"""What is taken from a force's share: its headline figures, as a file of the feed of comparators; only what differs from the last time.

Per force there are, in warehouse/shares/: <force>.parquet, the figures as they were last taken, and <force>.json, how that went. A process that dies
on the way writes the same rows again the next time, which changes nothing. Nothing here opens the build database: forces are read side by side.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

from pipelines.atomic_file import atomic_write
from pipelines.national.declared import headline_measures
from pipelines.private import private_folder
from pipelines.publish.share import SHARE, publications_of
from pipelines.settings import Lake, Settings
from pipelines.warehouse import WarehouseUnavailable, dialect_of, quoted
from pipelines.warehouse.file import engine_config
from pipelines.warehouse.lake import open_lake

FEED = "force_comparators"
PEERS = "peers"  # what is read of the national view, in place of a force
KEY = "measure_id, comparator, segment, period_type, period_end"
# One statement, so that all of it is of one publication.
FIGURES = f"""
create temp table fresh as
select measure_values.measure_id, areas.force_code as comparator, measure_values.segment, measure_values.period_type, measure_values.period_end,
    measure_values.numerator, measure_values.denominator, measure_values.value, measure_values.margin
from {SHARE}.measures.measure_values as measure_values at (version => $snapshot)
inner join {SHARE}.core.dim_area as areas at (version => $snapshot) on measure_values.area_id = areas.area_id
where ($name = '{PEERS}' or areas.force_code = $name) and areas.level = 'force' and measure_values.segment = 'all' and measure_values.is_complete
    and measure_values.value is not null and list_contains($measures, measure_values.measure_id)
"""
NATION = f"""
insert into fresh
select measure_id, comparator_id, segment, period_type, period_end, numerator, denominator, value, margin
from {SHARE}.measures.comparator_values at (version => $snapshot)
where comparator_id = 'national' and value is not null
"""
WITHDRAWN = "*"
CHANGED = f"""
select {KEY}, numerator, denominator, cast(value as varchar) as value, margin from (from fresh except from standing)
union all
select {KEY}, null, null, '{WITHDRAWN}', null from standing anti join fresh using ({KEY})
"""


@dataclass(frozen=True)
class Reading:
    """How the last attempt to read a force's share went, and which publication its figures are of."""

    force_code: str
    read_at: datetime  # UTC
    version: str | None = None
    published_at: datetime | None = None  # by the force, UTC
    data_to: date | None = None
    message: str | None = None  # why the share could not be read
    rows: int = 0  # that were new or other than before


def read_share(settings: Settings, force: str, share: Lake, now: datetime | None = None) -> Reading:
    """Take over what a force has published since the last time; of PEERS, what the national view has, of every force and the nation.

    A share that cannot be read leaves the figures as they were, and says why.
    """
    folder = private_folder(settings.data_dir / "warehouse" / "shares")
    read_at = (now or datetime.now(UTC)).astimezone(UTC).replace(tzinfo=None, microsecond=0)
    before = last_reading(settings, force) or Reading(force, read_at)
    try:
        with closing(duckdb.connect(config=engine_config(settings))) as connection:
            open_lake(connection, share, SHARE, read_only=True)
            reading = _take(connection, settings, before, folder, read_at)
    except (WarehouseUnavailable, duckdb.Error) as error:
        text = share.without_password(" ".join(str(error).replace(share.catalogue, share.address).split()))
        reading = replace(before, read_at=read_at, message=f"the share could not be read ({text})", rows=0)
    with atomic_write(folder / f"{force}.json") as part:
        part.write_text(json.dumps(asdict(reading), default=str), encoding="utf-8")
    return reading


def _take(connection: duckdb.DuckDBPyConnection, settings: Settings, before: Reading, folder: Path, read_at: datetime) -> Reading:
    published = publications_of(connection)
    if not published:
        return replace(before, read_at=read_at, message="nothing has been published to the share yet", rows=0)
    newest = published[-1]
    if newest.version == before.version:
        return replace(before, read_at=read_at, message=None, rows=0)
    force = before.force_code
    connection.execute(FIGURES.replace("$snapshot", str(newest.snapshot)), {"name": force, "measures": headline_measures()})
    if force == PEERS:
        connection.execute(NATION.replace("$snapshot", str(newest.snapshot)))
    standing = folder / f"{force}.parquet"
    source = f"read_parquet('{quoted(standing)}')" if standing.exists() else "fresh limit 0"
    connection.execute(f"create temp table standing as from {source}")
    (data_to,) = connection.execute(f"select data_to from {SHARE}.quality.heartbeat at (version => {newest.snapshot})").fetchone() or (None,)
    (rows,) = connection.execute(f"select count(*) from ({CHANGED})").fetchone() or (0,)
    if rows:
        landing = settings.landing_dir / FEED
        landing.mkdir(parents=True, exist_ok=True)
        path = landing / f"{force}_{newest.version}_x{newest.published_at:%Y%m%dT%H%M}.csv"
        with atomic_write(path) as part:
            _write_figures(connection, part, force, newest.published_at)
            # the file is whole: no need to wait until nobody writes it any more
            moment = newest.published_at.replace(tzinfo=UTC).timestamp()
            os.utime(part, (moment, moment))
    with atomic_write(standing) as part:
        connection.execute(f"copy (from fresh) to '{quoted(part)}' (format parquet)")
    return Reading(force, read_at, newest.version, newest.published_at, data_to, None, int(rows))


def _write_figures(connection: duckdb.DuckDBPyConnection, path: Path, force: str, published_at: datetime) -> None:
    connection.execute(
        f"""
        copy (
            select *, '{force}' as supplied_by, '{published_at:%Y-%m-%dT%H:%M:%S}Z' as returned_at from ({CHANGED}) order by {KEY}
        ) to '{quoted(path)}' (format csv, header)
        """
    )


def last_reading(settings: Settings, force: str) -> Reading | None:
    """How the last attempt went; None where there was none."""
    path = settings.data_dir / "warehouse" / "shares" / f"{force}.json"
    if not path.exists():
        return None
    known = json.loads(path.read_text(encoding="utf-8"))
    times = {name: datetime.fromisoformat(known[name]) if known[name] else None for name in ("read_at", "published_at")}
    return Reading(**known | times | {"data_to": date.fromisoformat(known["data_to"]) if known["data_to"] else None})


def note_readings(connection: duckdb.DuckDBPyConnection, settings: Settings, forces: Iterable[str]) -> list[Reading]:
    """Write into the build database how the share of each of these forces was read last; forces that are no longer declared go."""
    readings = [reading for force in forces if (reading := last_reading(settings, force))]
    columns = ("force_code", "version", "published_at", "data_to", "read_at", "message")
    connection.execute("create or replace temp table readings as select * from ingest.shares limit 0")
    for reading in readings:
        connection.execute(f"insert into temp.readings ({', '.join(columns)}) values (?, ?, ?, ?, ?, ?)", [getattr(reading, c) for c in columns])
    connection.execute("begin transaction")
    connection.execute("delete from ingest.shares where force_code not in (select force_code from temp.readings)")
    connection.execute(dialect_of(connection).upsert("ingest.shares", ("force_code",), columns, "temp.readings"))
    connection.execute("commit")
    return readings
