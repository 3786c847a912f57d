"""The hash key: long enough, the same every night, and changed only by a rotation that keeps everything else."""

import hmac
import os
import stat
from dataclasses import replace
from datetime import date

import pytest

from pipelines import hash_key
from pipelines.commands.key import rotate
from pipelines.commands.run import FAILED, run_nightly
from pipelines.hash_key import HashKeyError
from pipelines.ingest.rehash import RehashError
from pipelines.private import open_to_others
from pipelines.resources import held_warehouse
from pipelines.settings import SettingsError, load_settings
from tests.landing import CLI, HASH_KEY, HEADER, OTHER_KEY, Landing, call, calls

SUSPECTS = "snapshot_date,suspect_id,crime_ref,force_code,status\n2023-07-01,S1,C1,wiltshire,outstanding\n2023-07-01,S2,C1,wiltshire,outstanding\n"


def hashed(text: str, key: bytes) -> str:
    return hmac.new(key, text.encode(), "sha256").hexdigest()


@pytest.fixture
def landing(tmp_path):
    landing = Landing.at(tmp_path)
    landing.write("force_calls/a.csv", calls(call(1), call(2, cli="+44 7700 900999"), call(3, cli="")))
    landing.write("force_calls/b.csv", calls(call(4), header=HEADER))
    landing.write("suspects/s.csv", SUSPECTS)
    with held_warehouse(landing.settings, landing.contracts):
        pass
    landing.run()
    landing.run("suspects")
    return landing


def everything_else(landing):
    return landing.query("select * exclude (cli) from raw.force_calls order by all"), landing.query("select * from ingest.loads order by load_id")


# --- length and fingerprint ------------------------------------------------------------------------------------------


def test_a_short_key_is_refused_with_the_way_out(tmp_path, monkeypatch):
    monkeypatch.setenv("SCORECARDS_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("SCORECARDS_HASH_KEY", "x" * 31)
    with pytest.raises(SettingsError, match=r"SCORECARDS_HASH_KEY has fewer than 32 characters.*openssl rand -hex 32") as refused:
        load_settings()
    assert "x" * 31 not in str(refused.value)
    monkeypatch.setenv("SCORECARDS_HASH_KEY", "x" * 32)
    assert load_settings().hash_key == b"x" * 32


def test_a_key_file_that_was_cut_short_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("SCORECARDS_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("SCORECARDS_HASH_KEY", raising=False)
    made = load_settings().hash_key
    assert len(made) == 64
    assert load_settings().hash_key == made
    (tmp_path / "warehouse" / "hash.key").write_bytes(b"")
    with pytest.raises(SettingsError, match=r"warehouse/hash\.key"):
        load_settings()


def test_another_key_stops_the_run_and_the_database_never_holds_the_key(landing, capsys):
    changed = replace(landing.settings, hash_key=OTHER_KEY)
    with pytest.raises(HashKeyError, match="key rotate"), held_warehouse(changed, landing.contracts):
        pass
    assert run_nightly(changed) == FAILED
    assert "is not the one" in capsys.readouterr().out.replace("\n", " ")
    assert HASH_KEY not in landing.database_bytes()
    with held_warehouse(landing.settings, landing.contracts):  # with the former key all is well
        pass


# --- rotation --------------------------------------------------------------------------------------------------------


def test_a_rotation_changes_the_identifiers_and_nothing_else(landing):
    before = everything_else(landing)
    assert rotate(replace(landing.settings, hash_key=OTHER_KEY), unlink=False) == 0
    assert everything_else(landing) == before
    assert landing.query("select cli from raw.force_calls order by call_id") == [
        (hashed("+447700900123", OTHER_KEY),), (hashed("+447700900999", OTHER_KEY),), (None,), (hashed("+447700900123", OTHER_KEY),)
    ]  # fmt: skip
    assert landing.query("select suspect_id from raw.suspects order by all") == sorted([(hashed("S1", OTHER_KEY),), (hashed("S2", OTHER_KEY),)])
    assert landing.query("select fingerprint from ingest.hash_keys order by since, rowid") == [
        (hash_key.fingerprint(HASH_KEY),), (hash_key.fingerprint(OTHER_KEY),)
    ]  # fmt: skip
    landing.settings = replace(landing.settings, hash_key=OTHER_KEY)
    with held_warehouse(landing.settings, landing.contracts):
        pass
    assert landing.run().files_known == 2  # nothing is read again, nothing counts twice


def test_a_key_kept_with_the_warehouse_is_replaced_by_a_new_one(landing, monkeypatch):
    monkeypatch.delenv("SCORECARDS_HASH_KEY", raising=False)
    hash_key.keep(landing.settings.warehouse_dir, HASH_KEY)
    assert rotate(landing.settings, unlink=False) == 0
    path = landing.settings.warehouse_dir / "hash.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_bytes() != HASH_KEY
    assert landing.query("select distinct cli from raw.force_calls where call_id = 'C1'") == [(hashed("+447700900123", path.read_bytes()),)]


def test_the_key_of_the_environment_is_changed_there(landing, monkeypatch):
    monkeypatch.setenv("SCORECARDS_HASH_KEY", HASH_KEY.decode())
    assert rotate(landing.settings, unlink=False) == 2
    assert landing.query("select count(*) from ingest.hash_keys") == [(1,)]


def test_rows_of_files_that_are_gone_are_named_or_unlinked(landing):
    (landing.settings.landing_dir / "force_calls" / "b.csv").unlink()
    changed = replace(landing.settings, hash_key=OTHER_KEY)
    before = landing.query("from raw.force_calls order by all")
    with pytest.raises(RehashError, match=r"force_calls: 1 rows are of files that the landing folder no longer has.*load 2 .*--unlink"):
        rotate(changed, unlink=False)
    assert landing.query("from raw.force_calls order by all") == before
    assert rotate(changed, unlink=True) == 0
    first, unlinked = landing.query("select cli from raw.force_calls where call_id in ('C1', 'C4') order by call_id")
    assert first == (hashed("+447700900123", OTHER_KEY),)
    assert unlinked[0] not in {hashed("+447700900123", OTHER_KEY), hashed("+447700900123", HASH_KEY), None}


# --- who can read it -------------------------------------------------------------------------------------------------


def test_what_the_pipeline_keeps_is_for_its_own_account_whatever_the_umask(tmp_path, monkeypatch):
    monkeypatch.setenv("SCORECARDS_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("SCORECARDS_HASH_KEY", raising=False)
    before = os.umask(0)
    try:
        settings = load_settings()
        landing = Landing(replace(settings, settle_seconds=0))
        with held_warehouse(settings, landing.contracts) as held, held.connect() as connection:
            connection.execute("create table raw.t as select 1")
            assert not open_to_others(settings.build_path)
        landing.take("force_calls/a.csv", calls(call(1)))
        (settings.warehouse_dir / "build.duckdb.wal").touch()
        with held_warehouse(settings.known_on(date(2023, 7, 1)), landing.contracts):
            pass
        with held_warehouse(settings, landing.contracts):
            pass
    finally:
        os.umask(before)
    assert {p.name for p in settings.warehouse_dir.iterdir()} >= {"build.duckdb", "hash.key", "run.lock", "as_at"}
    assert open_to_others(settings.warehouse_dir) == []
    assert CLI.encode() not in landing.database_bytes()
