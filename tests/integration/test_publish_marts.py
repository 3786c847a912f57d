"""Publishing a warehouse made by hand: what readers get, what holds it back, and what they keep."""

import json
import os
import shutil
import subprocess
import sys
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta

import duckdb
import pytest

from pipelines.publish import writing
from pipelines.publish.dictionary import data_dictionary
from pipelines.publish.marts import PublishError, publish, published_tables
from pipelines.quality.gate import Gate, evaluate_gate
from pipelines.quality.model import CheckResult
from pipelines.quality.results import store_results
from pipelines.warehouse import open_build
from tests.handmade import NOW, PUBLISHED, RUN, make_warehouse

OPEN = Gate(RUN, True, (), ())


@pytest.fixture
def made(tmp_path):
    return make_warehouse(tmp_path)


def query(settings, sql):
    """What a new reader sees."""
    with duckdb.connect(str(settings.marts_path), read_only=True) as live:
        return live.execute(sql).fetchall()


def warning(check, table, feed, **rest):
    return CheckResult(RUN, NOW, check, "great_expectations", table.split(".")[0], table, feed=feed, severity="warn", status="warned", **rest)


def test_tables_come_with_their_constraints_as_database_and_as_parquet(made):
    settings, contracts = made
    found = publish(settings, RUN, OPEN, PUBLISHED, NOW, contracts)
    assert found.path == settings.marts_path
    assert dict(found.tables)["measures.measure_values"] == 60
    with duckdb.connect(str(settings.marts_path), read_only=True) as live:
        names = {f"{s}.{t}" for s, t in live.execute("select schema_name, table_name from duckdb_tables()").fetchall()}
        assert names == set(PUBLISHED) == set(found.tables)
        keys = dict(
            live.execute("select table_name, constraint_column_names from duckdb_constraints() where constraint_type = 'PRIMARY KEY'").fetchall()
        )
        assert keys["measure_values"] == ["measure_id", "area_id", "segment", "period_type", "period_end"]
        assert live.execute("select is_nullable from duckdb_columns() where table_name = 'dim_measure' and column_name = 'title'").fetchone() == (
            False,
        )
    for name, rows in found.tables.items():
        assert duckdb.connect().execute(f"select count(*) from '{settings.published_dir}/parquet/{name}.parquet'").fetchone() == (rows,)
    assert not list((settings.published_dir / ".versions").glob(".staging*"))


def test_a_key_that_the_build_only_tests_stands_in_the_marts(made):
    settings, contracts = made
    key = ["measure_id", "area_id", "segment", "period_type", "period_end"]
    with duckdb.connect(str(settings.build_path)) as build:
        columns = ", ".join(f"alter table measures.measure_values alter {column} set not null" for column in key).replace(", alter", "; alter")
        build.execute(f"create or replace table measures.measure_values as from measures.measure_values; {columns}")
    with pytest.raises(PublishError, match=r"measures\.measure_values has no primary key"):
        publish(settings, RUN, OPEN, PUBLISHED, NOW, contracts)
    for run in (RUN, "run-2"):  # written anew, and carried over
        publish(settings, run, OPEN, PUBLISHED, NOW, contracts, keys={"measures.measure_values": key})
        found = "select constraint_column_names from duckdb_constraints() where constraint_type = 'PRIMARY KEY' and table_name = 'measure_values'"
        assert query(settings, found) == [(key,)]
    for twice, message in (("*", "60 rows instead of 61"), ("* replace (value + 1 as value)", "violates primary key constraint")):
        with duckdb.connect(str(settings.build_path)) as build:
            build.execute("create or replace table former as from measures.measure_values")
            build.execute(f"insert into measures.measure_values select {twice} from measures.measure_values limit 1")
        with pytest.raises(PublishError, match=message):
            publish(settings, "run-3", OPEN, PUBLISHED, NOW, contracts, keys={"measures.measure_values": key})
        with duckdb.connect(str(settings.build_path)) as build:
            build.execute("delete from measures.measure_values; insert into measures.measure_values from former")


