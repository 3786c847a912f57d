"""A force is forgotten: its lake, share and role go, killed on the way or not, and what other forces have stands as it was."""

import json
import os
import subprocess
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from pipelines.cli import cli
from pipelines.commands import lake as commands
from pipelines.commands.forget import forget_force, take_out
from pipelines.commands.run import BUSY
from pipelines.hash_key import fingerprint
from pipelines.instance import prepare_home
from pipelines.national.assets import FORCES, declare_forces
from pipelines.publish.backup import MANIFEST
from pipelines.publish.share import publish_share
from pipelines.settings import Lake, Settings
from pipelines.warehouse import WarehouseUnavailable, forgetting, open_build, run_lock, share_of, target_of
from tests.killed import is_killed, kill_itself
from tests.landing import HASH_KEY, OTHER_KEY, Landing
from tests.postgres import cluster
from tests.shares import put_in_place, reader

psycopg2 = pytest.importorskip("psycopg2")
pytest.importorskip("duckdb_extension_ducklake", reason="the packages of a lake are not installed: `make lake`")


@pytest.fixture(scope="module")
def postgres(tmp_path_factory):
    with cluster(tmp_path_factory.mktemp("postgres")) as running:
        running.sql("create role board login")
        yield running


def _published(marts: duckdb.DuckDBPyConnection) -> None:
    marts.execute(
        """
        create schema core; create schema measures; create schema quality;
        create table core.dim_area (area_id varchar primary key, force_code varchar, level varchar);
        insert into core.dim_area values ('wiltshire_force', 'wiltshire', 'force'), ('dorset_force', 'dorset', 'force');
        create table measures.measure_values (measure_id varchar, area_id varchar, value double, primary key (measure_id, area_id));
        insert into measures.measure_values values ('calls', 'wiltshire_force', 3);
        create table quality.heartbeat (run_id varchar primary key, published_at timestamp);
        insert into quality.heartbeat values ('night', timestamp '2023-08-01 03:00:00');
        """
    )


def _force(postgres, folder: Path, name: str, hash_key: bytes = HASH_KEY) -> Settings:
    """A force with rows in its lake and a publication in its share, both of one role."""
    share = f"{name}_share"
    settings = Settings(
        folder / name / "data",
        hash_key,
        lake=Lake(postgres.new_database(name), str(folder / name / "lake")),
        share=Lake(postgres.url(share, name), str(folder / name / "share"), is_share=True),
    )
    postgres.sql(f"create database {share} owner {name}")
    postgres.sql(f"revoke connect on database {share} from public")
    assert commands.init(settings) == 0
    assert commands.grant(settings, "board") == 0
    with open_build(settings) as connection:
        connection.execute("create schema raw; create table raw.force_calls as from range(3) as t (call_id)")
    put_in_place(settings, _published)
    publish_share(settings, share_of(settings))
    return settings


@pytest.fixture(scope="module")
def other(postgres, tmp_path_factory) -> Settings:
    """The force that stays."""
    return _force(postgres, tmp_path_factory.mktemp("other"), "stays", OTHER_KEY)


@pytest.fixture
def force(postgres, tmp_path, request) -> Settings:
    """The force that goes."""
    return _force(postgres, tmp_path, f"goes{abs(hash(request.node.nodeid)) % 10**9}")


def _forget(force: Settings, confirmed: str | None = "wiltshire", admin: str | None = None, **given) -> int:
    return forget_force(force, "wiltshire", confirmed, admin, given.get("backups", ()))


def _state(postgres, force: Settings) -> tuple:
    """All that there is of a force: databases, role, every file, its rows, and what a reader finds in its share."""
    name = force.lake.catalogue.rpartition("/")[2]
    there = _found(postgres, name)
    if len(there) < 3:
        return tuple(there)
    with open_build(force, read_only=True) as connection:
        raw = connection.execute("from raw.force_calls order by 1").fetchall()
    with reader(force.share, "board") as connection:
        shared = connection.execute("from share.measures.measure_values").fetchall()
    files = {str(path): path.read_bytes() for path in force.data_dir.parent.rglob("*.parquet")}
    return (*there, raw, shared, files)


