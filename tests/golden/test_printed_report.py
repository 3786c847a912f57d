"""The whole demo at its true size, beside the printed report: every figure that can hold does, and a figure follows its rows."""

from __future__ import annotations

import shutil
from datetime import date

import pytest

from pipelines.demonstration import AS_AT, declare
from pipelines.report.highlight.beside_printed import side_by_side
from pipelines.report.highlight.build import build
from pipelines.report.marts import Marts
from pipelines.settings import PROJECT_DIR, Settings
from pipelines.synthetic.generate import write_extracts
from tests.building import Dbt
from tests.e2e.force import Force
from tests.landing import HASH_KEY, Landing

# Printed contradictions (docs/printed-report.md): one of two printed figures follows from the rows, the other cannot.
CONTRADICTED = {"pri_swindon_3m_exceptional_sowhat", "da_2022_vs_2019_per_month"}
WEEK = ("2023-07-10", "2023-07-17")


OUTCOMES = "select figure_id, outcome, computed_value from measures.published_figures"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, parsed: Settings) -> Force:
    """The demo at scale 1, taken in and published once."""
    # two threads take a tenth more processor time, and other tests run beside it
    force = Force(Settings(data_dir=tmp_path_factory.mktemp("demo"), hash_key=HASH_KEY, settle_seconds=0, threads=1))
    shutil.copytree(parsed.dbt_target_dir, force.settings.dbt_target_dir)
    write_extracts(force.landing)
    declare(force.settings)
    assert force.run() == 0
    return force


def outcomes(force: Force, kind: str = "figure") -> dict[str, str]:
    return dict(force.query("select figure_id, outcome from measures.published_figures where kind = ?", [kind]))


def test_all_213_figures_are_there_and_all_but_the_contradicted_ones_match(demo):
    found = outcomes(demo)
    assert len(found) == 213
    assert {figure for figure, outcome in found.items() if outcome != "match"} == CONTRADICTED


def test_every_statement_stands_beside_what_the_marts_say(demo):
    assert len(outcomes(demo, "statement")) == 112
    assert demo.query("select count(*) from measures.published_figures where (outcome = 'match') <> (reason is null)") == [(0,)]


def test_at_least_89_statements_are_borne_out_and_each_of_the_rest_has_a_reason_of_its_own(demo):
    assert list(outcomes(demo, "statement").values()).count("match") >= 89
    reasons = demo.query("select reason from measures.published_figures where kind = 'statement' and outcome <> 'match'")
    assert len(set(reasons)) == len(reasons)


def test_contradicted_figures_say_what_follows_from_the_data(demo):
    reasons = dict(demo.query("select figure_id, reason from measures.published_figures where outcome = 'mismatch' and kind = 'figure'"))
    assert set(reasons) == CONTRADICTED
    assert all(reason.startswith("the report contradicts itself") for reason in reasons.values())


def test_the_demonstration_has_a_date_of_its_own_and_is_not_late(demo):
    assert demo.query("select demonstration_date, data_to <= demonstration_date from quality.heartbeat") == [(AS_AT, True)]
    late = "select message from quality.check_results where check_name in ('fresh', 'workbook_is_new') and status <> 'passed'"
    assert demo.query(late) == []


def test_nothing_stands_against_signing_the_report_off(demo):
    """Each sentence of the demonstration's commentary is borne out by its figures."""
    with Marts.open(demo.settings.marts_path, demo.settings.threads) as marts:
        assert build(marts, quarter=date(2023, 9, 30)).objections == []
        assert marts.rows("select * from quality.narrative_issues where source <> 'finding' order by all") == []


def test_the_page_beside_the_printed_report_is_what_the_marts_say(demo):
    """docs/printed-report-side-by-side.md; written anew by `scorecards report --month 2023-07 --beside-printed` with its path."""
    with Marts.open(demo.settings.marts_path, demo.settings.threads) as marts:
        page = side_by_side(marts, build(marts, month=date(2023, 7, 1)))
    assert (PROJECT_DIR / "docs" / "printed-report-side-by-side.md").read_text(encoding="utf-8") == page


def test_without_a_week_of_999_calls_the_figures_of_999_no_longer_match(demo, tmp_path, parsed):
    """Nothing is fed from the reference: other rows give other figures."""
    landing = Landing.at(tmp_path)
    calls = landing.settings.landing_dir / "force_calls"
    calls.mkdir(parents=True)
    for path in demo.landing.glob("force_calls/force_calls_202*"):
        if path.name >= "force_calls_2021-08":
            shutil.copy(path, calls)
    (july,) = calls.glob("force_calls_2023-07_x20230802*")
    header, *rows = july.read_text(encoding="utf-8-sig").splitlines()
    kept = [row for row in rows if not (row.startswith("999-") and WEEK[0] <= row.split(",")[3] < WEEK[1])]
    assert len(rows) - len(kept) > 2_000
    july.write_text("\n".join([header, *kept]) + "\n", encoding="utf-8")
    assert {file.status for file in landing.run().files} == {"loaded"}
    Dbt(parsed.dbt_target_dir, ["published_figures"]).build(landing.settings.build_path)
    found = {figure: (outcome, value) for figure, outcome, value in landing.query(OUTCOMES)}
    ((offered,),) = demo.query("select computed_value from measures.published_figures where figure_id = 'c999_offered_jul23'")
    assert found["c999_offered_jul23"][1] < offered - 2_000
    before = outcomes(demo)
    resting_on_july = {"c999_offered_jul23", "c999_offered_yoy_n", "c999_offered_yoy_pct"}
    assert {before[figure] for figure in resting_on_july} == {"match"}
    assert {found[figure][0] for figure in resting_on_july} == {"mismatch"}
    assert found["cch_abandoned_total_n"][0] == "match", "the other lines stand as they were"
