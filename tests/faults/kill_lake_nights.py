"""`make lake-kills`: workers of three forces on lakes, killed at random moments (tests/faults/lake_nights.py)."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.faults.lake_nights import run
from tests.postgres import cluster


def main() -> None:
    parser = argparse.ArgumentParser(
        description="Kill workers of three forces at random moments, and compare with forces whose nights nobody killed."
    )
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    began = time.monotonic()
    with TemporaryDirectory() as folder, TemporaryDirectory() as server, cluster(Path(server)) as postgres:
        nights, ended, hits = run(postgres, Path(folder), given.kills, given.seed)
        differing = nights.differing()
    print(
        f"{given.kills} kills in {time.monotonic() - began:.0f} s, {hits} of them in the middle of a night; shares torn: {nights.torn or 'none'}; "
        f"nights that were not killed ended with {ended}; forces that differ from the reference: {differing or 'none'}"
    )
    raise SystemExit(bool(nights.torn or differing or any(any(statuses) for statuses in ended)))


if __name__ == "__main__":
    main()
