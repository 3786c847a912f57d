"""Personal columns cannot reach a published model: the project as it is, the same with leaks put in, and the SQL through which values go."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.contracts.loading import load_contracts
from pipelines.contracts.personal import personal_columns
from pipelines.settings import Settings
from pipelines.transform.lineage import LineageError, Relation, model_lineage
from pipelines.transform.manifest import load_manifest
from pipelines.transform.personal import ALLOWED, compiled_models, published_personal_columns, refuse_personal_columns
from pipelines.transform.project import TransformError
from pipelines.transform.runner import parsed_project
from tests.landing import HASH_KEY

CONTRACTS = load_contracts()
CALLS = Relation(("call_id", "cli", "line"), {"cli": {"raw.calls.cli": ()}})


def model(
    name: str, columns: tuple[str, ...], sql: str, reads: tuple[str, ...] = (), published: bool = False, enforced: bool = True
) -> dict[str, Any]:
    return {
        "resource_type": "model",
        "name": name,
        "schema": "measures",
        "columns": {column: {} for column in columns},
        "config": {"meta": {"published": published}, "contract": {"enforced": enforced}},
        "depends_on": {"nodes": [f"model.{one}" for one in reads]},
        "compiled": sql,
    }


def breaches(*models: dict[str, Any]) -> list[str]:
    nodes = {f"model.{m['name']}": m for m in models}
    return published_personal_columns({"nodes": nodes}, {key: node["compiled"] for key, node in nodes.items()}, CONTRACTS, allowed={})


def carried(sql: str, **before: str) -> set[str]:
    """The columns of a query that the telephone number in raw.calls reaches; `before` are models that it may read as `m.<name>`."""
    models = {f"m.{name}": text for name, text in before.items()} | {"m.last": sql}
    return set(model_lineage(models, {"raw.calls": CALLS}).relations["m.last"].carried)


def test_callers_and_suspects_ages_and_places_are_personal():
    assert {"cli", "suspect_id", "victim_age", "lsoa_code", "is_csa"} <= personal_columns(CONTRACTS)


@pytest.mark.parametrize(
    ("sql", "columns"),
    [
        ("select call_id, cli from raw.calls", {"cli"}),
        ('select c."CLI" as who from "build"."raw"."calls" as c', {"who"}),
        ("select upper(cli) as x, line from raw.calls", {"x"}),
        ("select line || '/' || cli as x, concat(line, cli) as y from raw.calls", {"x", "y"}),
        ("select coalesce(nullif(trim(cli), ''), 'none') as x, md5(cli) as y, cli = '0' as z from raw.calls", {"x", "y", "z"}),
        ("select case when line = '999' then cli else 'x' end as x, if(true, cli, null) as y from raw.calls", {"x", "y"}),
        ("select cli as a, upper(a) as b from raw.calls", {"a", "b"}),
        ("select * from raw.calls", {"cli"}),
        ("select c.* exclude (line) from raw.calls as c", {"cli"}),
        ("select * rename (cli as x) from raw.calls", {"x"}),
        ("select * replace (cli as line) from raw.calls", {"cli", "line"}),
        ("select columns(*) from raw.calls", {"*"}),
        ("from raw.calls", {"cli"}),
        ("with c as (select * from raw.calls) select lower(c.cli) as x from c", {"x"}),
        ("with c(a, b, d) as (select * from raw.calls) select b from c", {"b"}),
        ("select b from (select call_id, cli from raw.calls) as t(a, b)", {"b"}),
        ("select line as a from raw.calls union all select cli from raw.calls", {"a"}),
        ("select line as a, call_id as b, line as c from raw.calls union all select * from raw.calls", {"b"}),
        ("select line from raw.calls union all by name select cli from raw.calls", {"cli"}),
        ("with recursive r as (select call_id as a, cli as b from raw.calls union all select r.b, r.b from r) select a from r", {"a"}),
        ("select d.n, (select max(cli) from raw.calls) as x from d", {"x"}),
        ("select d.n, (select d.n || c.cli from raw.calls as c limit 1) as x from d", {"x"}),
        ("select n, c.cli as x from d left join raw.calls as c on c.call_id = d.n", {"x"}),
        ("select min(cli) as a, any_value(cli) as b, arg_max(cli, line) as c from raw.calls", {"a", "b", "c"}),
        ("select string_agg(cli, ',' order by line) as a, list(cli) as b from raw.calls", {"a", "b"}),
        ("select lag(cli) over (order by line) as x, quantile_disc(0.5) within group (order by cli) as y from raw.calls", {"x", "y"}),
        ("select t.x from raw.calls as c, unnest([c.cli]) as t(x)", {"x"}),
        ("select list_transform([cli], x -> upper(x)) as x, {'a': cli} as y from raw.calls", {"x", "y"}),
        ("select s.who as x from (select {'who': cli} as s from raw.calls)", {"x"}),
        ("select c as whole from raw.calls as c", {"whole"}),
        ("select value from raw.calls unpivot (value for name in (line, cli))", {"value"}),
    ],
)
def test_a_value_is_followed_through(sql, columns):
    assert carried(sql) == columns


@pytest.mark.parametrize(
    "sql",
    [
        "select call_id, line from raw.calls where cli = '0' order by cli",
        "select line, count(*) as n, count(distinct cli) as callers, count_if(cli = '0') as m from raw.calls group by line having max(cli) > 'a'",
        "select count(*) filter (where cli is not null) as n, sum(case when cli = '0' then 1 else 0 end) as m from raw.calls",
        "select case when cli like '07%' then 'mobile' else 'other' end as kind, cli is null as is_withheld, cli in ('1', '2') as y from raw.calls",
        "select row_number() over (partition by cli order by line) as nth from raw.calls qualify nth = 1",
        "select a.line from raw.calls as a inner join raw.calls as b on a.cli = b.cli",
        "select d.n, exists (select 1 from raw.calls as c where c.cli = d.n) as x from d",
        "select * exclude (cli) from raw.calls",
        "select * replace ('x' as cli) from raw.calls",
        "select line from raw.calls except select cli from raw.calls",
        "select d.cli from d, raw.calls as c",
        "select arg_max(line, cli) as x, first(line order by cli) as y from raw.calls",
    ],
)
def test_what_only_decides_or_counts_carries_nothing(sql):
    assert carried(sql) == set()


def test_a_value_is_followed_through_models_with_its_path():
    models = {"m.a": "select upper(cli) as x from raw.calls", "m.b": "select * from m.a", "m.c": "select x || '!' as y from m.b"}
    lineage = model_lineage(models, {"raw.calls": CALLS})
    assert lineage.relations["m.c"].carried == {"y": {"raw.calls.cli": ("m.a.x", "m.b.x", "m.c.y")}}
    lineage = model_lineage(models, {"raw.calls": CALLS}, {("raw.calls.cli", "m.b.x")})
    assert lineage.relations["m.c"].carried == {}, "an origin ends where it is declared to"
    assert lineage.ended == {("raw.calls.cli", "m.b.x")}


@pytest.mark.parametrize("sql", ["select (", "create table x (a int)", "select 1; select 2"])
def test_sql_that_cannot_be_followed_is_an_error(sql):
    with pytest.raises(LineageError, match=r"m\.last"):
        carried(sql)


def test_a_published_model_may_not_show_a_personal_column():
    sql = "select call_id, cli from raw.force_calls"
    (found,) = breaches(model("calls", ("call_id", "CLI"), sql, published=True))
    assert "measures.calls.cli is published, but raw.force_calls.cli reaches it" in found
    assert breaches(model("calls", ("call_id", "cli"), sql)) == [], "what is not published may"


def test_a_leak_is_named_once_where_it_becomes_public():
    first = model("calls", ("x",), "select upper(cli) as x from raw.force_calls", published=True)
    then = model("more", ("y",), "select x || '!' as y from measures.calls", reads=("calls",), published=True)
    (found,) = breaches(then, first)
    assert found.endswith("raw.force_calls.cli -> measures.calls.x")


def test_a_personal_column_s_name_is_no_name_for_something_else():
    (found,) = breaches(model("ages", ("victim_age",), "select 1 as victim_age", published=True))
    assert found == "measures.ages.victim_age is published, but it has the name of a personal column"


@pytest.mark.parametrize(("columns", "enforced"), [((), True), (("call_id",), False)])
def test_a_published_model_says_its_columns_and_keeps_to_them(columns, enforced):
    found = breaches(model("calls", columns, "select call_id from raw.force_calls", published=True, enforced=enforced))
    assert len(found) == 1
    assert "select *" in found[0]


@pytest.fixture(scope="module")
def project(parsed) -> tuple[dict[str, Any], dict[str, str]]:
    """The project's manifest, and the compiled SQL of its models."""
    return load_manifest(parsed), compiled_models(parsed, CONTRACTS, parsed_project(parsed))


