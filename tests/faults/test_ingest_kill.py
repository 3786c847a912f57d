"""A load killed with SIGKILL at any moment leaves all of a file or nothing, and the next run makes up for it."""

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
from pipelines.ingest import feed, text
from tests.landing import Landing

data_dir, point, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
text.BLOCK_BYTES = text.CHUNK_BYTES = 4_096
feed.INSERT_ROWS = 1
original = getattr(feed, point)
calls = 0

def killing(*arguments):
    global calls
    calls += 1
    if calls == count:
        os.kill(os.getpid(), signal.SIGKILL)
    result = original(*arguments)
    return result

setattr(feed, point, killing)
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


@pytest.mark.parametrize(
    ("point", "count"), [("insert_rows", 1), ("insert_rows", 3), ("write_ledger", 1), ("remember_stats", 1), ("write_ledger", 2)]
)
def test_a_killed_load_leaves_all_of_a_file_or_nothing(tmp_path, undisturbed, point, count):
    landing = _landing(tmp_path)
    killed = subprocess.run(
        [sys.executable, "-c", CHILD, str(tmp_path), point, str(count)],
        cwd=PROJECT_DIR,
        env=os.environ | {"PYTHONPATH": str(PROJECT_DIR)},
        capture_output=True,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    loaded = dict(landing.query("select file_path, rows_accepted from ingest.loads"))
    assert loaded == ({} if count < 2 or point == "insert_rows" else {"force_calls/a.csv": 200})
    assert landing.query("select count(*) from raw.force_calls") == [(sum(loaded.values()),)]
    assert landing.query("select count(*) from ingest.rejects") == [(len(loaded),)]
    assert landing.query("select count(*) from ingest.file_stats") == [(len(loaded),)]

    outcome = landing.run(run_id="run-2")
    assert outcome.files_loaded + len(loaded) == 2
    assert (raw_content(landing), landing.reasons()) == undisturbed
