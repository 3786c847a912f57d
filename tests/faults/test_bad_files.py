"""Every file of the corpus ends in a loaded part with reasoned rejects, or is refused with a clear message; others go on."""

import os
from pathlib import Path

import pytest

from pipelines.ingest.files import as_text
from pipelines.masking import masked
from tests.faults.bad_files import CORPUS, GOOD, Bad
from tests.landing import CLI, Landing

# The reader of workbooks gives up on these only after seconds, each of which a test of its own waits for.
LONG_READ = {"a cell in a column that no sheet has", "a sheet of 400 MB in a small workbook"}


def _put(landing: Landing, bad: Bad) -> str:
    name = f"{bad.feed}/{bad.file_name}"
    path = landing.settings.landing_dir / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if callable(bad.content):
        bad.content(path)
    else:
        landing.write(name, bad.content)
    return name


def test_the_corpus_is_large_and_its_names_are_distinct():
    assert len(CORPUS) >= 40
    assert len({bad.name for bad in CORPUS}) == len(CORPUS)


@pytest.mark.parametrize("bad", CORPUS, ids=lambda bad: bad.name)
def test_a_bad_file_is_refused_or_loaded_with_reasons_and_its_neighbour_goes_on(bad, tmp_path):
    landing = Landing.at(tmp_path)
    name = _put(landing, bad)
    landing.write("force_calls/zz_good.csv", GOOD.replace("C1", "G1").replace("C2", "G2"))

    outcomes = {f.file_path: f for f in landing.run(bad.feed).files}
    if bad.feed != "force_calls":
        outcomes |= {f.file_path: f for f in landing.run("force_calls").files}
    outcome = outcomes[as_text(Path(name))]

    neighbour = outcomes["force_calls/zz_good.csv"]
    assert (neighbour.status, neighbour.rows_accepted) == ("loaded", 2)
    if bad.refused is not None:
        assert outcome.status == "refused"
        assert bad.refused in outcome.message
        assert outcome.message.startswith(masked(outcome.file_path))
        assert CLI not in outcome.message
        assert landing.query(f"select count(*) from raw.{bad.feed} where _load_id = {outcome.load_id}") == [(0,)]
    else:
        assert (outcome.status, outcome.message) == ("loaded", None if bad.read else "holds no rows")
        reasons = set(landing.query(f"select file_row, column_name, rule from ingest.rejects where load_id = {outcome.load_id}"))
        assert reasons == bad.rejects
        assert (outcome.rows_read, outcome.rows_rejected) == (bad.read, bad.rejected_rows)
        assert landing.query(f"select count(*) from raw.{bad.feed} where _load_id = {outcome.load_id}") == [(bad.read - bad.rejected_rows,)]
    assert landing.query("select count(*) from ingest.loads where rows_read <> rows_accepted + rows_rejected") == [(0,)]
    assert not any(CLI in said for said in landing.said)
    assert CLI.encode() not in landing.database_bytes()


def test_the_files_inside_a_directory_named_like_a_file_are_read(tmp_path):
    landing = Landing.at(tmp_path)
    _put(landing, next(bad for bad in CORPUS if bad.name == "a directory named like a file"))
    outcomes = {f.file_path: f.status for f in landing.run().files}
    assert outcomes == {"force_calls/folder.csv": "refused", "force_calls/folder.csv/inside.csv": "loaded"}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every folder")
def test_a_folder_that_may_not_be_read_is_refused_and_its_neighbour_goes_on(tmp_path):
    landing = Landing.at(tmp_path)
    landing.write("force_calls/good.csv", GOOD)
    closed = landing.settings.landing_dir / "force_calls" / "closed"
    closed.mkdir(mode=0)
    try:
        outcomes = {f.file_path: f.status for f in landing.run().files}
    finally:
        closed.chmod(0o700)
    assert outcomes == {"force_calls/closed": "refused", "force_calls/good.csv": "loaded"}


def test_neither_the_depth_of_a_tree_nor_the_age_of_a_file_stops_its_neighbours(tmp_path):
    landing = Landing.at(tmp_path)
    landing.write("force_calls/old.csv", GOOD)
    os.utime(landing.settings.landing_dir / "force_calls" / "old.csv", ns=(-(1 << 62) * 2, -(1 << 62) * 2))
    deep = landing.settings.landing_dir / "force_calls"
    for _ in range(1_100):  # more than Python's stack
        deep = deep / "d"
        deep.mkdir()
    try:
        assert {f.file_path: f.status for f in landing.run().files} == {"force_calls/old.csv": "loaded"}
    finally:
        os.removedirs(deep)


def test_a_second_run_reports_standing_refusals_without_entering_them_again(tmp_path):
    landing = Landing.at(tmp_path)
    for bad in (b for b in CORPUS if b.refused and b.feed == "force_calls" and b.name not in LONG_READ):
        _put(landing, Bad(bad.name, bad.content, f"{bad.name}/{bad.file_name}")) if not callable(bad.content) else _put(landing, bad)
    first = landing.run()
    entries = landing.query("select count(*) from ingest.loads")
    second = landing.run(run_id="run-2")
    refused = {f.file_path: f.message for f in first.files if f.status == "refused"}
    assert {f.file_path: f.message for f in second.files if f.status == "refused"}.keys() == refused.keys()
    assert all(f.is_standing for f in second.files)
    assert second.files_new == 0
    assert landing.query("select count(*) from ingest.loads") == entries


def test_rows_without_their_last_columns_are_noted(tmp_path):
    landing = Landing.at(tmp_path)
    _put(landing, next(bad for bad in CORPUS if bad.name == "last columns left off"))
    landing.run()
    assert landing.query("select file_row, column_name, rule from ingest.notes") == [
        (2, "_row", "last_columns_missing"),
        (4, "_row", "last_columns_missing"),
    ]
