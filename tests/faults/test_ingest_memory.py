"""A file many times larger than the memory that ingest takes: loaded whole, csv and csv.gz, in a child process whose memory is watched."""

import gzip
import os
import subprocess
import sys

import pytest

from pipelines.settings import PROJECT_DIR
from tests.landing import HEADER

ROWS = 2_400_000
FILE_MB = 700  # at least; the rows carry a long column that the contract does not know, as extracts do
PEAK_MB = 480  # of which Python with polars and DuckDB takes 120 before any row, and DuckDB's memory limit is 100

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


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["csv", "csv.gz"])
def test_a_large_file_loads_in_bounded_memory(tmp_path, ending):
    path = tmp_path / "landing" / "force_calls" / f"big.{ending}"
    path.parent.mkdir(parents=True)
    step = 100_000
    with path.open("wb") if ending == "csv" else gzip.open(path, "wb", compresslevel=1) as file:
        file.write(HEADER.encode() + b",Remarks\n")
        size = sum(file.write(_rows(first, first + step)) for first in range(0, ROWS, step))
    assert size > FILE_MB << 20
    child = subprocess.run(
        [sys.executable, "-c", CHILD, str(tmp_path)],
        cwd=PROJECT_DIR,
        env=os.environ | {"PYTHONPATH": str(PROJECT_DIR), "POLARS_MAX_THREADS": "2"},
        capture_output=True,
        check=True,
    )
    accepted, peak_mb = map(int, child.stdout.split())
    path.unlink()
    assert accepted == ROWS
    assert peak_mb < PEAK_MB
