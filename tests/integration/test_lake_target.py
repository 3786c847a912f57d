"""The build database as a lake on a PostgreSQL server: what it takes in, who may use it, how it comes and goes, and what doctor says of it."""

import subprocess
import sys
from contextlib import ExitStack, nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from pipelines import hash_key
from pipelines.commands import lake as commands
from pipelines.commands.doctor import findings
from pipelines.ingest.load import BatchLost
from pipelines.operations.state import problems, read_state
from pipelines.publish.backup import back_up, restore
from pipelines.quality.model import CheckResult
from pipelines.quality.results import store_results
from pipelines.resources import held_warehouse
from pipelines.settings import PROJECT_DIR, Lake, SettingsError, load_settings
from pipelines.warehouse import WarehouseBusy, WarehouseUnavailable, has_build, is_held, open_build, run_lock, target_of
from pipelines.warehouse import lake as lakes
from tests.landing import CLI, NOW, Landing, call, calls, raw_content
from tests.postgres import cluster

pytest.importorskip("duckdb_extension_ducklake", reason="the packages of a lake are not installed: `make lake`")
LEDGER = "select * exclude (run_id, loaded_at) from ingest.loads order by all"


@pytest.fixture(scope="module")
def postgres(tmp_path_factory):
    with cluster(tmp_path_factory.mktemp("postgres")) as running:
        yield running


@pytest.fixture
def lake(postgres, tmp_path, request) -> Lake:
    """An empty database with a role of its own, and no folder yet."""
    name = f"l{abs(hash(request.node.nodeid)) % 10**9}"
    return Lake(postgres.new_database(name), str(tmp_path / "lake"))


@pytest.fixture
def landing(lake, tmp_path) -> Landing:
    landing = Landing.at(tmp_path / "data", lake=lake)
    assert target_of(landing.settings).create()
    assert not target_of(landing.settings).create(), "one that is there stays"
    return landing


@pytest.fixture
def on_a_file(tmp_path) -> Landing:
    return Landing.at(tmp_path / "on_a_file")


def _take(landing: Landing, run_id: str = "run-1") -> None:
    """Three files, one of them refused, and one row rejected."""
    landing.write("force_calls/a.csv", calls(call(1), call(2, line="none")))
    landing.write("force_calls/b.csv", calls(call(3), call(4)))
    landing.write("force_calls/c.csv", "not,a,header\n1,2,3\n")
    with held_warehouse(landing.settings, landing.contracts):
        pass
    landing.run(run_id=run_id)


def test_a_lock_is_free_before_its_session_has_ended(landing, monkeypatch):
    target, open_sessions = target_of(landing.settings), ExitStack()
    session_of = type(target).catalogue_session
    monkeypatch.setattr(type(target), "catalogue_session", lambda self: nullcontext(open_sessions.enter_context(session_of(self))))
    with open_sessions:
        for _ in range(2):
            with target.hold():
                pass


def test_a_lake_takes_in_what_a_file_takes_in(landing, on_a_file):
    assert not has_build(landing.settings)
    for each in (landing, on_a_file):
        _take(each)
        each.write("force_calls/d.csv", calls(call(5)))
        later = each.run(run_id="run-2")
        assert later.files_known == 2
    assert has_build(landing.settings)
    assert raw_content(landing) == raw_content(on_a_file)
    for sql in (LEDGER, "from ingest.rejects order by all", "select * exclude (modified_ns) from ingest.file_stats order by all"):
        assert landing.query(sql) == on_a_file.query(sql)
    assert [n for (n,) in landing.query("select load_id from ingest.loads order by 1")] == [1, 2, 3, 4]


def test_a_file_that_dies_on_the_way_leaves_nothing(landing, monkeypatch):
    _take(landing)
    before = landing.query(LEDGER), raw_content(landing)
    monkeypatch.setattr("pipelines.ingest.load.write_ledger", lambda *_: 1 / 0)
    landing.write("force_calls/d.csv", calls(call(5)))
    with pytest.raises(BatchLost):
        landing.run(run_id="run-2")
    assert (landing.query(LEDGER), raw_content(landing)) == before
    monkeypatch.undo()
    landing.run(run_id="run-3")
    assert landing.query("select max(load_id), count(distinct load_id) = count(*) from ingest.loads") == [(4, True)]


def test_a_check_that_ran_twice_keeps_its_last_result(landing):
    _take(landing)
    result = CheckResult(
        run_id="r", checked_at=NOW, check_name="c", engine="dbt_test", layer="raw", table_name="raw.x", severity="warn", status="passed"
    )
    with open_build(landing.settings) as connection:
        store_results(connection, [result])
        store_results(connection, [replace(result, status="warned", months=[datetime(2023, 7, 1).date()]), replace(result, check_name="d")])
        assert connection.execute("select check_name, status, len(months) from quality.check_results order by 1").fetchall() == [
            ("c", "warned", 1),
            ("d", "passed", None),
        ]


