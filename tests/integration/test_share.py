"""The share: what a reader of another role finds of the publications, today's and earlier ones, and what nobody else finds."""

import subprocess
import sys
import threading
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from pipelines.commands import lake as commands
from pipelines.commands.doctor import findings
from pipelines.publish import share as shares
from pipelines.publish.share import publications, publish_share
from pipelines.publish.writing import PublishError
from pipelines.settings import PROJECT_DIR, Lake, Settings, SettingsError, load_settings
from pipelines.warehouse import WarehouseUnavailable, share_of
from pipelines.warehouse import lake as lakes
from tests.landing import HASH_KEY
from tests.postgres import cluster
from tests.shares import as_role, put_in_place, reader, share_in

pytest.importorskip("duckdb_extension_ducklake", reason="the packages of a lake are not installed: `make lake`")
# The documentation's helper comes with a package that the project itself does without.
IMPORT = """
def import_extension(name, con):
    from pipelines.warehouse.lake import extension_path

    con.load_extension(str(extension_path(name)))
"""
FIRST = datetime(2023, 8, 1, 3)


@pytest.fixture(scope="module")
def postgres(tmp_path_factory):
    with cluster(tmp_path_factory.mktemp("postgres")) as running:
        running.sql("create role board login; create role other login")
        yield running


@pytest.fixture
def force(postgres, tmp_path) -> Settings:
    """A force whose build database is a file, with an empty share."""
    settings = Settings(tmp_path / "data", HASH_KEY, share=share_in(postgres, tmp_path / "share"))
    assert commands.init(settings) == 0
    assert commands.grant(settings, "board") == 0
    return settings


def publish(settings: Settings, night: int, also: str = "") -> str:
    """The publication of a night: five figures, of which one changes each night, and the night itself in a table of its own."""

    def write(marts: duckdb.DuckDBPyConnection) -> None:
        marts.execute(
            f"""
            create schema measures; create schema quality;
            create table measures.measure_values (measure_id varchar, month integer, value double, primary key (measure_id, month));
            insert into measures.measure_values select 'm', n, case when n = 5 then {night} else n / 3 end from range(1, 6) as t (n);
            comment on column measures.measure_values.value is 'The figure''s value.';
            create table quality.heartbeat (run_id varchar primary key, published_at timestamp);
            insert into quality.heartbeat values ('night {night}', timestamp '{FIRST + timedelta(days=night)}');
            {also}
            """
        )

    return put_in_place(settings, write)


def share(settings: Settings):
    return publish_share(settings, share_of(settings))


def night_in(settings: Settings) -> str:
    """The night that a reader finds."""
    with reader(settings.share, "board") as connection:
        return connection.execute("select run_id from share.quality.heartbeat").fetchone()[0]


def test_a_reader_finds_what_was_published_and_only_what_differs_is_written(force):
    version = publish(force, 1)
    first = share(force)
    assert (first.version, first.rows_written, first.published_at) == (version, 6, FIRST + timedelta(days=1))
    assert share(force) == first, "one that is there already is not written again"
    publish(force, 2)
    second = share(force)
    assert second.rows_written == 2
    with reader(force.share, "board") as connection:
        figures = "select value from share.measures.measure_values {} order by month"
        assert [value for (value,) in connection.execute(figures.format("")).fetchall()] == [1 / 3, 2 / 3, 1, 4 / 3, 2]
        then = figures.format(f"at (version => {first.snapshot})")
        assert connection.execute(then).fetchall()[-1] == (1,), "an earlier publication can still be read"
        ((comment,),) = connection.execute("select comment from duckdb_columns() where database_name = 'share' and column_name = 'value'").fetchall()
        assert comment == "The figure's value."


def test_the_steps_for_python_in_the_documentation_lead_there(force):
    figures = (
        "create or replace table measures.measure_values as select 'public_999_abandonment_rate' as measure_id, 'wiltshire_force' as area_id, "
        "'all' as segment, 'month' as period_type, date '2023-07-31' as period_end, 1 as numerator, 4 as denominator, 25.0 as value, "
        "null as caveat, true as is_complete; alter table measures.measure_values add primary key (measure_id)"
    )
    publish(force, 1, figures)
    share(force)
    (block,) = [text for text in (PROJECT_DIR / "docs/bi/share.md").read_text().split("```") if text.startswith("python\nimport duckdb")]
    found = {"CATALOGUE": as_role(force.share, "board").catalogue}
    exec(block.removeprefix("python\n").replace("from duckdb_extensions import import_extension", IMPORT), found)
    assert found["months"]["value"].to_list() == [25.0]


