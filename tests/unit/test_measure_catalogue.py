"""The measure catalogue: complete, compiled as before, and refused with one message that names every mistake with its place and way out."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from pipelines.catalogue.catalogue import CATALOGUE_DIR, fact_columns, read_catalogue
from pipelines.catalogue.compiler import compile_catalogue, generated_files, resolve, threshold_sql
from pipelines.catalogue.model import ThresholdStep
from pipelines.catalogue.reading import CatalogueError
from pipelines.catalogue.statistics import STATISTICS
from pipelines.commands.measure import MeasureError, new_measure
from pipelines.settings import DBT_PROJECT_DIR, PROJECT_DIR

SNAPSHOT = PROJECT_DIR / "tests" / "golden" / "catalogue_0_1_0.csv"
# Measures whose meaning has been changed on purpose since the snapshot; each has a line in the CHANGELOG.
CHANGED = {"cps_action_plans_per_case", "magistrates_hearings_per_contested_case", "magistrates_hearings_per_guilty_case"}  # titles

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


@pytest.fixture(scope="module")
def catalogue():
    return read_catalogue(columns=fact_columns())


@pytest.fixture(scope="module")
def compiled(catalogue) -> dict[str, Any]:
    return resolve(catalogue)


def test_every_demanded_measure_stands_in_the_catalogue(catalogue):
    assert DEMANDED - {measure.entry.id for measure in catalogue.measures} == set()


def test_generated_files_have_not_drifted():
    for path, text in generated_files().items():
        assert path.read_text(encoding="utf-8") == text, "run `python -m pipelines.catalogue.compiler`"
    assert compile_catalogue() == []


def digest(measure: dict[str, Any], parts: dict[str, dict[str, Any]]) -> str:
    """What a measure is, without the names of its parts and the words of its sentence."""
    content = measure | {side: parts[measure[side]]["sql"] if measure[side] else None for side in ("numerator_id", "denominator_id")}
    content["population_id"] = measure["population_id"] is not None
    left_out = {"fact", "hourly_profile", "in_words", "operational", "process", "segments"}
    content = {key: value for key, value in content.items() if key not in left_out}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]


def test_the_measures_are_those_of_the_first_release(compiled):
    parts = {component["id"]: component for component in compiled["components"]}
    now = {measure["id"]: digest(measure, parts) for measure in compiled["measures"]}
    with SNAPSHOT.open(encoding="utf-8", newline="") as file:
        then = {row["measure_id"]: row["digest"] for row in csv.DictReader(file)}
    assert {id for id, was in then.items() if now.get(id) != was} == CHANGED


def test_facts_know_the_columns_that_the_models_read(catalogue):
    columns = fact_columns()
    for name, fact in catalogue.facts.items():
        levels = {"area_id"} if name == "fct_measure_returns" else {f"{level}_area_id" for level in fact.levels}  # a return names its area
        assert levels | {"month", "local_date", "is_excluded"} <= columns[name]


# --- a catalogue of a few measures, to break and to compile


@pytest.fixture
def folder(tmp_path) -> Path:
    """A catalogue with the real facts, units, frameworks and columns, and no measures yet."""
    copy = tmp_path / "pipelines" / "catalogue"
    (copy / "measures").mkdir(parents=True)
    for name in ("facts", "units", "frameworks", "findings", "columns"):
        shutil.copy(CATALOGUE_DIR / f"{name}.yaml", copy)
    (copy / "drivers.yaml").write_text("drivers: []\n")
    return copy


def write(folder: Path, text: str, name: str = "local") -> Path:
    path = folder / "measures" / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def mistakes(folder: Path) -> str:
    with pytest.raises(CatalogueError) as error:
        read_catalogue(folder, columns=fact_columns())
    return str(error.value)


RIGHT = """domain: local
defaults: {owner: Response, basis: force, population: logs}
measures:
- id: logs
  title: Logs
  definition: Logs created.
  statistic: count
  fact: fct_logs
  direction: neutral
"""


def test_every_mistake_of_every_file_stands_in_one_message_with_its_line(folder):
    write(folder, RIGHT)
    write(
        folder,
        """domain: crime
measures:
- id: logs
  title: Twice
  statistic: modus
  fact: fct_missing
  population: none
  direction: sideways
  colour: red
- {id: Wrong Id, title: t, definition: d, statistic: count, fact: fct_logs, population: p, direction: decrease, family: missing}
""",
        "other",
    )
    message = mistakes(folder)
    for part in (
        "pipelines/catalogue/measures/other.yaml, line 3, measure logs: `definition` is missing",
        "line 8, measure logs: `direction: sideways` is not one of increase, decrease, neutral",
        "line 9, measure logs: field `colour` is not known",
        "line 10, measure Wrong Id: `id: Wrong Id` may only hold lower-case letters",
        "line 10, measure Wrong Id: `family: missing` is not one of",
    ):
        assert part in message, message


def test_rules_between_fields_and_files_are_told_with_what_was_probably_meant(folder):
    write(
        folder,
        RIGHT
        + """- {id: logs, title: t, definition: d, statistic: cuont, fact: fct_log, direction: neutral}
