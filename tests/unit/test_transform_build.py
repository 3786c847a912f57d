"""What is looked at, and put in order, when dbt has built."""

import shutil
from dataclasses import replace

import duckdb
import pytest

from pipelines.transform import runner
from pipelines.transform.assets import not_there
from pipelines.transform.build import drop_leftovers
from pipelines.transform.project import code_version


def _node(schema: str, name: str, materialized: str = "table", resource_type: str = "model") -> dict:
    return {"resource_type": resource_type, "schema": schema, "alias": name, "config": {"materialized": materialized}}


def test_a_table_that_dbt_built_elsewhere_is_missed():
    nodes = [
        _node("core", "facts", "incremental"),
        _node("seeds", "areas", "seed", "seed"),
        _node("staging", "calls", "view"),
        _node("staging", "inlined", "ephemeral"),
        _node("publication", "built_later"),
        _node("core", "is_unique", "test", "test"),
    ]
    manifest = {"nodes": dict(enumerate(nodes))}
    with duckdb.connect() as connection:
        connection.execute("create schema core; create schema seeds; create schema staging; create schema elsewhere")
        connection.execute("create table elsewhere.facts (x int); create table seeds.areas (x int); create view staging.calls as from seeds.areas")
        assert not_there(connection, manifest) == ["core.facts"]
        connection.execute("create table core.facts (x int)")
        assert not_there(connection, manifest) == []


def test_tables_that_dbt_forgot_are_dropped():
    with duckdb.connect() as connection:
        connection.execute("create schema core; create table core.facts__dbt_tmp1 (x int)")
        connection.execute("create table main.forecasts__dbt_tmp20231001 (x int); create table main.other (x int)")
        drop_leftovers(connection)
        assert connection.execute("select schema_name, table_name from duckdb_tables() order by all").fetchall() == [
            ("core", "facts__dbt_tmp1"),
            ("main", "other"),
        ]


def test_what_one_process_has_parsed_another_uses_wherever_the_data_lie_unless_it_is_torn(parsed, tmp_path, monkeypatch):
    elsewhere = replace(parsed, data_dir=tmp_path, threads=1)
    shutil.copytree(parsed.dbt_target_dir, elsewhere.dbt_target_dir)
    known = runner.parsed_project(parsed)
    monkeypatch.setattr(runner, "_parsed", {})
    monkeypatch.setattr(runner, "call_dbt", lambda *_: pytest.fail("it was parsed again"))
    project = runner.parsed_project(elsewhere)
    assert project is not known
    assert {kind: list(nodes) for kind, nodes in project.flat_graph.items()} == {kind: list(nodes) for kind, nodes in known.flat_graph.items()}
    assert {name: macro.macro_sql for name, macro in project.macros.items()} == {name: macro.macro_sql for name, macro in known.macros.items()}

    class Parsing(Exception):
        pass

    def parse(*_):
        raise Parsing

    monkeypatch.setattr(runner, "_parsed", {})
    monkeypatch.setattr(runner, "call_dbt", parse)
    (file,) = elsewhere.dbt_target_dir.glob(f"{runner.PARSED}*.msgpack")
    assert code_version() in file.name
    file.write_bytes(file.read_bytes()[:1000])
    with pytest.raises(Parsing):
        runner.parsed_project(elsewhere)
