"""`python -m tests.fuzz.run [MUTANTS] [SEED] [FIRST]`: mutants through the door, in a process that may die of them.

No mutant may end the process, take ten seconds of processor time, need a gigabyte of memory, be refused for an unforeseen reason, or lose
a row: rows read are those in raw and those with reasons, and as many as an independent count of records gives.
"""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipelines.settings import PROJECT_DIR
from tests.fuzz.mutants import mutant

SEED = 20230731
MUTANTS_PER_PROCESS = 500
MOST_SECONDS, MOST_MEGABYTES = 10, 1_024
PATIENCE = 600  # seconds without a word, after which a worker is taken to hang, on however busy a machine


@dataclass(frozen=True)
class Finding:
    seed: int
    number: int
    what: str

    def __str__(self) -> str:
        one = mutant(self.seed, self.number)
        return f"mutant {self.number} of seed {self.seed} ({one.feed}/{one.file_name}: {', '.join(one.how)}): {self.what}"


def findings(mutants: int, seed: int = SEED, first: int = 0) -> Iterator[Finding]:
    """What is wrong with mutants `first` to `first + mutants`."""
    number, last = first, first + mutants
    while number < last:
        until = min(number + MUTANTS_PER_PROCESS, last)
        with tempfile.TemporaryDirectory() as folder:
            for line in _worker(Path(folder), seed, number, until):
                if line is None:
                    yield Finding(seed, number, "the process died, or hung")
                    number += 1
                    break
                number = line["number"] + 1
                yield from (Finding(seed, line["number"], what) for what in line["wrong"])
                if line["seconds"] > MOST_SECONDS:
                    yield Finding(seed, line["number"], f"{line['seconds']:.0f} seconds of processor time")
                if line["megabytes"] > MOST_MEGABYTES:
                    yield Finding(seed, line["number"], f"{line['megabytes']:.0f} MB of memory")
                    break  # the peak of a process stays: the next one begins anew


def _worker(folder: Path, seed: int, first: int, last: int) -> Iterator[dict | None]:
    """The lines of a worker; None where it ended before its last mutant."""
    command = [sys.executable, "-m", "tests.fuzz.worker", str(folder), str(seed), str(first), str(last)]
    environment = os.environ | {"PYTHONPATH": str(PROJECT_DIR), "POLARS_MAX_THREADS": "2"}
    with subprocess.Popen(command, cwd=PROJECT_DIR, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        selector = selectors.DefaultSelector()
        selector.register(process.stdout, selectors.EVENT_READ)
        number = first
        try:
            while number < last:
                line = process.stdout.readline() if selector.select(PATIENCE) else ""
                if not line:
                    yield None
                    return
                number = json.loads(line)["number"] + 1
                yield json.loads(line)
        finally:
            process.kill()


def main(mutants: int = 10_000, seed: int = SEED, first: int = 0) -> int:
    found = 0
    for finding in findings(mutants, seed, first):
        found += 1
        print(finding, flush=True)
    print(f"{mutants:,} mutants of seed {seed}: {found:,} findings")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
