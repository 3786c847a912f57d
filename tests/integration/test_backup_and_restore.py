"""Backup and restore: whole, private, without the key, and never over a warehouse that is there."""

import shutil
from dataclasses import replace

import pytest

from pipelines import hash_key
from pipelines.commands.key import rotate
from pipelines.private import open_to_others
from pipelines.publish.backup import BackupError, back_up, restore
from pipelines.resources import held_warehouse
from pipelines.warehouse import WarehouseBusy, run_lock
from tests.landing import CLI, HASH_KEY, OTHER_KEY, Landing, call, calls


@pytest.fixture
def landing(tmp_path):
    landing = Landing.at(tmp_path / "data")
    landing.write("force_calls/a.csv", calls(call(1), call(2)))
    (tmp_path / "data" / "layouts").mkdir()
    (tmp_path / "data" / "layouts" / "x.yaml").write_text("name: x\n")
    (tmp_path / "data" / "known_words.txt").write_text("Splitz\n")
    with held_warehouse(landing.settings, landing.contracts):
        pass
    landing.run()
    return landing


@pytest.fixture
def fresh(tmp_path):
    return Landing.at(tmp_path / "fresh")


def test_what_is_restored_is_what_was_backed_up(landing, fresh, tmp_path):
    backup = back_up(landing.settings, tmp_path / "backups")
    assert {path.name for path in backup.iterdir()} == {"build.duckdb", "manifest.json", "settings"}
    assert open_to_others(tmp_path / "backups") == []
    everything = b"".join(path.read_bytes() for path in backup.rglob("*") if path.is_file())
    assert HASH_KEY not in everything
    assert CLI.encode() not in everything
    restore(fresh.settings, backup)
    assert open_to_others(fresh.settings.warehouse_dir) == []
    assert (fresh.settings.data_dir / "layouts" / "x.yaml").read_text() == "name: x\n"
    assert (fresh.settings.data_dir / "known_words.txt").read_text() == "Splitz\n"
    for table in ("raw.force_calls", "ingest.loads", "ingest.hash_keys"):
        assert fresh.query(f"from {table} order by all") == landing.query(f"from {table} order by all")
    shutil.copytree(landing.settings.landing_dir, fresh.settings.landing_dir)
    assert fresh.run().files_known == 1


def test_a_backup_is_not_restored_over_a_warehouse(landing, tmp_path):
    backup = back_up(landing.settings, tmp_path / "backups")
    with pytest.raises(BackupError, match="holds a warehouse or published marts already"):
        restore(landing.settings, backup)


def test_a_backup_needs_its_key(landing, fresh, tmp_path):
    backup = back_up(landing.settings, tmp_path / "backups")
    changed = replace(fresh.settings, hash_key=OTHER_KEY)
    with pytest.raises(BackupError, match=hash_key.fingerprint(HASH_KEY)):
        restore(changed, backup)
    assert not changed.build_path.exists()
    restore(changed, backup, with_another_key=True)
    shutil.copytree(landing.settings.landing_dir, fresh.settings.landing_dir)
    assert rotate(changed, unlink=False) == 0
    assert fresh.query("select count(*) from raw.force_calls") == [(2,)]


def test_a_backup_that_is_not_whole_is_refused(landing, fresh, tmp_path):
    backup = back_up(landing.settings, tmp_path / "backups")
    with (backup / "build.duckdb").open("r+b") as file:
        file.seek(5_000)
        file.write(b"x")
    with pytest.raises(BackupError, match=r"build\.duckdb missing or changed"):
        restore(fresh.settings, backup)
    (backup / "manifest.json").unlink()
    with pytest.raises(BackupError, match="is no backup"):
        restore(fresh.settings, backup)
    assert not fresh.settings.build_path.exists()


def test_no_backup_while_a_run_works_or_of_nothing(landing, fresh, tmp_path):
    with run_lock(landing.settings), pytest.raises(WarehouseBusy):
        back_up(landing.settings, tmp_path / "backups")
    with pytest.raises(BackupError, match="empty"):
        back_up(fresh.settings, tmp_path / "backups")
    assert not [path for path in (tmp_path / "backups").rglob("*") if path.is_file()]
