"""A node stands where its inputs are what it was last built from, and nothing stands on trust."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import duckdb
import pytest

from pipelines.contracts.reading import read_yaml
from pipelines.settings import DBT_PROJECT_DIR
from pipelines.transform.carry_over import KNOWN_BY_ITS_ROWS, SAYS_WHERE_TO_LOOK, SAYS_WHICH_SERIES, CarryOver, NodeBuilt, give_back, is_whole, take
from pipelines.warehouse.tables import LEDGER_DDL

VERSION = "code"


def node(kind: str, name: str, *parents: str, materialized: str = "table") -> dict[str, Any]:
    return {"resource_type": kind, "schema": "core", "name": name, "config": {"materialized": materialized}, "depends_on": {"nodes": list(parents)}}


# calls -> stg_calls (a view) -> fct_calls -> counts -> card; areas is a seed that counts reads; chart reads a view of some of the counts, complete.
NODES = {
    "seed.areas": node("seed", "areas", materialized="seed") | {"depends_on": {"macros": []}},
    "model.stg_calls": node("model", "stg_calls", "source.calls", materialized="view"),
    "model.int_touched_months": node("model", "int_touched_months", "source.calls", "source.builds"),
    "model.fct_calls": node("model", "fct_calls", "model.stg_calls", "model.int_touched_months", materialized="incremental"),
    "model.counts": node("model", "counts", "model.fct_calls", "seed.areas"),
    "test.counts": node("test", "counts", "model.counts", materialized="test"),
    "model.card": node("model", "card", "model.counts"),
    "model.complete": node("model", "complete", "model.counts", materialized="view"),
    "model.chart": node("model", "chart", "model.complete"),
}
NODES["model.complete"]["config"]["meta"] = {KNOWN_BY_ITS_ROWS: True}
MANIFEST = {
    "nodes": NODES,
    "sources": {
        "source.calls": {"schema": "raw", "identifier": "calls", "database": "build"},
        "source.builds": {"schema": "ingest", "identifier": "builds", "database": "build"},
        "source.past": {"schema": "measures", "identifier": "value_ledger", "database": "live"},
    },
}
TABLES = {"model.counts": "7 calls", "model.card": "one line", "model.complete": "6 calls", "model.chart": "a line"}


@pytest.fixture
def build() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(LEDGER_DDL)
        connection.execute("create schema raw; create table raw.calls (call_id varchar, _row_hash varchar, _load_id bigint)")
        connection.execute("insert into raw.calls values ('a', 'a1', 1)")
        connection.execute("create schema core")
        for name in (node["name"] for node in NODES.values() if node["resource_type"] != "test"):
            connection.execute(f"create table core.{name} (id integer)")
        yield connection


def night(
    build: duckdb.DuckDBPyConnection,
    rows: Mapping[str, str] | None = None,
    status: Mapping[str, str] | None = None,
    stop_before: str = "",
    full_refresh: bool = False,
    version: str = VERSION,
    only: tuple[str, ...] = tuple(NODES),
) -> list[str]:
    """What a run builds. `rows`: what comes out of tables, where it is not as ever; `stop_before`: where the run is killed."""
    carry_over = take(build, MANIFEST, version, full_refresh)
    built = []
    for name in (name for name in NODES if name in only):
        if name == stop_before:
            return built
        if carry_over.standing(name) is None:
            built.append(name)
            counted = (TABLES | dict(rows or {})).get(name) if carry_over.counts_by_rows(name) else None
            carry_over.note(name, (status or {}).get(name, "success"), 0, counted)
    give_back(build, carry_over, version)
    build.execute("insert into ingest.builds values ('run', now(), 1, false, 'code')")
    return built


def test_everything_is_built_once(build):
    assert night(build) == list(NODES)
    assert night(build) == ["model.int_touched_months"], "it says what has changed since the last build: it is asked every time"


def test_new_rows_reach_what_rests_on_them(build):
    night(build)
    build.execute("insert into raw.calls values ('b', 'b1', 2)")
    assert night(build, {"model.counts": "8 calls", "model.card": "another", "model.complete": "7 calls"}) == [
        *("model.int_touched_months", "model.fct_calls", "model.counts", "test.counts", "model.card", "model.complete", "model.chart")
    ]


def test_a_table_that_comes_out_the_same_ends_the_chain(build):
    night(build)
    build.execute("insert into raw.calls values ('b', 'b1', 2)")
    assert night(build) == ["model.int_touched_months", "model.fct_calls", "model.counts"]


def test_a_view_that_is_known_by_its_rows_ends_the_chain_where_they_are_the_same(build):
    night(build)
    build.execute("insert into raw.calls values ('b', 'b1', 2)")
    built = night(build, {"model.counts": "8 calls"})
    assert ("model.complete" in built, "model.chart" in built) == (True, False)


@pytest.mark.parametrize("change", ["update raw.calls set _row_hash = 'a2'", "delete from raw.calls", "update raw.calls set _load_id = 2"])
def test_a_raw_table_counts_by_its_rows(build, change):
    night(build)
    build.execute(change)
    assert "model.fct_calls" in night(build)


def test_after_a_killed_run_everything_is_built(build):
    night(build)
    build.execute("insert into raw.calls values ('b', 'b1', 2)")
    assert night(build, stop_before="test.counts")[-1] == "model.counts"
    build.execute("delete from raw.calls where call_id = 'b'")
    assert night(build) == list(NODES)


@pytest.mark.parametrize("how", [{"full_refresh": True}, {"version": "other code"}])
def test_other_code_and_a_full_refresh_build_everything(build, how):
    night(build)
    assert night(build, **how) == list(NODES)


def test_a_table_that_is_gone_is_built(build):
    night(build)
    build.execute("drop table core.card")
    assert "model.card" in night(build)


def test_a_test_that_failed_is_evaluated_again_and_one_that_warned_stands(build):
    night(build, status={"test.counts": "fail"})
    assert "test.counts" in night(build, status={"test.counts": "warn"})
    carry_over = take(build, MANIFEST, VERSION, full_refresh=False)
    stands = carry_over.standing("test.counts")
    assert stands is not None
    assert stands.status == "warn"


def test_a_model_that_was_not_built_is_built_by_the_next_run(build):
    """Behind a failed test nothing is built: what stands there is what was built before."""
    night(build)
    build.execute("insert into raw.calls values ('b', 'b1', 2)")
    night(build, {"model.counts": "8 calls"}, only=tuple(name for name in NODES if name != "model.card"))
    assert night(build, {"model.counts": "8 calls"}) == ["model.int_touched_months", "model.card"]


def test_a_run_of_a_part_leaves_facts_of_other_feeds_as_they_stand(build):
    """The facts that it does not build hold what they held, whatever has come in since."""
    night(build)
    build.execute("insert into raw.calls values ('b', 'b1', 2)")
    assert night(build, only=("model.counts",)) == [], "counts is what it was of the facts that stand"
    assert "model.counts" in night(build)


def test_what_is_not_known_of_an_input_is_no_reason_to_stand(build):
    carry_over = CarryOver(MANIFEST, {}, {"model.card": NodeBuilt("x", "one line", "success", None)})
    assert carry_over.inputs_of("model.card") is None
    assert carry_over.standing("model.card") is None
    carry_over.note("model.card", "success", None, "one line")
    assert carry_over.noted == {}


def test_only_incremental_builds_read_what_says_which_months_have_changed():
    """Its content is not part of what a node is built from: a table or a view that read it would hold a part and count as the whole."""
    macros = r"(in_touched_months|forget_touched_\w+|touched_periods|touched_months)\("
    models = {path.stem: path.read_text(encoding="utf-8") for path in (DBT_PROJECT_DIR / "models").rglob("*.sql")}
    assert models.keys() >= SAYS_WHERE_TO_LOOK
    assert not [name for name, text in models.items() for says in SAYS_WHERE_TO_LOOK if f"ref('{says}')" in text]
    readers = [name for name, text in models.items() if re.search(macros, text)]
    assert len(readers) > 15
    assert not [name for name in readers if "materialized='incremental'" not in models[name]]


# values -> what says which of their series have changed -> charts of those, beside a table of all values
SERIES = {
    "model.values": node("model", "values", "source.calls"),
    "model.int_series_inputs": node("model", "int_series_inputs", "model.values") | {"columns": {SAYS_WHICH_SERIES: {}}},
    "model.charts": node("model", "charts", "model.values", "model.int_series_inputs", materialized="incremental"),
    "model.points": node("model", "points", "model.values", "model.int_series_inputs"),
}


@pytest.mark.parametrize(("changed", "built"), [(0, ["model.points"]), (1, ["model.charts", "model.points"])])
def test_charts_stand_where_other_values_came_and_no_series_has_changed(changed, built):
    before = {name: NodeBuilt("other inputs", f"{name} before", "success", None) for name in SERIES}
    carry_over = CarryOver({"nodes": SERIES, "sources": {}}, {"source.calls": "another load"} | {k: v.content for k, v in before.items()}, before)
    for name in ("model.values", "model.int_series_inputs"):
        assert carry_over.standing(name) is None
        carry_over.note(name, "success", None, f"{name} now")
    carry_over.note_series("model.int_series_inputs", changed)
    assert [name for name in ("model.charts", "model.points") if carry_over.standing(name) is None] == built


def test_charts_of_a_night_before_do_not_stand_on_what_an_earlier_one_said_of_series():
    """What says which series have changed stands itself, and says what it said then."""
    carry_over = CarryOver({"nodes": SERIES, "sources": {}}, {}, {"model.charts": NodeBuilt("other inputs", "charts", "success", None)})
    assert carry_over.standing("model.charts") is None


def test_incremental_models_that_read_which_series_have_changed_work_out_those_alone():
    models = {path.stem: path.read_text(encoding="utf-8") for path in (DBT_PROJECT_DIR / "models").rglob("*.sql")}
    by_series = [name for name, text in models.items() if re.search(r"forget_(changed_series|changed_measures|since_changed_day)\(", text)]
    described = [model for path in (DBT_PROJECT_DIR / "models").rglob("*.yml") for model in read_yaml(path).get("models") or ()]
    says = {model["name"] for model in described if SAYS_WHICH_SERIES in {column["name"] for column in model.get("columns") or ()}}
    assert says == {"int_measure_inputs", "int_value_inputs", "int_series_inputs", "int_driver_inputs", "int_day_inputs", "int_call_days"}
    reads = re.compile(rf"is_changed_series\(|is_changed_measure\(|is_since_changed_day\(|is_read_for_changed_series\(|ref\('({'|'.join(says)})'\)")
    incremental = [name for name, text in models.items() if reads.search(text) and "materialized='incremental'" in text]
    assert set(incremental) <= set(by_series), "a model that also works out others would stand wrongly"


def test_a_build_is_whole_when_it_came_to_its_end(build):
    assert not is_whole(build, VERSION), "nothing was built"
    night(build, status={"test.counts": "fail"})
    assert is_whole(build, VERSION), "what a test finds is the gate's business"
    assert not is_whole(build, "other code")
    night(build, full_refresh=True, stop_before="model.card")
    assert not is_whole(build, VERSION), "it was killed"
