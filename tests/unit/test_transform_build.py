"""What is looked at, and put in order, when dbt has built."""

import duckdb

from pipelines.transform.assets import not_there
from pipelines.transform.build import drop_leftovers


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
