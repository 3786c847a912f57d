"""The nightly on a lake: what it publishes is what the file target publishes, built whole and night by night."""

import os
import shutil
from dataclasses import replace
from pathlib import Path
from unittest import mock

import duckdb
import pytest

from pipelines.settings import Lake
from pipelines.transform.assets import not_there
from pipelines.transform.manifest import load_manifest
from pipelines.warehouse import open_build, target_of
from tests.e2e.force import OF_THE_RUN, Force
from tests.postgres import cluster

pytest.importorskip("duckdb_extension_ducklake", reason="the packages of a lake are not installed: `make lake`")
# A lake takes no checks, and these are the marts' only ones.
CHECKED = {"quality.check_results"}


@pytest.fixture(scope="module")
def on_a_lake(eventful_night, parsed, tmp_path_factory):
    """The files of two nights, taken in and published on a lake in two others: every tenth file in the second, so that months come late and
    corrections before what they correct."""
    folder = tmp_path_factory.mktemp("lake")
    # what dbt reads of the target from the environment is not to reach the tests after these
    with cluster(tmp_path_factory.mktemp("postgres")) as postgres, mock.patch.dict(os.environ):
        lake = Lake(postgres.new_database("force"), str(folder / "lake"))
        force = Force(replace(eventful_night.force.settings, data_dir=folder / "data", lake=lake))
        shutil.copytree(parsed.dbt_target_dir, force.settings.dbt_target_dir)
        target_of(force.settings).create()
        files = sorted((path for path in eventful_night.force.landing.rglob("*") if path.is_file()), key=lambda path: path.name, reverse=True)
        late = files[5::10]  # some months of most feeds
        for arriving in ([path for path in files if path not in late], late):
            for path in arriving:
                target = force.landing / path.relative_to(eventful_night.force.landing)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target)
            assert force.run() == eventful_night.status
        yield force


def differing(one: Path, other: Path) -> dict[str, tuple[int, int]]:
    """Rows of every table that only one of two publications has, by table; those that speak of the run itself are left out."""
    found = {}
    with duckdb.connect() as connection:
        for name, path in (("one", one), ("other", other)):
            connection.execute(f"attach '{path.resolve()}' as {name} (read_only)")
        tables = connection.execute(
            "select schema_name || '.' || table_name from duckdb_tables() where database_name in ('one', 'other') group by all order by all"
        ).fetchall()
        assert len(tables) > 40
        for (table,) in tables:
            if table not in OF_THE_RUN:
                counts = [
                    connection.execute(f"select count(*) from (from {a}.{table} except all from {b}.{table})").fetchone()[0]
                    for a, b in (("one", "other"), ("other", "one"))
                ]
                if any(counts):
                    found[table] = tuple(counts)
    return found


def definitions(path: Path) -> dict[str, tuple]:
    """How each published table is defined, and the comments of its columns."""
    with duckdb.connect(str(path), read_only=True) as marts:
        tables = dict(marts.execute("select schema_name || '.' || table_name, sql from duckdb_tables() where not internal").fetchall())
        comments = marts.execute(
            "select schema_name || '.' || table_name, list((column_name, comment) order by column_index) "
            "from duckdb_columns() where not internal group by all"
        ).fetchall()
    return {table: (tables[table], said) for table, said in comments if table in tables and table not in CHECKED}


def test_a_lake_publishes_what_a_file_publishes_in_whatever_order_files_arrive(on_a_lake, eventful_night):
    """Built whole on the first night, on the second what it touches."""
    file = eventful_night.force
    assert differing(on_a_lake.settings.marts_path, file.settings.marts_path) == {}
    assert definitions(on_a_lake.settings.marts_path) == definitions(file.settings.marts_path)
    with open_build(on_a_lake.settings, read_only=True) as connection:
        builds = connection.execute("select is_full_refresh from ingest.builds order by built_at").fetchall()
        assert connection.execute("select 1 from duckdb_tables() where database_name = 'build' and schema_name = 'main'").fetchall() == []
        assert not_there(connection, load_manifest(on_a_lake.settings)) == []
    assert builds == [(True,), (False,)]


def test_a_lake_has_no_file_of_a_build_and_no_stranger_reads_its_data(on_a_lake):
    assert not on_a_lake.settings.build_path.exists()
    assert os.stat(on_a_lake.settings.lake.data).st_mode & 0o077 == 0
