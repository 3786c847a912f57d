"""The measure catalogue: complete, well-formed, and refused with a message that names the entry where it is not."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import jinja2
import pytest
import yaml

from pipelines.settings import DBT_PROJECT_DIR

CATALOGUE_DIR = DBT_PROJECT_DIR / "macros" / "catalogue"
CORE_YAML = sorted((DBT_PROJECT_DIR / "models" / "core").glob("_*.yml"))

LINES = ("public_999", "line_101", "cch", "crib")
GRADES = ("immediate", "priority")
POPULATIONS = ("da", "rape", "sso")
# Every measure of the first nine feeds that the definitions demand.
DEMANDED = {
    *(f"{line}_{what}" for line in LINES for what in ("calls_offered", "wait_time_mean", "wait_time_median", "abandonment_rate")),
    "public_999_answered_within_10s_rate",
    "cch_answered_within_sla_rate",
    "cch_abandoned_count",
    "cch_abandoned_within_0_60s_count",
    "cch_abandoned_within_0_60s_share",
    "cch_abandonment_rate_excl_ivr_window",
    *(f"bt_999_{what}{basis}" for what in ("calls_offered", "abandonment_rate", "answer_time_mean") for basis in ("", "_adjusted")),
    "silent_999_logs",
    "no_deployment_logs",
    "ocr_volume",
    *(
        f"{grade}_{what}"
        for grade in GRADES
        for what in (
            "log_volume",
            "response_time_mean",
            "response_time_median",
            "response_time_p90",
            "response_time_mean_excl_over_10h",
            "logs_over_10h_share",
            "response_rate",
            "response_rate_attended",
            "time_at_scene_median",
            "time_at_scene_mean",
        )
    ),
    "asb_incidents",
    "asb_share_of_total",
    "recorded_crime_volume",
    "da_crime_volume",
    "rape_volume",
    "sso_volume",
    "rasso_crime_volume",
    "rape_child_victim_volume",
    "rasso_child_victim_volume",
    *(f"{population}_{what}" for population in POPULATIONS for what in ("fat_outcome_rate", "outcome_15_rate", "outcome_16_rate")),
    "da_arrest_rate",
    "street_crime_volume",
}
SQL_WORDS = {"and", "or", "not", "is", "null", "in", "true", "false", "between", "like", "case", "when", "then", "else", "end"}


def rendered(name: str, path: Path) -> str:
    """The YAML text that a catalogue macro stands for; the macros use plain Jinja and the project's variables only."""
    environment = jinja2.Environment()
    environment.globals["var"] = yaml.safe_load((DBT_PROJECT_DIR / "dbt_project.yml").read_text(encoding="utf-8"))["vars"].get
    return environment.from_string(path.read_text(encoding="utf-8") + "{{ " + name + "() }}").render()


def catalogue_macros() -> dict[str, Path]:
    found = {}
    for path in sorted(CATALOGUE_DIR.glob("[!_]*.sql")):
        for name in re.findall(r"{% macro (catalogue_\w+)\(\)", path.read_text(encoding="utf-8")):
            found[name] = path
    return found


@pytest.fixture(scope="module")
def entries() -> list[dict]:
    return [entry for name, path in catalogue_macros().items() for entry in yaml.safe_load(rendered(name, path))["measures"]]


@pytest.fixture(scope="module")
def facts() -> dict[str, dict]:
    return yaml.safe_load(rendered("catalogue_facts", CATALOGUE_DIR / "_facts.sql"))


def test_every_demanded_measure_stands_in_the_catalogue_once(entries):
    ids = [entry["id"] for entry in entries]
    assert sorted(set(ids)) == sorted(ids)
    assert DEMANDED - set(ids) == set()


def test_every_domain_file_is_listed():
    listed = (CATALOGUE_DIR / "_domains.sql").read_text(encoding="utf-8")
    assert [name for name in catalogue_macros() if f"{name}()" not in listed] == []