def test_another_shape_of_the_tables_is_published_too(force):
    publish(force, 1, "create table quality.gone (id integer primary key)")
    share(force)
    publish(force, 2, "alter table quality.heartbeat add column files integer; create table quality.come (id integer primary key)")
    share(force)
    with reader(force.share, "board") as connection:
        assert connection.execute("select run_id, files from share.quality.heartbeat").fetchall() == [("night 2", None)]
        tables = "select table_name from duckdb_tables() where database_name = 'share' order by 1"
        assert [name for (name,) in connection.execute(tables).fetchall()] == ["come", "heartbeat", "measure_values"]


def test_a_role_reads_the_share_when_it_was_let_and_writes_nothing(force):
    publish(force, 1)
    share(force)
    with pytest.raises(WarehouseUnavailable, match="permission denied"), reader(force.share, "other"):
        pass
    with reader(force.share, "board") as connection, pytest.raises(duckdb.Error, match="read-only"):
        connection.execute("delete from share.quality.heartbeat")
    with duckdb.connect() as connection:  # nor where it does not say that it only reads
        lakes.open_lake(connection, Lake(force.share.catalogue.replace(f"//{force.share.catalogue.rpartition('/')[2]}@", "//board@"), ""), "share")
        with pytest.raises(duckdb.Error, match="permission denied"):
            connection.execute("delete from share.quality.heartbeat")
    assert commands.grant(force, "board", is_revoked=True) == 0
    with pytest.raises(WarehouseUnavailable, match="permission denied"), reader(force.share, "board"):
        pass
    with pytest.raises(WarehouseUnavailable, match="there is no role nobody_here on the server"):
        commands.grant(force, "nobody_here")


def test_a_file_of_the_share_alone_says_nothing(force):
    publish(force, 1)
    share(force)
    files = list(Path(force.share.data).rglob("*.parquet"))
    assert files
    for path in files:
        assert path.stat().st_mode & 0o044 == 0o044, "another account reads it by the catalogue"
        with pytest.raises(duckdb.Error):
            duckdb.read_parquet(str(path)).fetchall()


def test_twenty_readers_see_one_publication_or_another_and_who_holds_one_sees_that(force):
    """While ten are published; twenty connections of four programs, and one that holds what it found."""
    publish(force, 1)
    share(force)
    seen, stop, failures = [], threading.Event(), []
    figures = "select (select value from share.measures.measure_values where month = 5), (select run_id from share.quality.heartbeat)"

    def read(connection: duckdb.DuckDBPyConnection) -> None:
        try:
            while not stop.is_set():
                connection.execute("begin")
                ((figure, night),) = connection.execute(figures).fetchall()
                connection.execute("commit")
                seen.append((night, f"night {figure:.0f}"))
                stop.wait(0.5)
        except Exception as error:
            failures.append(error)

    with ExitStack() as programs:
        opened = [programs.enter_context(reader(force.share, "board")) for _ in range(5)]
        holder, connections = opened[0], [program.cursor() for program in opened[1:] for _ in range(5)]
        holder.execute("begin")
        held = [holder.execute(figures).fetchall()]
        readers = [threading.Thread(target=read, args=(connection,)) for connection in connections]
        for thread in readers:
            thread.start()
        for night in range(2, 12):
            publish(force, night)
            share(force)
            held.append(holder.execute(figures).fetchall())
        stop.set()
        for thread in readers:
            thread.join()
        assert len(readers) == 20 and not failures
        assert all(night == figure for night, figure in seen)
        assert len({night for night, _ in seen}) > 2, "publications were seen as they came"
        assert held == [[(1, "night 1")]] * 11
        holder.execute("commit")
        assert holder.execute(figures).fetchall() == [(11, "night 11")]


def test_a_publication_that_fails_on_the_way_leaves_the_share_as_it_was(force, monkeypatch):
    publish(force, 1)
    before = share(force)
    publish(force, 2)
    monkeypatch.setattr("pipelines.publish.share._bring_up_to_date", lambda connection, table: connection.execute("select error('the disk is full')"))
    with pytest.raises(PublishError, match=r"the disk is full.*It is as it was"):
        share(force)
    assert publications(force, force.share) == [before]
    monkeypatch.undo()
    assert share(force).rows_written == 2