def test_nothing_personal_and_nothing_readable_lies_in_the_folder(landing, lake):
    _take(landing)
    files = list(Path(lake.data).rglob("*.parquet"))
    assert files
    for path in files:
        assert CLI.encode() not in path.read_bytes()
        with pytest.raises(duckdb.Error):
            duckdb.read_parquet(str(path)).fetchall()  # encrypted: its key stands in the catalogue


def test_a_lake_has_one_writer_whatever_its_data_directory(landing, tmp_path):
    elsewhere = replace(landing.settings, data_dir=tmp_path / "another_host")
    assert not is_held(elsewhere)
    with run_lock(landing.settings):
        assert is_held(elsewhere)
        with pytest.raises(WarehouseBusy, match="another run holds the warehouse"), run_lock(elsewhere):
            pass
    with run_lock(elsewhere):
        pass


def test_a_killed_run_leaves_no_lock(landing, postgres):
    code = (
        "import sys, time; from pathlib import Path; from pipelines.settings import Lake, Settings; from pipelines.warehouse import run_lock\n"
        "with run_lock(Settings(Path(sys.argv[1]), b'k', lake=Lake(sys.argv[2], sys.argv[3]))): print('held', flush=True); time.sleep(600)"
    )
    lake = landing.settings.lake
    command = [sys.executable, "-c", code, str(landing.settings.data_dir), lake.catalogue, lake.data]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=PROJECT_DIR) as process:
        assert process.stdout.readline() == b"held\n"
        assert is_held(landing.settings)
        process.kill()
    with run_lock(landing.settings, wait_seconds=30):
        pass


def test_another_force_is_refused(landing, postgres):
    _take(landing)
    lake = landing.settings.lake
    other = Lake(lake.catalogue.replace(f"//{lake.catalogue.rpartition('/')[2]}@", "//other@"), lake.data)
    postgres.sql("create role other login")
    with pytest.raises(WarehouseUnavailable, match="permission denied"):
        target_of(replace(landing.settings, lake=other)).connect(read_only=True)


def test_a_read_only_role_reads_and_may_not_write(landing, postgres):
    _take(landing)
    lake = landing.settings.lake
    name = lake.catalogue.rpartition("/")[2]
    postgres.sql("create role analyst login")
    postgres.sql(f"grant connect on database {name} to analyst")
    postgres.sql("grant select on all tables in schema public to analyst", name)
    reading = replace(landing.settings, lake=Lake(lake.catalogue.replace(f"//{name}@", "//analyst@"), lake.data))
    with open_build(reading, read_only=True) as connection:
        assert connection.execute("select count(*) from raw.force_calls").fetchone() == (3,)
    lines = dict((line, well) for well, line in findings(reading))
    assert [line for line, well in lines.items() if not well and "may not write the lake's catalogue" in line]


def test_what_is_brought_over_and_back_is_the_same(landing, on_a_file, tmp_path, capsys):
    """From a file into a lake, from there into another file: rows, ledger, numbering and keys."""
    _take(on_a_file)
    from_file = replace(landing, settings=replace(on_a_file.settings, lake=landing.settings.lake))
    assert commands.bring_in(from_file.settings) == 0
    assert raw_content(from_file) == raw_content(on_a_file)
    with pytest.raises(WarehouseUnavailable, match="a build database already"):
        commands.bring_in(from_file.settings)
    back = replace(landing, settings=replace(landing.settings, data_dir=tmp_path / "back"))
    assert commands.bring_out(back.settings) == 0
    back = replace(back, settings=replace(back.settings, lake=None))
    for table in ("raw.force_calls", "ingest.loads", "ingest.rejects", "ingest.file_stats", "ingest.hash_keys", "ingest.maskings"):
        assert back.query(f"from {table} order by all") == on_a_file.query(f"from {table} order by all"), table
    assert back.query("select nextval('ingest.load_id_seq')") == on_a_file.query("select nextval('ingest.load_id_seq')")
    definitions = "select sql from duckdb_tables() where schema_name in ('ingest', 'raw') and table_name <> 'builds' order by 1"
    assert back.query(definitions) == on_a_file.query(definitions)


def test_a_backup_of_a_lake_is_restored_to_a_lake(landing, lake, postgres, tmp_path):
    _take(landing)
    backup = back_up(landing.settings, tmp_path / "backups")
    another = replace(landing.settings, data_dir=tmp_path / "other", lake=Lake(postgres.new_database("restored"), str(tmp_path / "restored")))
    target_of(another).create()
    restore(another, backup)
    restored = replace(landing, settings=another)
    assert raw_content(restored) == raw_content(landing)
    assert restored.query(LEDGER) == landing.query(LEDGER)
    with open_build(another) as connection:
        assert hash_key.recorded(connection) == hash_key.fingerprint(another.hash_key)


