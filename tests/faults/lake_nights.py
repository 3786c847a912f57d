"""Nights of three forces on lakes of their own, whose workers are killed at random moments: no share is half of two nights, and a rerun ends right.

A night here is what is at stake in one: files are taken in, a table is filled anew from them, a publication is put in place and shared. Models,
checks and pages, which a lake has in common with a file, are left out, so that hundreds of kills take minutes (`make lake-kills`).
"""

from __future__ import annotations

import multiprocessing
import os
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from pipelines.ingest.feed import ingest_feed
from pipelines.publish.share import publish_share
from pipelines.resources import held_warehouse
from pipelines.settings import Lake, Settings
from pipelines.warehouse import share_of, target_of
from tests.landing import HASH_KEY, Landing, call, calls, contracts, raw_content
from tests.postgres import Postgres
from tests.shares import put_in_place, reader, share_in

FORCES = ("wiltshire", "dorset", "hampshire")
CALLS = 40  # of one night
FIRST = datetime(2023, 8, 1, 3)
ROWS = "select line, offered from {share}measures.measure_values order by all"


def night(settings: Settings, number: int) -> None:
    """The whole of a night, in this process."""
    with held_warehouse(settings, contracts(), wait_seconds=30) as warehouse:
        with warehouse.connect() as connection:
            ingest_feed(connection, "force_calls", contracts(), settings, f"night {number}", FIRST, lambda _: None)
        with warehouse.connect() as connection:
            connection.execute(
                "create schema if not exists measures; create table if not exists measures.measure_values (line varchar, offered bigint)"
            )
            connection.execute("begin transaction; delete from measures.measure_values")
            connection.execute("insert into measures.measure_values select line, count(distinct call_id) from raw.force_calls group by line; commit")
            rows = connection.execute("from measures.measure_values").fetchall()
            (total,) = connection.execute("select count(distinct call_id) from raw.force_calls").fetchone() or (0,)

        def write(marts: duckdb.DuckDBPyConnection) -> None:
            marts.execute(
                "create schema measures; create schema quality; create table measures.measure_values (line varchar primary key, offered bigint)"
            )
            marts.executemany("insert into measures.measure_values values (?, ?)", rows)
            marts.execute("create table quality.heartbeat (run_id varchar primary key, published_at timestamp, total bigint)")
            marts.execute("insert into quality.heartbeat values (?, ?, ?)", [f"night {number}", FIRST + timedelta(days=number), total])

        put_in_place(settings, write)
        if share := share_of(settings):
            publish_share(settings, share)


@dataclass
class Nights:
    """Three forces on lakes, and the same files on build files, whose nights nobody kills."""

    postgres: Postgres
    folder: Path
    lakes: dict[str, Settings] = field(default_factory=dict)
    references: dict[str, Settings] = field(default_factory=dict)
    nights: dict[str, int] = field(default_factory=lambda: dict.fromkeys(FORCES, 0))
    torn: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        # a process of its own per worker, forked from one that has the modules and no connection
        self.processes = multiprocessing.get_context("forkserver")
        self.processes.set_forkserver_preload(["tests.faults.lake_nights"])
        self.postgres.sql("create role board login")
        for force in FORCES:
            lake = Lake(self.postgres.new_database(force), str(self.folder / force / "lake"))
            settings = Settings(self.folder / force / "data", HASH_KEY, lake=lake, settle_seconds=0, threads=1)
            self.lakes[force] = replace(settings, share=share_in(self.postgres, self.folder / force / "share"))
            target_of(self.lakes[force]).create()
            share = share_of(self.lakes[force])
            assert share is not None and share.create()
            share.grant("board")
            self.references[force] = replace(settings, data_dir=self.folder / force / "reference", lake=None)

    def arrive(self, force: str) -> None:
        """The file of the next night, of calls and of corrections to calls of the night before."""
        self.nights[force] += 1
        number = self.nights[force]
        first, moment = max(1, (number - 1) * CALLS - 5), (FIRST + timedelta(days=number)).timestamp()
        rows = [call(n, line="999" if n % 3 else "101", force_code=force) for n in range(first, number * CALLS + 1)]
        for settings in (self.lakes[force], self.references[force]):
            path = settings.landing_dir / "force_calls" / f"{number}.csv"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(calls(*rows), encoding="utf-8")
            os.utime(path, (moment, moment))

    def start(self, force: str) -> Any:
        worker = self.processes.Process(target=night, args=(self.lakes[force], self.nights[force]))
        worker.start()
        return worker

    def together(self, forces: Sequence[str] = FORCES) -> list[int]:
        """A night of several forces at once; how each ended."""
        workers = [self.start(force) for force in forces]
        for worker in workers:
            worker.join()
        return [worker.exitcode for worker in workers]

    def kill(self, force: str, seconds: float) -> bool:
        """A night that is killed after so many seconds. Whether it was still at work."""
        worker = self.start(force)
        worker.join(seconds)
        is_at_work = worker.exitcode is None
        worker.kill()
        worker.join()
        self.look(force)
        return is_at_work

    def look(self, force: str) -> None:
        """What a reader of the share finds is one night, whole."""
        with reader(self.lakes[force].share, "board") as connection:
            connection.execute("begin")
            found = dict(connection.execute(ROWS.format(share="share.")).fetchall())
            (name, total) = connection.execute("select run_id, total from share.quality.heartbeat").fetchone() or ("", None)
        number = int(name.removeprefix("night "))
        if (sum(found.values()), total) != (number * CALLS, number * CALLS):
            self.torn.append(f"{force}, {name}: {found}, {total}")

    def differing(self) -> list[str]:
        """The forces whose lake or share differs from what nights on a file that nobody killed have made of the same files."""
        found = []
        for force in FORCES:
            night(self.references[force], self.nights[force])
            raw = [raw_content(Landing(each)) for each in (self.lakes[force], self.references[force])]
            with (
                reader(self.lakes[force].share, "board") as connection,
                duckdb.connect(str(self.references[force].marts_path), read_only=True) as marts,
            ):
                shared = [connection.execute(ROWS.format(share="share.")).fetchall(), marts.execute(ROWS.format(share="")).fetchall()]
            if raw[0] != raw[1] or shared[0] != shared[1]:
                found.append(force)
        return found


def run(postgres: Postgres, folder: Path, kills: int, seed: int) -> tuple[Nights, list[list[int]], int]:
    """A night of all at once, kills of one each, a night of all at once. Returns the forces, how those nights ended, and how many kills hit."""
    chance, nights = random.Random(seed), Nights(postgres, folder)
    for force in FORCES:
        nights.arrive(force)
    ended = [nights.together()]
    began = time.monotonic()
    nights.arrive("dorset")
    ended.append(nights.together(["dorset"]))
    usual = time.monotonic() - began
    hits = 0
    for index in range(kills):
        force = FORCES[index % len(FORCES)]
        if chance.random() < 0.5:  # else the night that was killed is killed again
            nights.arrive(force)
        hits += nights.kill(force, chance.uniform(0.05, 1.05) * usual)
    ended.append(nights.together())
    for force in FORCES:
        nights.look(force)
    return nights, ended, hits
