"""A second force, and a body that takes over from a commissioner, by data alone: Dorset's lines are added to the seeds, and nothing else.

`second_force/<seed>.csv` holds what Dorset adds to each seed. Extracts of both forces are taken in; the models are built by the project as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from pipelines.settings import DBT_PROJECT_DIR, Settings
from pipelines.transform.runner import parsed_project
from tests.building import Dbt
from tests.landing import Landing

pytestmark = pytest.mark.slow

OVERLAY = Path(__file__).parent / "second_force"
FEEDS = ("force_calls", "incident_logs", "crimes")
DAYS = range(1, 32)  # July 2023
BUILT = ("+opcc", "+csp", "+wcjb", "+cards", "+report_topics", "+report_lines")


def calls(force: str, answered_after: int) -> list[str]:
    """Ten 999 calls per day: eight answered after five seconds, two after `answered_after`."""
    return [
        f"{force}-{day}-{i},{force},999,2023-07-{day:02} 1{i}:00:00,2023-07-{day:02} 1{i}:00:{answered_after if i > 7 else 5:02},"
        for day in DAYS
        for i in range(10)
    ]


def logs(force: str, teams: dict[str, int]) -> list[str]:
    """One Immediate log a day and team, attended after so many minutes."""
    return [
        f"{force}-{day}-{team},{force},2023-07-{day:02} 10:00:00,999,Immediate,Immediate,other,{team},Y,2023-07-{day:02} 10:{minutes:02}:00"
        for day in DAYS
        for team, minutes in teams.items()
    ]


def crimes(force: str, team: str, a_day: int) -> list[str]:
    return [
        f"{force}-{day}-{i},{force},2023-07-{day:02} 10:00:00,8N,violence with injury,{team},Y"
        for day in DAYS
        for i in range(a_day)
    ]  # fmt: skip


EXTRACTS = {
    "force_calls": (
        "call_id,force_code,line,offered_at,answered_at,abandoned_at",
        [*calls("wiltshire", 40), *calls("dorset", 11)],
    ),
    "incident_logs": (
        "log_number,force_code,created_at,source,initial_grade,final_grade,opening_type,cpt,deployed,first_arrived_at",
        [*logs("wiltshire", {"Swindon": 10, "Devizes": 15}), *logs("dorset", {"Bournemouth": 12, "Dorchester": 19})],
    ),
    "crimes": (
        "crime_ref,force_code,recorded_at,offence_code,offence_group,cpt,is_domestic_abuse",
        [*crimes("wiltshire", "Swindon", 1), *crimes("dorset", "Bournemouth", 2)],
    ),
}


@contextmanager
def seeds_with(overlay: Path, parsed: Settings, folder: Path) -> Iterator[None]:
    """The project reads its seeds with the lines of the overlay at their end; it is parsed as it is, since seeds are read when they are built."""
    seeds = {node.name: node for node in parsed_project(parsed).nodes.values() if node.resource_type == "seed"}
    before = {name: seed.original_file_path for name, seed in seeds.items()}
    for added in sorted(overlay.glob("*.csv")):
        own = DBT_PROJECT_DIR / before[added.stem]
        both = folder / added.name
        both.write_text(own.read_text(encoding="utf-8") + added.read_text(encoding="utf-8"), encoding="utf-8")
        seeds[added.stem].original_file_path = str(both)
    try:
        yield
    finally:
        for name, path in before.items():
            seeds[name].original_file_path = path


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory, parsed: Settings) -> Path:
    """A build database of both forces, by the dbt project with seeds that have Dorset's lines too; dbt's own tests have passed."""
    home = tmp_path_factory.mktemp("second_force")
    landing = Landing.at(home / "data")
    for feed, (header, rows) in EXTRACTS.items():
        outcome = landing.take(f"{feed}/{feed}_x20230801T0100.csv", "\n".join((header, *rows)) + "\n")
        assert (outcome.status, outcome.rows_rejected) == ("loaded", 0), feed

    with seeds_with(OVERLAY, parsed, home):
        chosen = ("--full-refresh", "--indirect-selection", "cautious")
        Dbt(parsed.dbt_target_dir, ()).build_only(landing.settings.build_path, BUILT, *chosen, without=("unit_test",))
    return landing.settings.build_path


def rows(warehouse: Path, sql: str) -> list[tuple]:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_the_body_has_its_own_card_with_its_own_areas_priorities_and_targets(warehouse):
    card = rows(
        warehouse,
        """
        select framework, plan_priority_title, section, measure_id, area_name, value_text, target_text, target_type, is_target_met
        from scorecards.opcc where scorecard_id = 'dorset_mayor' order by line_order
        """,
    )
    assert card == [
        ("MAYOR", "Answer and attend", "Answer", "public_999_calls_offered", "Dorset Police", "310", None, None, None),
        ("MAYOR", "Answer and attend", "Answer", "public_999_answered_within_10s_rate", "Dorset Police", "80.0%", "85.0%", "ambition", False),
        ("MAYOR", "Answer and attend", "Attend", "immediate_response_time_mean", "Dorset Police", "15m 30s", "15m 00s", "SLA", False),
        ("MAYOR", "Answer and attend", "Attend", "immediate_response_time_mean", "Dorset county", "19m 00s", "18m 20s", "SLA", False),
        ("MAYOR", "Fewer victims", "Victims", "da_crime_volume", "Dorset Police", None, None, None, None),
        ("MAYOR", "Fewer victims", "Victims", "victim_satisfaction_rate", "Dorset Police", None, None, None, None),
    ]
    reasons = rows(
        warehouse, "select measure_id, status, status_reason from scorecards.opcc where scorecard_id = 'dorset_mayor' and value is null order by 1"
    )
    assert reasons == [
        ("da_crime_volume", "no_data_yet", "no complete r12m yet"),
        ("victim_satisfaction_rate", "no_data_yet", "no data: nothing has come in from measure_returns"),
    ]


def test_its_partnership_has_every_line_that_partnerships_have(warehouse):
    assert rows(
        warehouse,
        """
        select scorecard_id, count(distinct area_id), count(*) filter (where plan_priority is not null) > 0, max(disclosure_tier)
        from scorecards.csp
        where scorecard_id in ('csp_bcp', 'csp_swindon') and line_id in (select line_id from scorecards.csp where scorecard_id = 'csp_bcp')
        group by 1 order by 1
        """,
    ) == [("csp_bcp", 1, False, "partner"), ("csp_swindon", 1, True, "public")]
    assert rows(
        warehouse,
        "select area_id, value_text, target_text from scorecards.csp where scorecard_id = 'csp_bcp' and measure_id = 'immediate_response_time_mean'",
    ) == [("bournemouth_christchurch_and_poole", "12m 00s", "15m 00s")]


def test_the_first_force_keeps_its_cards_and_its_figures(warehouse):
    assert rows(
        warehouse,
        """
        select measure_id, area_id, value_text, target_text from scorecards.opcc
        where
            scorecard_id = 'opcc'
            and measure_id in ('public_999_calls_offered', 'public_999_answered_within_10s_rate', 'immediate_response_time_mean')
        order by all
        """,
    ) == [
        ("immediate_response_time_mean", "swindon", "10m 00s", "15m 00s"),
        ("immediate_response_time_mean", "wiltshire_county", "15m 00s", "20m 00s"),
        ("immediate_response_time_mean", "wiltshire_force", "12m 30s", None),
        ("public_999_answered_within_10s_rate", "wiltshire_force", "80.0%", "90.0%"),
        ("public_999_calls_offered", "wiltshire_force", "310", None),
    ]
    assert rows(
        warehouse, "select scorecard_id, table_name, body from scorecards.cards where scorecard_id in ('opcc', 'dorset_mayor') order by 1"
    ) == [
        ("dorset_mayor", "scorecards.opcc", "Mayor of a combined authority"),
        ("opcc", "scorecards.opcc", "Police and Crime Commissioner"),
    ]


def test_its_highlight_report_has_its_own_topics_for_its_own_areas(warehouse):
    assert rows(
        warehouse, "select topic_id, force_code, plan, plan_priority_title from scorecards.report_topics where scorecard_id = 'dorset_mayor'"
    ) == [("answer_and_attend", "dorset", "Dorset policing plan", "Answer and attend")]
    assert rows(
        warehouse, "select part, line_order, area_id, measure_id from scorecards.report_lines where scorecard_id = 'dorset_mayor' order by 1, 2, 3"
    ) == [
        ("chart", 10, "dorset_force", "public_999_calls_offered"),
        ("summary", 10, "dorset_force", "public_999_calls_offered"),
        ("summary", 20, "bournemouth_christchurch_and_poole", "immediate_response_time_mean"),
        ("summary", 20, "dorset_county", "immediate_response_time_mean"),
        ("tile", 10, "dorset_force", "public_999_calls_offered"),
    ]