def test_the_project_publishes_none(project):
    manifest, sql = project
    assert len(sql) == len([node for node in manifest["nodes"].values() if node["resource_type"] == "model"])
    assert published_personal_columns(manifest, sql, CONTRACTS) == []


def test_without_its_allowances_the_project_is_refused(project):
    for source, column in ALLOWED:
        rest = {key: reason for key, reason in ALLOWED.items() if key != (source, column)}
        found = published_personal_columns(*project, CONTRACTS, rest)
        assert any(source in line and column in line for line in found)


def test_an_allowance_that_allows_nothing_is_refused(project):
    idle = {**ALLOWED, ("raw.force_calls.cli", "core.dim_date.date_day"): "no reason"}
    (found,) = published_personal_columns(*project, CONTRACTS, idle)
    assert found.startswith("raw.force_calls.cli is allowed in core.dim_date.date_day, but does not reach it")


CALL = "select * from ({}) as built cross join (select {} as leak from {}) as leaking"


@pytest.mark.parametrize(
    ("leaks", "path"),
    [
        ({"measure_values": CALL.format("{sql}", "upper(cli)", "raw.force_calls")}, ["measures.measure_values.leak"]),
        (
            {"dim_area": CALL.format("{sql}", "'tel ' || cli", "staging.stg_telephony__calls")},
            ["staging.stg_telephony__calls.cli", "core.dim_area.leak"],
        ),
        (
            {
                "fct_force_calls": "select built.*, c.cli as who from ({sql}) as built left join staging.stg_telephony__calls as c using (call_id)",
                "measure_values": CALL.format("{sql}", "lower(who)", "core.fct_force_calls"),
            },
            ["staging.stg_telephony__calls.cli", "core.fct_force_calls.who", "measures.measure_values.leak"],
        ),
        (
            {"outcomes": "select 'x' as leak union all select lsoa_code from staging.stg_command_control__logs"},
            ["staging.stg_command_control__logs.lsoa_code", "governance.outcomes.leak"],
        ),
        ({"cards": "select * from raw.suspects"}, ["scorecards.cards.suspect_id"]),
    ],
    ids=["upper", "concatenation", "two models", "union", "star"],
)
def test_a_leak_put_into_the_project_is_refused_with_its_path(project, leaks, path):
    manifest, sql = project
    keys = {manifest["nodes"][key]["name"]: key for key in sql}
    leaking = sql | {keys[name]: text.replace("{sql}", sql[keys[name]]) for name, text in leaks.items()}
    nodes = {key: dict(node) for key, node in manifest["nodes"].items()}
    for name, text in leaks.items():  # dbt would know of the reference
        reads = [key for other, key in keys.items() if f"{nodes[key]['schema']}.{other}" in text]
        nodes[keys[name]]["depends_on"] = {"nodes": [*nodes[keys[name]]["depends_on"]["nodes"], *reads]}
    found = published_personal_columns({**manifest, "nodes": nodes}, leaking, CONTRACTS)
    assert any(" -> ".join(path) in line for line in found), found


def test_a_project_that_leaks_is_not_built(project, tmp_path, monkeypatch):
    manifest, sql = project
    key = next(key for key in sql if manifest["nodes"][key]["name"] == "outcomes")
    leaking = sql | {key: "select cli from raw.force_calls"}
    monkeypatch.setattr("pipelines.transform.personal.compiled_models", lambda *_: leaking)
    settings = Settings(data_dir=tmp_path, hash_key=HASH_KEY)
    with pytest.raises(TransformError, match=r"nothing is built.*\n- governance\.outcomes\.cli is published"):
        refuse_personal_columns(settings, CONTRACTS, manifest, None, "a version that has not passed")