def test_conditions_name_columns_of_their_fact(entries, facts):
    columns = {
        model["name"]: {c["name"] for c in model["columns"]}
        for path in CORE_YAML
        for model in yaml.safe_load(path.read_text("utf-8")).get("models", [])
    }
    facts_of = {"estimate": "fct_survey_estimates"}
    for entry in entries:
        sides = [entry, *(side for side in (entry.get("numerator"), entry.get("denominator")) if isinstance(side, dict))]
        for side in sides:
            fact = side.get("fact") or facts_of.get(side.get("statistic", ""))
            if fact is None:
                continue
            texts = [side.get(part) for part in ("where", "of", "sum", "margin", "segment_by", "numerator")]
            text = re.sub(r"'[^']*'|{threshold}", "", " ".join(t for t in texts if isinstance(t, str)))
            named = set(re.findall(r"[a-z_][a-z0-9_]*", text)) - SQL_WORDS
            assert named <= columns[fact], entry["id"]
    for fact, known in facts.items():
        levels = {"area_id"} if fact == "fct_measure_returns" else {f"{level}_area_id" for level in known["levels"]}  # a return names its area
        assert levels | {"month", "local_date", "is_excluded"} <= columns[fact]


@pytest.fixture
def project(tmp_path, monkeypatch) -> Path:
    """A copy of the dbt project to break, with its own target."""
    copy = tmp_path / "dbt_project"
    shutil.copytree(DBT_PROJECT_DIR, copy, ignore=shutil.ignore_patterns("target", "logs"))
    monkeypatch.setenv("SCORECARDS_BUILD_PATH", str(tmp_path / "build.duckdb"))
    monkeypatch.setenv("DBT_TARGET_PATH", str(tmp_path / "target"))
    monkeypatch.setenv("DBT_LOG_PATH", str(tmp_path / "logs"))
    return copy


def parse_error(project: Path) -> str:
    from dbt.cli.main import dbtRunner

    result = dbtRunner().invoke(["--quiet", "parse", "--project-dir", str(project), "--profiles-dir", str(project)])
    assert not result.success
    return str(result.exception)


def test_a_wrong_entry_stops_the_parse_and_is_named_with_all_that_is_wrong(project):
    path = project / "macros" / "catalogue" / "local.sql"
    broken = """
- id: asb_incidents
  title: Twice
  statistic: modus
  fact: fct_missing
  population: none
  direction: sideways
  colour: red
"""
    path.write_text(path.read_text(encoding="utf-8").replace("{% endmacro %}", broken + "{% endmacro %}"), encoding="utf-8")
    message = parse_error(project)
    for part in (
        "domain local, measure asb_incidents",
        "`definition` is missing",
        "stands twice",
        "statistic `modus` is not one of count",
        "fact `fct_missing` is not one of fct_force_calls",
        "`direction: sideways` is not one of increase",
        "field `colour` is not one of",
    ):
        assert part in message


def test_unreadable_yaml_names_the_domain(project):
    path = project / "macros" / "catalogue" / "local.sql"
    path.write_text(path.read_text(encoding="utf-8").replace("- id: asb_incidents", "- id: [asb_incidents"), encoding="utf-8")
    message = parse_error(project)
    assert "domain number 9" in message
    assert "not readable YAML" in message


def test_what_the_newer_statistics_need_is_said(project):
    path = project / "macros" / "catalogue" / "local.sql"
    broken = """
- {id: wrong, title: t, definition: d, population: p, statistic: STATISTIC, direction: decrease, FIELDS}
{% endmacro %}"""
    cases = {
        "population_rate, numerator: {measure: asb_incidents}, per: 7": "`per: 7` is not one of 1000, 10000, 100000",
        "population_rate, numerator: is_test, per: 1000": "the numerator of a population_rate is {measure: id}",
        "returned, unit: tons, rolls_up: yes": "`unit: tons` is not one of count, pct, seconds",
        "count, fact: fct_logs, not_collected: not yet": "only a returned measure can be `not_collected`",
        "count, fact: fct_logs, frameworks: [OPPC]": "framework `OPPC` is not one of OPCC, CSP, WCJB",
        "ratio, numerator: is_test, denominator: is_test": "both sides of a ratio are",
    }
    whole = path.read_text(encoding="utf-8")
    for case, said in cases.items():
        statistic, fields = case.split(", ", maxsplit=1)
        entry = broken.replace("STATISTIC", statistic).replace("FIELDS", fields)
        path.write_text(whole.replace("{% endmacro %}", entry), encoding="utf-8")
        assert said in parse_error(project), case
