"""`make bench-lakes`: what a lake costs beside a build file, what three forces at once take beside one after the other, and what readers do to a run.

Marts of 14 months at a fiftieth of Wiltshire's volume, in processes of their own; needs `make lake` and PostgreSQL. Each figure is printed with its
ratio: processor time holds on any machine, and the clock of two cores says how much they wait for each other. The server's own time is not in it.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from pipelines.settings import PROJECT_DIR, Lake, Settings
from pipelines.synthetic.generate import write_extracts
from pipelines.warehouse import share_of, target_of
from tests.benchmarks.run import extracted_at, new_day
from tests.landing import HASH_KEY
from tests.postgres import Postgres, cluster
from tests.shares import share_in

FORCES = ("force_a", "force_b", "force_c")
READERS, PAUSE_SECONDS = 20, 2
QUESTION = """
select measure_id, period_end, value from share.measures.measure_values where area_id = 'wiltshire_force' order by period_end desc limit 50
"""
READER = f"""
import sys, time
from pipelines.settings import Lake
from tests.benchmarks.lakes import QUESTION
from tests.shares import reader
with reader(Lake(sys.argv[1], "", is_share=True), "board") as connection:
    print("ready", flush=True)
    while True:
        connection.execute(QUESTION).fetchall()
        time.sleep({PAUSE_SECONDS})
"""

Pairs = dict[str, tuple[list["Cost"], list["Cost"]]]  # what each is held against, and the runs that are


@dataclass(frozen=True)
class Cost:
    """What a run, or several at once, took."""

    seconds: float
    processor: float


def environment(settings: Settings, threads: int) -> dict[str, str]:
    found = {
        "SCORECARDS_DATA_DIR": str(settings.data_dir),
        "SCORECARDS_HASH_KEY": HASH_KEY.decode(),
        "SCORECARDS_SETTLE_SECONDS": "0",
        "SCORECARDS_THREADS": str(threads),
    }
    for name, lake in (("LAKE", settings.lake), ("SHARE", settings.share)):
        if lake:
            found |= {f"SCORECARDS_{name}_CATALOGUE": lake.catalogue, f"SCORECARDS_{name}_DATA": lake.data}
    return os.environ | found | ({"SCORECARDS_TARGET": "ducklake"} if settings.lake else {})


def nights(forces: Sequence[Settings], threads: int) -> Cost:
    """A night of each, all at once."""
    began = time.monotonic()
    command = [sys.executable, "-m", "pipelines.cli", "run", "--marts-only"]
    runs = [
        subprocess.Popen(command, cwd=PROJECT_DIR, env=environment(each, threads), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for each in forces
    ]
    processor = 0.0
    for run in runs:
        _, status, usage = os.wait4(run.pid, 0)
        if os.waitstatus_to_exitcode(status) != 0:
            sys.exit(f"a night ended with {os.waitstatus_to_exitcode(status)}")
        processor += usage.ru_utime + usage.ru_stime
    return Cost(time.monotonic() - began, processor)


@contextmanager
def readers(share: Lake) -> Iterator[None]:
    """Twenty that ask a share of a force every other second, as the role `board`."""
    command = [sys.executable, "-c", READER, share.catalogue]
    asking = [subprocess.Popen(command, cwd=PROJECT_DIR, stdout=subprocess.PIPE, text=True) for _ in range(READERS)]
    try:
        for process in asking:
            assert process.stdout is not None
            if process.stdout.readline().strip() != "ready":
                sys.exit("a reader could not attach the share")
        yield
        if any(process.poll() is not None for process in asking):
            sys.exit("a reader failed while the night worked")
    finally:
        for process in asking:
            process.kill()
            process.wait()


class Bench:
    """A force on a file, and three on lakes that publish to a share each; all have the same extracts."""

    def __init__(self, postgres: Postgres, folder: Path, threads: int) -> None:
        self.threads, self.day = threads, 0
        postgres.sql("create role board login")
        extracts = folder / "extracts"
        write_extracts(extracts, months=14, end=date(2023, 7, 31), scale=0.02)
        self.on_file = Settings(folder / "file", HASH_KEY)
        self.forces = {}
        for name in FORCES:
            lake = Lake(postgres.new_database(name), str(folder / name / "lake"))
            settings = replace(self.on_file, data_dir=folder / name / "data", lake=lake)
            self.forces[name] = replace(settings, share=share_in(postgres, folder / name / "share"))
            target_of(self.forces[name]).create()
            share = share_of(self.forces[name])
            assert share is not None
            share.create()
            share.grant("board")
        for settings in (self.on_file, *self.forces.values()):
            shutil.copytree(extracts, settings.landing_dir)
            command = [sys.executable, "-m", "pipelines.cli", "prepare"]  # what `make setup` does
            subprocess.run(command, cwd=PROJECT_DIR, env=environment(settings, threads), check=True, capture_output=True)

    def arrive(self, *settings: Settings) -> None:
        """A thousand calls of a new day."""
        for each in settings:
            (each.landing_dir / "force_calls" / f"day_{self.day}_x{extracted_at(self.day, hour=2)}.csv").write_text(new_day(self.day))
        self.day += 1

    def compared(self, repeats: int) -> Pairs:
        """A night on a file and on a lake; of three forces one by one and at once; without readers and with them."""
        pairs: Pairs = {}

        def add(name: str, base: Cost, other: Cost) -> None:
            bases, others = pairs.setdefault(name, ([], []))
            bases.append(base)
            others.append(other)

        first, *others = self.forces.values()
        on_file = [self.on_file]
        add("from empty, lake / file", nights(on_file, self.threads), nights([first], self.threads))
        nights(others, self.threads)
        for _ in range(repeats):
            self.arrive(self.on_file, first)
            add("one day, lake / file", nights(on_file, self.threads), nights([first], self.threads))
            add("nothing new, lake / file", nights(on_file, self.threads), nights([first], self.threads))
            self.arrive(*self.forces.values())
            alone = [nights([each], self.threads) for each in self.forces.values()]
            self.arrive(*self.forces.values())
            one_by_one = Cost(sum(cost.seconds for cost in alone), sum(cost.processor for cost in alone))
            add("three forces, at once / one by one", one_by_one, nights([first, *others], self.threads))
            self.arrive(first)
            quiet = nights([first], self.threads)
            self.arrive(first)
            assert first.share is not None
            with readers(first.share):
                add(f"one day, with {READERS} readers / without", quiet, nights([first], self.threads))
        return pairs


def report(pairs: Pairs) -> None:
    print(f"{'medians':<42}{'processor seconds':>20}{'ratio':>8}{'seconds':>20}{'ratio':>8}")
    for name, costs in pairs.items():
        cells = ""
        for of in ("processor", "seconds"):
            base, compared = (statistics.median(getattr(cost, of) for cost in each) for each in costs)
            cells += f"{f'{base:.1f}, {compared:.1f}':>20}{compared / base:>8.2f}"
        print(f"{name:<42}{cells}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    given = parser.parse_args()
    with TemporaryDirectory() as folder, TemporaryDirectory() as server, cluster(Path(server)) as postgres:
        report(Bench(postgres, Path(folder), given.threads).compared(given.repeats))


if __name__ == "__main__":
    main()