- {id: deployed, title: t, definition: d, statistic: share, fact: fct_logs, numerator: is_deployd, where: "source in (", direction: neutral}
- {id: rate, title: t, definition: d, statistic: rate, numerator: {measure: log}, denominator: {fact: fct_logs}, direction: neutral}
""",
    )
    message = mistakes(folder)
    for part in (
        "line 10, measure logs: the id stands twice in the catalogue, first in local.yaml, line 4",
        "`statistic: cuont` is not one of count, sum",
        "did you mean count?",
        "did you mean fct_logs?",
        "line 11, measure deployed: fct_logs has no column `is_deployd`; did you mean is_deployed?",
        "`source in (` is no SQL expression",
        "`{measure: log}` must name a measure that counts or adds up rows",
        "did you mean logs?",
    ):
        assert part in message, message


def test_a_rule_of_a_finding_is_checked_with_the_measures(folder):
    write(folder, RIGHT.replace("neutral", "up"))
    path = folder / "findings.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("section: trend", "section: trends", 1).replace("{record_months}", "{record_month}", 1).replace("sign: 1", "sign: up", 1)
    )
    message = mistakes(folder)
    for part in (
        "local.yaml, line 9, measure logs: `direction: up`",
        "`section: trends` is not one of level, trend, movement",
        "`{record_month}` is no variable of dbt_project.yml",
        "rule exceptional_high: `sign: up` is not one of",
    ):
        assert part in message, message


def test_unreadable_yaml_names_the_file_and_line_and_hides_no_other_mistake(folder):
    write(folder, RIGHT.replace("- id: logs", "- id: [logs"))
    write(folder, RIGHT.replace("neutral", "up"), "other")
    message = mistakes(folder)
    assert re.search(r"local\.yaml, line \d+: not readable YAML", message)
    assert "other.yaml, line 9, measure logs: `direction: up`" in message


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ("statistic: population_rate, numerator: {measure: logs}, per: 7", "`per: 7` is not one of 1000, 10000, 100000"),
        ("statistic: population_rate, numerator: is_test, per: 1000", "the numerator of a population_rate is {measure: id}"),
        ("statistic: returned, unit: tons, rolls_up: sum", "`unit: tons` is not one of count, pct, seconds"),
        ("statistic: returned, unit: count", "statistic `returned` needs `rolls_up`"),
        ("statistic: count, fact: fct_logs, not_collected: not yet", "only a returned measure can be `not_collected`"),
        ("statistic: count, fact: fct_logs, frameworks: [OPPC]", "`frameworks: OPPC` is not one of OPCC, CSP, WCJB, National; did you mean OPCC?"),
        ("statistic: ratio, numerator: is_test, denominator: is_test", "both sides of a ratio are"),
        ("statistic: share, fact: fct_logs, numerator: 'sla_seconds < {threshold}'", "`threshold` and `{threshold}` in the numerator go together"),
        ("statistic: count, fact: fct_logs, where: 'sla_seconds < {nothing}'", "`{nothing}` is no parameter"),
        ("statistic: median, fact: fct_logs, of: sla_seconds, segment_by: source", "statistic `median` has no segments"),
        ("statistic: mean, fact: fct_logs, of: sla_seconds, hourly_profile: true", "only a count has a profile"),
        ("statistic: median, fact: fct_logs, of: sla_seconds, operational: true", "only sums and their quotients are counted by day"),
        ("statistic: count, fact: fct_logs, targets: [{value: often, type: SLA}]", "line 10, measure wrong: `value`: give a number, not 'often'"),
        ("statistic: count, fact: fct_logs, levels: [ward]", "`levels: ward` is not one of force, district, cpt"),
    ],
)
def test_what_a_statistic_needs_is_said(folder, fields, sentence):
    write(folder, RIGHT + f"- {{id: wrong, title: t, definition: d, direction: decrease, {fields}}}\n")
    assert sentence in mistakes(folder)


@pytest.mark.parametrize("statistic", STATISTICS)
def test_a_new_entry_says_what_is_still_to_be_filled_in_and_is_right_but_for_that(folder, statistic):
    write(
        folder,
        RIGHT
        + """- {id: recorded_crime_volume, title: t, definition: d, statistic: count, fact: fct_crimes, direction: neutral}
""",
    )
    new_measure("mine", "local", statistic, folder)
    message = mistakes(folder)
    assert message.splitlines()[0] == "the catalogue has 3 mistakes, so nothing is built:", message
    for field in ("title", "definition", "population"):
        assert f"measure mine: `{field}` is still to be filled in" in message
    with pytest.raises(MeasureError, match="is taken in measures/local"):
        new_measure("mine", "local", statistic, folder)


def test_a_field_of_the_entry_counts_before_its_family_and_that_before_the_defaults(folder):
    write(
        folder,
        """domain: local