def test_a_closed_gate_keeps_the_old_marts(made):
    settings, contracts = made
    publish(settings, RUN, OPEN, PUBLISHED, NOW, contracts)
    before = settings.marts_path.resolve()
    with open_build(settings) as connection:
        connection.execute("update measures.measure_values set value = 99")
        store_results(
            connection, [replace(warning("fresh", "raw.arrests", "arrests"), run_id="run-2", severity="error", status="failed", message="broken")]
        )
        gate = evaluate_gate(connection, "run-2")
    with pytest.raises(PublishError, match="gate is closed") as raised:
        publish(settings, "run-2", gate, PUBLISHED, NOW, contracts)
    assert "raw.arrests fresh: broken (docs/runbooks/freshness.md)" in str(raised.value)
    assert settings.marts_path.resolve() == before
    assert query(settings, "select distinct value from measures.measure_values") == [(50,)]


@pytest.mark.parametrize(
    ("break_it", "message"),
    [
        ("alter table scorecards.opcc add column victim_age integer", "personal columns would be published: scorecards.opcc.victim_age"),
        ("drop table scorecards.opcc", "scorecards.opcc is to be published but was not built"),
        ("create or replace table scorecards.opcc as select * from scorecards.opcc", "scorecards.opcc has no primary key"),
    ],
)
def test_what_must_not_be_published_is_named_and_the_live_marts_stay(made, break_it, message):
    settings, contracts = made
    publish(settings, RUN, OPEN, PUBLISHED, NOW, contracts)
    before = settings.marts_path.resolve()
    with open_build(settings) as connection:
        connection.execute(break_it)
    with pytest.raises(PublishError, match=message):
        publish(settings, RUN, OPEN, PUBLISHED, NOW, contracts)
    assert settings.marts_path.resolve() == before
    assert query(settings, "select count(*) from scorecards.opcc") == [(4,)]
    assert not list((settings.published_dir / ".versions").glob(".staging*"))


def test_a_copy_that_does_not_verify_is_not_published(made, monkeypatch):
    settings, contracts = made

    finish = writing._finish

    def shortened(cursor, staging, table):
        cursor.execute(f"delete from {writing.ATTACHED}.{table.name} where measure_id = 'da_fat_outcome_rate'")
        finish(cursor, staging, table)

    monkeypatch.setattr(writing, "_finish", shortened)
    with pytest.raises(PublishError, match=r"does not verify: 3 rows instead of 4"):
        publish(settings, RUN, OPEN, {"core.dim_measure": "core.dim_measure"}, NOW, contracts)
    assert not settings.marts_path.exists()


READER = """
import duckdb, sys
live = duckdb.connect(sys.argv[1], read_only=True)
for _ in sys.stdin:
    rows = live.execute("select distinct value from measures.measure_values").fetchall()
    print(rows, flush=True)
"""