def _found(postgres, name: str) -> list[str]:
    command = [postgres.binaries / "psql", "-X", "-A", "-t", postgres.url(), "-c"]
    roles = f"select 'role ' || rolname from pg_roles where rolname = '{name}'"
    sql = f"select datname from pg_database where datname like '{name}%' union all {roles} order by 1"
    return subprocess.run([*command, sql], check=True, capture_output=True, text=True).stdout.split("\n")[:-1]


def test_what_would_go_is_listed_and_stays(other, postgres, tmp_path, capsys):
    backup, anothers = (tmp_path / name for name in ("20230801T030000Z", "20230802T030000Z"))
    for folder, key in ((backup, other.hash_key), (anothers, HASH_KEY)):
        folder.mkdir()
        (folder / MANIFEST).write_text(json.dumps({"key_fingerprint": fingerprint(key)}))
    before = _state(postgres, other)
    assert _forget(other, confirmed=None, backups=[tmp_path]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert _state(postgres, other) == before
    for what in (
        other.lake.data,
        other.share.data,
        "what board could read of it",
        f"backup {backup}",
        "--confirm wiltshire",
        "which only a superuser",
    ):
        assert what in said
    assert str(anothers) not in said, "a backup of another force"
    assert "Nothing was removed" in said


def test_nothing_goes_while_a_run_is_at_work_or_by_another_name(other, postgres, tmp_path):
    before = _state(postgres, other)
    elsewhere = replace(other, data_dir=tmp_path / "another_host")
    for settings in (other, elsewhere):
        with run_lock(settings):
            assert _forget(other) == BUSY
    with share_of(elsewhere).hold():
        assert _forget(other) == BUSY
    assert _forget(other, confirmed="dorset") == 2
    with pytest.raises(WarehouseUnavailable, match="has figures of wiltshire, and none of dorset"):
        forget_force(other, "dorset", "dorset", None, ())
    with pytest.raises(WarehouseUnavailable, match="has its data in"):
        _forget(replace(other, lake=replace(other.lake, data=str(tmp_path))))
    postgres.sql("create table staff (id integer)", "stays")
    with pytest.raises(WarehouseUnavailable, match=r"holds tables that are no lake's \(public.staff\)"):
        _forget(other)
    postgres.sql("drop table staff", "stays")
    with pytest.raises(WarehouseUnavailable, match="neither a lake nor a share"):
        _forget(replace(other, lake=None, share=None))
    assert _state(postgres, other) == before


def test_a_force_goes_with_its_role_and_no_other_force_changes(force, other, postgres, capsys):
    """At first somebody still reads its share; then its role owns something else."""
    before = _state(postgres, other)
    name = force.lake.catalogue.rpartition("/")[2]
    (force.data_dir.parent / "lake" / "notes.txt").write_text("somebody's")
    with (
        closing(psycopg2.connect(force.share.catalogue.replace(f"//{name}@", "//board@"))),
        pytest.raises(WarehouseUnavailable, match="was not dropped"),
    ):
        _forget(force)
    postgres.sql(f"create database other_{name} owner {name}")
    assert _forget(force, admin=postgres.url()) == 0
    assert "owns something else" in capsys.readouterr().out
    assert _state(postgres, force) == (f"role {name}",)
    assert {path.name for path in force.data_dir.parent.glob("*")} == {"data", "lake"}, "a file that is no lake's stays"
    postgres.sql(f"drop database other_{name}")
    assert _forget(force, admin=postgres.url()) == 0
    assert capsys.readouterr().out.count("gone already") == 2
    assert _state(postgres, force) == ()
    assert not forgetting.note_path(force).exists()
    assert _state(postgres, other) == before


def test_files_of_a_catalogue_that_somebody_dropped_are_nobodys(force, postgres):
    postgres.sql(f"drop database {force.lake.catalogue.rpartition('/')[2]}")
    with pytest.raises(WarehouseUnavailable, match="nothing says whose files lie in"):
        _forget(force)
    assert list(Path(force.lake.data).rglob("*.parquet"))


def forget_and_die(environment, step, admin):
    os.environ.update(environment)
    setattr(forgetting, step, kill_itself)
    cli(["lake", "forget-force", "wiltshire", "--confirm", "wiltshire", "--admin", admin])


def test_killed_before_any_step_the_same_call_goes_on(force, other, postgres):
    before = _state(postgres, other)
    environment = {
        "SCORECARDS_DATA_DIR": str(force.data_dir),
        "SCORECARDS_HASH_KEY": force.hash_key.decode(),
        "SCORECARDS_TARGET": "ducklake",
        "SCORECARDS_LAKE_CATALOGUE": force.lake.catalogue,
        "SCORECARDS_LAKE_DATA": force.lake.data,
        "SCORECARDS_SHARE_CATALOGUE": force.share.catalogue,
        "SCORECARDS_SHARE_DATA": force.share.data,
    }
    for step in ("write_note", "close_database", "drop_database", "remove_files", "drop_role"):
        assert is_killed(forget_and_die, environment, step, postgres.url()), step
        while _forget(force, confirmed=None, admin=postgres.url()) == BUSY:  # until the server has noticed
            time.sleep(0.2)
        if step != "write_note":
            with pytest.raises(WarehouseUnavailable, match="another force, wiltshire, is being forgotten here"):
                forget_force(force, "dorset", None, postgres.url(), ())
        if step == "drop_database":
            with pytest.raises(WarehouseUnavailable, match="not currently accepting connections"):
                target_of(force).connect()
    assert _forget(force, admin=postgres.url()) == 0
    assert _state(postgres, force) == ()
    assert not Path(force.lake.data).exists() and not Path(force.share.data).exists()
    assert _state(postgres, other) == before


SHARES = """# who is set beside whom
forces:
  wiltshire: postgresql://nation@db/share_wiltshire    # since 2023
  dorset: postgresql://nation@db/share_dorset
  hampshire: postgresql://nation@db/share_hampshire
"""


def test_the_national_view_lets_go_of_a_force(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("DAGSTER_HOME", "")
    view = Landing.at(tmp_path / "national")
    settings = view.settings
    view.write("force_comparators/dorset_20230801T030000_x.csv", "figures")
    view.write("force_comparators/dorset_and_poole_20230801T030000_x.csv", "another force's")
    view.write("force_comparators/wiltshire_20230801T030000_x.csv", "figures")
    (settings.data_dir / "warehouse" / "shares").mkdir(parents=True)
    for name in ("dorset.json", "dorset.parquet", "wiltshire.json"):
        (settings.data_dir / "warehouse" / "shares" / name).write_text("{}")
    settings.shares_path.write_text(SHARES)
    prepare_home(settings)
    with dg.DagsterInstance.get() as instance:
        declare_forces(settings, instance)
    files = sorted(path.name for path in settings.data_dir.rglob("*") if path.is_file())
    assert forget_force(settings, "dorset", None, None, ()) == 0
    assert sorted(path.name for path in settings.data_dir.rglob("*") if path.is_file() and path.name != "run.lock") == files
    with run_lock(settings):
        assert forget_force(settings, "dorset", "dorset", None, ()) == BUSY
    for _ in range(2):  # what is gone already stops nothing
        assert forget_force(settings, "dorset", "dorset", None, ()) == 0
        assert settings.shares_path.read_text() == SHARES.replace("  dorset: postgresql://nation@db/share_dorset\n", "")
        assert [path.name for path in settings.data_dir.rglob("dorset*")] == ["dorset_and_poole_20230801T030000_x.csv"]
        with dg.DagsterInstance.get() as instance:
            assert sorted(instance.get_dynamic_partitions(str(FORCES.name))) == ["hampshire", "wiltshire"]
    assert {path.name for path in settings.data_dir.rglob("wiltshire*")} == {"wiltshire_20230801T030000_x.csv", "wiltshire.json"}
    assert "docs/runbooks/national.md" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("forces:\n  a: x\n", "forces:\n"),
        ("forces:\n  a:\n    x\n  b: y\npeers: z\n", "forces:\n  b: y\npeers: z\n"),
        ("forces: {a: x, b: y}\n", None),
        ("forces:\n  b: y\n  a: x", "forces:\n  b: y\n"),
    ],
)
def test_an_entry_is_taken_out_by_its_lines_or_left_to_people(text, left, tmp_path):
    path = tmp_path / "shares.yaml"
    path.write_text(text)
    assert take_out(path, "a") is (left is not None)
    assert path.read_text() == (left if left is not None else text)
