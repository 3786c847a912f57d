"""A load killed with SIGKILL at any moment leaves all of a batch of files or nothing of it, and the next run makes up for it."""

import os
import signal
import subprocess
import sys

import pytest

from pipelines.settings import PROJECT_DIR
from tests.landing import Landing, call, calls, raw_content

CHILD = """
import os, signal, sys
from pathlib import Path
from pipelines.ingest import feed, load, csv_records
from tests.landing import Landing

data_dir, point = sys.argv[1:3]
count, load.INSERT_ROWS, load.COMMIT_ROWS = map(int, sys.argv[3:])
feed.INSERT_ROWS = load.INSERT_ROWS
csv_records.BLOCK_BYTES = csv_records.CHUNK_BYTES = 4_096
original = getattr(load, point)
calls = 0

def killing(*arguments):
    global calls
    calls += 1
    if calls == count:
        os.kill(os.getpid(), signal.SIGKILL)
    result = original(*arguments)
    return result

setattr(load, point, killing)
Landing.at(Path(data_dir)).run()
"""

FILES = {
    "force_calls/a.csv": calls(*(call(n) for n in range(200)), call(200, line="moon")),
    "force_calls/b.csv": calls(*(call(n) for n in range(1_000, 1_200))),
}


def _landing(data_dir) -> Landing:
    landing = Landing.at(data_dir)
    for name, content in FILES.items():
        landing.write(name, content)
    return landing


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    landing = _landing(tmp_path_factory.mktemp("undisturbed"))
    landing.run()
    return raw_content(landing), landing.reasons()


LONG, SHORT = (1, 1_000_000), (1_000_000, 1_000_000)  # rows of an INSERT and of a commit: every file is a batch; all files are one
SOON = (1_000_000, 1)  # a commit after every file, which is read whole


@pytest.mark.parametrize(
    ("point", "count", "rows", "committed"),
    [
        *(("insert_rows", n, LONG, 0) for n in (1, 3)),
        ("write_ledger", 1, LONG, 0),
        ("write_stats", 1, LONG, 0),
        ("write_ledger", 2, LONG, 1),
        *((point, 1, SHORT, 0) for point in ("insert_rows", "write_ledger", "write_stats")),
        *((point, 2, SOON, 1) for point in ("insert_rows", "write_ledger", "write_stats")),
    ],
)
def test_a_killed_load_leaves_all_of_a_batch_or_nothing(tmp_path, undisturbed, point, count, rows, committed):
    landing = _landing(tmp_path)
    killed = subprocess.run(
        [sys.executable, "-c", CHILD, str(tmp_path), point, *map(str, (count, *rows))],
        cwd=PROJECT_DIR,
        env=os.environ | {"PYTHONPATH": str(PROJECT_DIR)},
        capture_output=True,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    loaded = dict(landing.query("select file_path, rows_accepted from ingest.loads"))
    assert loaded == ({"force_calls/a.csv": 200} if committed else {})
    assert landing.query("select count(*) from raw.force_calls") == [(sum(loaded.values()),)]
    assert landing.query("select count(*) from ingest.rejects") == [(len(loaded),)]
    assert landing.query("select count(*) from ingest.file_stats") == [(len(loaded),)]

    outcome = landing.run(run_id="run-2")
    assert outcome.files_loaded + len(loaded) == 2
    assert (raw_content(landing), landing.reasons()) == undisturbed
