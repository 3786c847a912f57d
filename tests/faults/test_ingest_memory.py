"""A file many times larger than the memory that ingest takes: loaded whole, csv and csv.gz, in a child process whose memory is watched."""

import gzip
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.settings import PROJECT_DIR
from tests.landing import HEADER

# The rows carry a long column that the contract does not know, as extracts do. Even the smaller file is larger than DuckDB's memory limit.
ROWS = 400_000
TIMES_LARGER = 4
# What a process needs before its first row differs between machines: what is bounded is how it grows with the file.
GROWTH_SHARE = 0.25

# The peak is read from /proc where there is one: getrusage counts what the parent held when it forked.
CHILD = """
import re, resource, sys
from pathlib import Path
from tests.landing import Landing

(outcome,) = Landing.at(Path(sys.argv[1]), memory_limit="100MB", threads=2).run().files
status = Path("/proc/self/status")
peak_kb = int(re.search(r"VmHWM:\\s+(\\d+)", status.read_text()).group(1)) if status.exists() else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(outcome.rows_accepted, peak_kb // 1024)
"""


def _rows(first: int, last: int) -> bytes:
    row = "C{0:09},wiltshire,999,2023-07-01 10:00:00,2023-07-01 10:00:05,,2023-07-01 10:03:00,07{0:09},B{0:09},N," + "remark " * 30 + "\n"
    return "".join(row.format(n) for n in range(first, last)).encode()


def _load(folder: Path, ending: str, rows: int) -> tuple[float, int]:
    """Load a file of so many rows in a process of its own. Returns the unpacked size and the peak memory, both in MiB."""
    path = folder / "landing" / "force_calls" / f"big.{ending}"
    path.parent.mkdir(parents=True)
    step = 100_000
    with path.open("wb") if ending == "csv" else gzip.open(path, "wb", compresslevel=1) as file:
        file.write(HEADER.encode() + b",Remarks\n")
        size = sum(file.write(_rows(first, first + step)) for first in range(0, rows, step))
    child = subprocess.run(
        [sys.executable, "-c", CHILD, str(folder)],
        cwd=PROJECT_DIR,
        env=os.environ | {"PYTHONPATH": str(PROJECT_DIR), "POLARS_MAX_THREADS": "2"},
        capture_output=True,
        check=True,
    )
    accepted, peak_mb = map(int, child.stdout.split())
    path.unlink()
    assert accepted == rows
    return size / (1 << 20), peak_mb


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["csv", "csv.gz"])
def test_a_large_file_loads_in_bounded_memory(tmp_path, ending):
    small_mb, small_peak_mb = _load(tmp_path / "small", ending, ROWS)
    large_mb, large_peak_mb = _load(tmp_path / "large", ending, TIMES_LARGER * ROWS)
    assert small_mb > 100
    growth = (large_peak_mb - small_peak_mb) / (large_mb - small_mb)
    assert growth < GROWTH_SHARE, f"{small_peak_mb} MiB for a file of {small_mb:.0f}, {large_peak_mb} for one of {large_mb:.0f}"
