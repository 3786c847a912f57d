"""A load killed with SIGKILL at any moment leaves all of a batch of files or nothing of it, and the next run makes up for it."""

import itertools

import pytest

from pipelines.ingest import csv_records, feed, load
from tests.killed import is_killed, kill_itself
from tests.landing import Landing, call, calls, raw_content


def load_and_die(data_dir, point, count, insert_rows, commit_rows):
    """Take in the landing folder, and die when a function of the load is called so often."""
    feed.INSERT_ROWS = load.INSERT_ROWS = insert_rows
    load.COMMIT_ROWS = commit_rows
    csv_records.BLOCK_BYTES = csv_records.CHUNK_BYTES = 4_096
    function, calls_of_it = getattr(load, point), itertools.count(1)
    setattr(load, point, lambda *given: kill_itself() if next(calls_of_it) == count else function(*given))
    Landing.at(data_dir).run()


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
    assert is_killed(load_and_die, tmp_path, point, count, *rows)
    loaded = dict(landing.query("select file_path, rows_accepted from ingest.loads"))
    assert loaded == ({"force_calls/a.csv": 200} if committed else {})
    assert landing.query("select count(*) from raw.force_calls") == [(sum(loaded.values()),)]
    assert landing.query("select count(*) from ingest.rejects") == [(len(loaded),)]
    assert landing.query("select count(*) from ingest.file_stats") == [(len(loaded),)]

    outcome = landing.run(run_id="run-2")
    assert outcome.files_loaded + len(loaded) == 2
    assert (raw_content(landing), landing.reasons()) == undisturbed