def test_maintenance_changes_no_row_and_leaves_few_files(landing, lake, monkeypatch, capsys):
    _take(landing)
    for number in range(10, 20):
        landing.write(f"force_calls/{number}.csv", calls(call(number)))
        landing.run(run_id=f"run-{number}")
    before, files = (raw_content(landing), landing.query(LEDGER)), len(list(Path(lake.data).rglob("*.parquet")))
    monkeypatch.setattr(lakes, "GRACE_DAYS", 0)
    assert commands.maintain(landing.settings, keep_days=0, keep_published_days=0) == 0
    assert (raw_content(landing), landing.query(LEDGER)) == before
    assert len(list(Path(lake.data).rglob("*.parquet"))) < files / 3


def _wrong(settings) -> list[str]:
    return [line for well, line in findings(settings) if not well and not line.startswith("landing folder")]


def test_doctor_finds_a_lake_fit(landing):
    _take(landing)
    assert _wrong(landing.settings) == []


def test_doctor_says_what_is_wrong_with_a_lake(landing, lake, postgres, tmp_path, monkeypatch):
    _take(landing)
    settings, name = landing.settings, lake.catalogue.rpartition("/")[2]

    def wrong_of(catalogue: str = lake.catalogue, data: str = lake.data) -> str:
        line, *others = _wrong(replace(settings, lake=Lake(catalogue, data)))
        assert all(other.startswith("build database does not open") for other in others)
        return line

    assert "is a superuser, and can read the lake of every force" in wrong_of(postgres.url(name))
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    assert f"the catalogue's lake has its data in {lake.data}" in wrong_of(data=str(tmp_path / "elsewhere"))
    empty = postgres.new_database("without_a_lake")
    assert "yet: run `scorecards lake init`" in wrong_of(empty)
    unreachable = wrong_of("postgresql://force:very-secret@127.0.0.1:1/force")
    assert "Connection refused" in unreachable and "very-secret" not in unreachable
    assert "does not exist" in wrong_of(postgres.url("nowhere"))
    Path(lake.data).chmod(0o755)
    assert "run `chmod go=" in wrong_of()
    Path(lake.data).chmod(0o700)
    monkeypatch.setattr(lakes, "EXTENSIONS", ("postgres_scanner", "nosuch"))
    assert wrong_of() == "the package duckdb-extension-nosuch is not installed: run `make lake`, or `pip install .[lake]`"
    monkeypatch.undo()
    monkeypatch.setattr(duckdb, "__version__", "9.9.9")
    assert "is of DuckDB v" in _wrong(settings)[0]
    monkeypatch.undo()
    Path(lake.data).rename(tmp_path / "moved")
    assert "is no folder" in wrong_of()


def test_a_catalogue_that_is_away_is_told(landing):
    away = replace(landing.settings, lake=Lake("host=127.0.0.1 port=1 dbname=x user=y password='very secret'", landing.settings.lake.data))
    with pytest.raises(WarehouseUnavailable) as raised, open_build(away):
        pass
    assert "very secret" not in str(raised.value)
    (problem,) = [p for p in problems(read_state(away, datetime.now(UTC)), away) if p.kind == "warehouse_unavailable"]
    assert "Connection refused" in problem.sentence and "very secret" not in problem.sentence
    assert (PROJECT_DIR / problem.runbook_path).is_file()


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({"SCORECARDS_TARGET": "sqlite"}, "neither duckdb nor ducklake"),
        ({}, "needs SCORECARDS_LAKE_CATALOGUE"),
        ({"SCORECARDS_LAKE_CATALOGUE": "postgresql://a@b/c"}, "set the one that is missing"),
        ({"SCORECARDS_LAKE_CATALOGUE": "somewhere", "SCORECARDS_LAKE_DATA": "/x"}, "no address of PostgreSQL"),
        ({"SCORECARDS_LAKE_CATALOGUE": "postgresql://a@b/c", "SCORECARDS_LAKE_DATA": "s3://x"}, "neither a folder nor"),
    ],
)
def test_settings_say_what_a_lake_needs(environment, message, monkeypatch, tmp_path):
    for name, value in {"SCORECARDS_TARGET": "ducklake", "SCORECARDS_DATA_DIR": str(tmp_path), **environment}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=message):
        load_settings()


def test_without_a_target_there_is_no_lake(monkeypatch, tmp_path):
    monkeypatch.setenv("SCORECARDS_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("SCORECARDS_LAKE_CATALOGUE", "postgresql://a@b/c")
    monkeypatch.delenv("SCORECARDS_TARGET", raising=False)
    settings = load_settings()
    assert settings.lake is None
    with pytest.raises(WarehouseUnavailable, match="there is no lake"):
        commands.init(settings)