def test_a_reader_keeps_its_state_through_three_publications_and_a_new_one_sees_the_newest(made):
    settings, contracts = made
    publish(settings, "run-0", OPEN, PUBLISHED, NOW, contracts)
    with subprocess.Popen(
        [sys.executable, "-c", READER, str(settings.marts_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as reader:

        def ask():
            reader.stdin.write("\n")
            reader.stdin.flush()
            return reader.stdout.readline().strip()

        assert ask() == "[(50.0,)]"
        for number in (1, 2, 3):
            with open_build(settings) as connection:
                connection.execute("update measures.measure_values set value = ?", [number])
            publish(settings, f"run-{number}", OPEN, PUBLISHED, NOW + timedelta(days=number), contracts)
            assert ask() == "[(50.0,)]"
            assert query(settings, "select distinct value from measures.measure_values") == [(number,)]
        reader.stdin.close()
    assert len(list((settings.published_dir / ".versions").iterdir())) == 2


def test_the_same_build_gives_the_same_parquet_files(made):
    settings, contracts = made
    read = []
    for _ in range(2):
        publish(settings, RUN, OPEN, PUBLISHED, NOW, contracts)
        read.append({p.name: p.read_bytes() for p in (settings.published_dir / "parquet").iterdir()})
    assert read[0] == read[1]


def later(connection, run_id, **rest):
    """The check results of another run, one of them a warning where given."""
    store_results(connection, [replace(warning("fresh", "raw.force_calls", "force_calls"), run_id=run_id, status="passed"), *rest.get("also", [])])


def folder(settings):
    return (settings.published_dir / "current").resolve()


def content(folder):
    """Everything that a reader of a version can see, the rows in their order and the files byte by byte."""
    with duckdb.connect(str(folder / "marts.duckdb"), read_only=True) as version:
        tables = version.execute("select schema_name || '.' || table_name, sql from duckdb_tables() order by 1").fetchall()
        comments = version.execute("select table_name, column_name, comment from duckdb_columns() where comment is not null order by all").fetchall()
        keys = version.execute("select table_name, constraint_type, constraint_text from duckdb_constraints() order by all").fetchall()
        macros = version.execute("select function_name from duckdb_functions() where not internal order by all").fetchall()
        rows = {name: version.execute(f"from {name}").fetchall() for name, _ in tables}
    files = {path.name: path.read_bytes() for path in (folder / "parquet").iterdir()}
    return tables, comments, keys, macros, rows, files


def written_anew(settings, contracts, run_id, gate, now):
    """What a publication of the same build gives where no marts are live."""
    other = replace(settings, data_dir=settings.data_dir / "other")
    other.warehouse_dir.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(settings.build_path, other.build_path)
    publish(other, run_id, gate, PUBLISHED, now, contracts)
    return content(folder(other))


def shared(before, after):
    """The tables whose Parquet file is the same file in both versions."""
    return {
        path.stem
        for path in (after / "parquet").iterdir()
        if (before / "parquet" / path.name).exists() and path.samefile(before / "parquet" / path.name)
    }


def test_with_nothing_new_a_publication_carries_over_what_stands_and_equals_one_written_anew(made):
    settings, contracts = made
    with open_build(settings) as connection:
        connection.execute("comment on column measures.measure_values.value is 'the figure, in its unit''s terms'")
    publish(settings, RUN, OPEN, PUBLISHED, NOW, contracts)
    for night in (1, 2, 3):
        before, run, now = folder(settings), f"night-{night}", NOW + timedelta(days=night)
        with open_build(settings) as connection:
            later(connection, run)
            gate = evaluate_gate(connection, run)
        anew = written_anew(settings, contracts, run, gate, now)
        found = publish(settings, run, gate, PUBLISHED, now, contracts)
        assert shared(before, folder(settings)) == set(found.tables) - {"quality.check_results"}
        assert content(folder(settings)) == anew
        assert query(settings, f"select count(*) from quality.check_results where run_id = '{run}'") == [(1,)], "of this run, not of the one before"
        assert found.tables == {name: rows for name, (rows,) in ((n, *query(settings, f"select count(*) from {n}")) for n in found.tables)}
    assert folder(settings).joinpath("marts.duckdb").stat().st_size <= 2 * (before / "marts.duckdb").stat().st_size
    with pytest.raises(PermissionError) if os.geteuid() else nullcontext():
        (folder(settings) / "marts.duckdb").open("r+").close()
    assert all(path.stat().st_mode & 0o222 == 0 for path in folder(settings).rglob("*") if path.is_file())


@pytest.mark.parametrize(
    "change",
    [
        "update measures.measure_values set value = 51 where measure_id = 'da_fat_outcome_rate'",
        "update scorecards.opcc set value = value + 0.1 where scorecard_row = 2",
        "delete from scorecards.opcc where measure_id = 'da_fat_outcome_rate'",
        "alter table scorecards.opcc add column note varchar",
        "comment on column scorecards.opcc.measure_id is 'which measure'",
    ],
)
def test_a_table_that_differs_in_rows_or_definition_is_written_whatever_the_ledger_of_builds_says(made, change):
    settings, contracts = made
    publish(settings, RUN, OPEN, PUBLISHED, NOW, contracts)
    with open_build(settings) as connection:
        connection.execute(change)
    anew = written_anew(settings, contracts, RUN, OPEN, NOW)
    publish(settings, RUN, OPEN, PUBLISHED, NOW, contracts)
    assert content(folder(settings))[:4] == anew[:4]
    assert content(folder(settings))[4]["scorecards.opcc"] == anew[4]["scorecards.opcc"]
    assert content(folder(settings))[4]["measures.measure_values"] == anew[4]["measures.measure_values"]


def whatever_the_order(content):
    *definitions, rows, files = content
    return *definitions, {table: sorted(of_table, key=repr) for table, of_table in rows.items()}, files


def test_of_a_table_that_differs_in_few_rows_those_are_replaced_until_it_is_worth_writing_anew(made):
    settings, contracts = made
    publish(settings, RUN, OPEN, PUBLISHED, NOW, contracts)
    values = "measures.measure_values"  # 60 rows: a tenth may be replaced
    one_row = f"(select min(rowid) + 7 * $night from {values})"
    changes = [
        f"update {values} set value = value + 0.5 where rowid = {one_row}",
        f"delete from {values} where rowid = {one_row}",
        f"insert into {values} select * replace ('elsewhere' as area_id) from {values} limit 2",
        f"update {values} set value = null where rowid = {one_row}",
        f"update {values} set period_end = period_end - interval 30 year where rowid >= {one_row}",
    ]
    told = []
    for night, change in enumerate(changes):
        with open_build(settings) as connection:
            connection.execute(change.replace("$night", str(night)))
        anew = written_anew(settings, contracts, RUN, OPEN, NOW)
        before, steps = content(folder(settings)), []
        live = folder(settings)
        publish(settings, RUN, OPEN, PUBLISHED, NOW, contracts, on_step=steps.append)
        told += [step for step in steps if step.startswith(("amend", "copy"))]
        assert content(live) == before, "the version that readers have open"
        assert whatever_the_order(content(folder(settings))) == whatever_the_order(anew)
        assert shared(live, folder(settings)) == (set(PUBLISHED) - {values} if f"amend {values}" in steps else set())
    assert [step for step in told if step.endswith(values)] == [*[f"amend {values}"] * 4, f"copy {values}"]
    assert content(folder(settings)) == anew, "in the order of the key"


@pytest.mark.parametrize("damage", ["database", "parquet", "no links"])
def test_live_marts_that_cannot_be_carried_over_are_written_anew(made, monkeypatch, damage):
    settings, contracts = made
    publish(settings, RUN, OPEN, PUBLISHED, NOW, contracts)
    whole = content(folder(settings))
    if damage == "database":
        (folder(settings) / "marts.duckdb").chmod(0o644)
        (folder(settings) / "marts.duckdb").write_bytes(b"torn" * 5000)
    elif damage == "parquet":
        (folder(settings) / "parquet" / "measures.measure_values.parquet").unlink()
    else:
        monkeypatch.setattr(writing.os, "link", lambda *_: (_ for _ in ()).throw(OSError("links are not supported")))
    publish(settings, RUN, OPEN, PUBLISHED, NOW, contracts)
    assert content(folder(settings)) == whole


def test_a_carried_table_that_is_not_the_build_s_does_not_verify(made, monkeypatch):
    settings, contracts = made
    publish(settings, RUN, OPEN, PUBLISHED, NOW, contracts)
    before = folder(settings)
    carry_over = writing._carry_over

    def spoilt(connection, staging, *rest):
        standing = carry_over(connection, staging, *rest)
        with writing._attached(connection, staging / "marts.duckdb"):
            connection.execute(f"update {writing.ATTACHED}.measures.measure_values set value = value + 1 where period_end = '2023-07-31'")
        return standing

    monkeypatch.setattr(writing, "_carry_over", spoilt)
    with pytest.raises(PublishError, match=r"measures\.measure_values does not verify: other rows than the build's"):
        publish(settings, RUN, OPEN, PUBLISHED, NOW, contracts)
    assert folder(settings) == before


def test_an_older_layout_with_real_files_is_taken_over(made):
    settings, contracts = made
    settings.published_dir.mkdir(parents=True)
    settings.marts_path.write_bytes(b"former")
    (settings.published_dir / "parquet").mkdir()
    publish(settings, RUN, OPEN, PUBLISHED, NOW, contracts)
    assert query(settings, "select count(*) from scorecards.opcc") == [(4,)]
    assert (settings.published_dir / "parquet" / "scorecards.opcc.parquet").exists()


def test_the_dictionary_has_every_feed_column_and_every_published_column(made):
    _, contracts = made
    node = {
        "resource_type": "model",
        "schema": "scorecards",
        "name": "opcc",
        "description": "One row per measure | and area.",
        "config": {"meta": {"published": True}},
        "constraints": [{"type": "primary_key", "columns": ["measure_id"]}],
        "columns": {"measure_id": {"name": "measure_id", "data_type": "varchar", "description": "The measure."}},
    }
    manifest = json.loads(json.dumps({"nodes": {"model.scorecards.opcc": node, "test.x": {"resource_type": "test"}}}))
    assert published_tables(manifest) == {"scorecards.opcc": "scorecards.opcc"}
    text = data_dictionary(contracts, manifest)
    assert "### scorecards.opcc\n\nOne row per measure | and area.\n\nKey: `measure_id`." in text
    assert "| `measure_id` | varchar | The measure. |" in text
    for feed in contracts.feeds.values():
        assert f"### {feed.name}\n" in text
        assert all(f"| `{c.name}` | {c.duckdb_type} |" in text for c in feed.columns)