defaults: {owner: A, basis: force, population: logs, fact: fct_logs, sensitive: true}
families:
  silent: {owner: B, where: is_silent_999}
measures:
- {id: a, title: t, definition: d, statistic: count, direction: neutral}
- {id: b, title: t, definition: d, statistic: count, direction: neutral, family: silent}
- {id: c, title: t, definition: d, statistic: count, direction: neutral, family: silent, owner: C, sensitive: false}
- {id: d, title: t, definition: d, statistic: population_rate, numerator: {measure: b}, per: 1000, direction: neutral}
""",
    )
    measures = {measure["id"]: measure for measure in resolve(read_catalogue(folder))["measures"]}
    assert [(measures[id]["owner"], measures[id]["where"], measures[id]["sensitive"]) for id in "abcd"] == [
        ("A", "true", True), ("B", "is_silent_999", True), ("C", "is_silent_999", False), ("A", "true", True),
    ]  # fmt: skip
    assert measures["d"]["numerator_id"] == measures["b"]["numerator_id"]


def test_what_two_measures_count_alike_is_one_component_and_a_rate_has_the_parts_of_what_it_counts(folder):
    entries = """
- {id: crimes, statistic: count, fact: fct_crimes, segment_by: offence_group}
- {id: crime_rate, statistic: population_rate, numerator: {measure: crimes}, per: 100000}
- {id: charged, statistic: cohort_rate, fact: fct_crimes, numerator: is_charged_to_date}
- {id: waits, statistic: returned, unit: days, rolls_up: none, not_collected: nobody counts}
- {id: clients, statistic: returned, unit: pct, rolls_up: ratio}
- {id: seconds, statistic: sum, fact: fct_logs, of: sla_seconds, segment_by: source}
- {id: per_second, statistic: ratio, numerator: {measure: seconds}, segment_by: source, levels: [force],
   denominator: {fact: fct_logs, sum: response_seconds}}
- {id: deployed, statistic: share, fact: fct_logs, where: is_deployed or is_silent_999, numerator: source = '999'}
"""
    text = "domain: local\ndefaults: {owner: A, basis: force, population: p, direction: neutral}\nmeasures:" + re.sub(
        r"\{id: (\w+),", r"{id: \1, title: t, definition: d,", entries
    )
    write(folder, text)
    data = resolve(read_catalogue(folder))
    measures = {measure["id"]: measure for measure in data["measures"]}
    fields = ("made_of", "unit", "scale", "numerator_id", "denominator_id", "segment_by", "rolls_up", "levels")
    assert {id: tuple(measure[field] for field in fields) for id, measure in measures.items()} == {
        "crimes": ("components", "count", 1, "crimes", None, "offence_group", None, ["force", "district", "cpt"]),
        "crime_rate": ("components", "per_100k", 100000, "crimes", None, "offence_group", None, ["force", "district", "cpt"]),
        "charged": ("components", "pct", 100, "charged.numerator", "charged.denominator", None, None, ["force", "district", "cpt"]),
        "waits": ("returns", "days", 1, None, None, None, "none", ["force", "district", "cpt"]),
        "clients": ("returns", "pct", 100, None, None, None, "ratio", ["force", "district", "cpt"]),
        "seconds": ("components", "count", 1, "seconds", None, "source", None, ["force", "district", "cpt"]),
        "per_second": ("components", "pct", 100, "seconds", "per_second.denominator", "source", None, ["force"]),
        "deployed": ("components", "pct", 100, "deployed.numerator", "deployed.denominator", None, None, ["force", "district", "cpt"]),
    }
    assert measures["charged"]["feeds"] == ["crimes", "crime_outcomes"]
    sql = {component["id"]: component["sql"] for component in data["components"]}
    assert sql["deployed.numerator"] == "count(*) filter (where (is_deployed or is_silent_999) and source = '999')"


def test_a_threshold_holds_from_its_date_on():
    step = ThresholdStep.model_validate
    assert threshold_sql([step({"value": 10})]) == "10"
    assert threshold_sql([step({"value": 10}), step({"value": 12, "from": "2023-04-01"}), step({"value": 15, "from": "2024-04-01"})]) == (
        "(case when local_date >= date '2024-04-01' then 15 when local_date >= date '2023-04-01' then 12 else 10 end)"
    )


def test_a_broken_catalogue_leaves_what_was_generated_as_it_is(folder, tmp_path):
    project = tmp_path / "dbt_project"
    shutil.copytree(DBT_PROJECT_DIR, project, ignore=shutil.ignore_patterns("target", "logs"))
    before = (project / "macros" / "_catalogue.sql").read_bytes()
    write(folder, RIGHT.replace("neutral", "up"))
    with pytest.raises(CatalogueError):
        compile_catalogue(folder, project)
    assert (project / "macros" / "_catalogue.sql").read_bytes() == before
    write(folder, RIGHT)
    assert project / "macros" / "_catalogue.sql" in compile_catalogue(folder, project)
    assert compile_catalogue(folder, project) == []
