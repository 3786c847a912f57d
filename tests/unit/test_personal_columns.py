"""Personal columns cannot reach a published model: the project as it is, and models that would show one."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.contracts.model import load_contracts
from pipelines.contracts.personal import personal_columns, published_personal_columns
from pipelines.settings import Settings
from pipelines.transform.project import TransformError, load_manifest, refuse_personal_columns

CONTRACTS = load_contracts()


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
        "raw_code": sql,
    }


def breaches(*models: dict[str, Any]) -> list[str]:
    return published_personal_columns({"nodes": {f"model.{m['name']}": m for m in models}}, CONTRACTS)


def test_callers_and_suspects_ages_and_places_are_personal():
    assert {"cli", "suspect_id", "victim_age", "lsoa_code", "is_csa"} <= personal_columns(CONTRACTS)


def test_a_published_model_may_not_show_a_personal_column():
    assert breaches(model("calls", ("call_id", "CLI"), "select call_id, cli from x", published=True)) == [
        "measures.calls.cli is published, but it is personal"
    ]
    assert breaches(model("calls", ("call_id", "cli"), "select call_id, cli from x")) == [], "what is not published may"


def test_nor_under_another_name_wherever_it_was_given():
    staged = model("stg", ("age",), "select\n    crimes.victim_age as age,\n    count(*) as n\nfrom crimes")
    core = model("fct", ("age_in_years",), "select stg.age as age_in_years from stg", reads=("stg",))
    mart = model("mart", ("years", "n"), "select\n    n,\n    age_in_years as years\nfrom fct", reads=("fct",), published=True)
    assert breaches(staged, core, mart) == ["measures.mart.years is published, but it is personal (victim_age under another name)"]
    other = model("other", ("years",), "select tenure as years from staff", published=True)
    assert breaches(staged, core, other) == [], "a name is personal in the models that read it, not everywhere"


@pytest.mark.parametrize(("columns", "enforced"), [((), True), (("call_id",), False)])
def test_a_published_model_says_its_columns_and_keeps_to_them(columns, enforced):
    found = breaches(model("calls", columns, "select * from x", published=True, enforced=enforced))
    assert len(found) == 1
    assert "select *" in found[0]


def test_what_counts_persons_without_naming_them_is_for_the_reviewer():
    sql = "select month, count(*) filter (where victim_age < 18) as child_victims from fct group by month"
    assert breaches(model("counts", ("month", "child_victims"), sql, published=True)) == []


def test_the_project_publishes_none_and_one_that_did_would_not_be_built(tmp_path):
    manifest = load_manifest(Settings(data_dir=tmp_path, hash_key=b"a key for tests only"))
    refuse_personal_columns(manifest, CONTRACTS)
    key = next(key for key, node in manifest["nodes"].items() if node["name"] == "measure_values")
    manifest["nodes"][key]["columns"]["victim_age"] = {"name": "victim_age"}
    with pytest.raises(TransformError, match=r"measures\.measure_values\.victim_age is published, but it is personal"):
        refuse_personal_columns(manifest, CONTRACTS)