def test_a_killed_process_leaves_the_share_as_it_was_and_no_lock(force):
    publish(force, 1)
    before = share(force)
    publish(force, 2)
    # killed in the transaction, when one table is written and the other is not
    code = (
        "import sys, time; from pathlib import Path; from pipelines.publish import share; from pipelines.settings import Lake, Settings\n"
        "from pipelines.warehouse import share_of\n"
        "write, written = share._bring_up_to_date, []\n"
        "def stop_then(*given):\n"
        "    if written: print('in the middle', flush=True); time.sleep(600)\n"
        "    written.append(given); return write(*given)\n"
        "share._bring_up_to_date = stop_then\n"
        "settings = Settings(Path(sys.argv[1]), b'k', share=Lake(sys.argv[2], sys.argv[3], is_share=True))\n"
        "share.publish_share(settings, share_of(settings))"
    )
    command = [sys.executable, "-c", code, str(force.data_dir), force.share.catalogue, force.share.data]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=PROJECT_DIR) as process:
        assert process.stdout.readline() == b"in the middle\n"
        process.kill()
    assert publications(force, force.share) == [before]
    assert night_in(force) == "night 1"
    assert share(force).rows_written == 2
    assert night_in(force) == "night 2"


def test_a_server_that_stops_before_the_commit_leaves_the_share_as_it_was(force, postgres, monkeypatch):
    publish(force, 1)
    before = share(force)
    publish(force, 2)

    def stop_then(connection, *, write=shares._write):
        rows = write(connection)
        postgres.stop()
        return rows

    monkeypatch.setattr(shares, "_write", stop_then)
    with pytest.raises(PublishError, match=r"could not be written.*It is as it was"):
        share(force)
    postgres.control("start")
    monkeypatch.undo()
    assert publications(force, force.share) == [before]
    assert night_in(force) == "night 1"
    assert share(force).rows_written == 2
    assert night_in(force) == "night 2"


def test_a_share_that_is_away_is_told_without_its_password(force):
    publish(force, 1)
    away = replace(force, share=Lake("postgresql://force:very-secret@127.0.0.1:1/share", force.share.data, is_share=True))
    with pytest.raises(PublishError, match="could not be written") as raised:
        share(away)
    assert "very-secret" not in str(raised.value)
    assert [line for well, line in findings(away) if not well and line.startswith("share: the lake's catalogue")]


def test_retention_forgets_publications_and_their_files(force, monkeypatch, capsys):
    for night in range(1, 6):
        publish(force, night)
        share(force)
    assert commands.list_publications(force) == 0
    assert len(publications(force, force.share)) == 5
    files = len(list(Path(force.share.data).rglob("*.parquet")))
    monkeypatch.setattr(lakes, "GRACE_DAYS", 0)
    assert commands.maintain(force, keep_days=1, keep_published_days=1) == 0
    assert len(publications(force, force.share)) == 5, "those of the days to keep stay"
    assert commands.maintain(force, keep_days=0, keep_published_days=0) == 0
    assert len(list(Path(force.share.data).rglob("*.parquet"))) < files
    with reader(force.share, "board") as connection:
        assert connection.execute("select run_id from share.quality.heartbeat").fetchall() == [("night 5",)]


def test_doctor_finds_a_share_fit(force):
    publish(force, 1)
    share(force)
    assert [line for well, line in findings(force) if not well and line.startswith("share: ")] == []


def test_a_share_is_no_lake_of_the_build(monkeypatch, tmp_path):
    for name, value in {
        "DATA_DIR": tmp_path,
        "TARGET": "ducklake",
        "LAKE_CATALOGUE": "postgresql://a@b/c",
        "LAKE_DATA": "/lake",
        "SHARE_CATALOGUE": "postgresql://a@b/c",
        "SHARE_DATA": "/share",
    }.items():
        monkeypatch.setenv(f"SCORECARDS_{name}", str(value))
    with pytest.raises(SettingsError, match="a database and a folder of their own"):
        load_settings()
    monkeypatch.setenv("SCORECARDS_SHARE_CATALOGUE", "")
    with pytest.raises(SettingsError, match=r"SCORECARDS_SHARE_DATA .* go together"):
        load_settings()
