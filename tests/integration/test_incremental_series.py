"""What is said of series that have not changed is carried over from the build before, and what is said of all series is what a full refresh gives."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.contracts.loading import load_contracts
from pipelines.settings import Settings
from pipelines.transform.manifest import load_manifest
from pipelines.warehouse import create_tables
from tests.building import Dbt, as_a_night
from tests.models import render

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("parsed")]

# Tables that are carried over, each with a text that tells what an earlier build wrote.
MARKED: dict[str, str | None] = {
    "measures.measure_spc": "param_hash",
    "measures.spc_alternatives": "param_hash",
    "measures.measure_comparisons": "reason",
    "measures.measure_tones": "tone_basis",
    "intermediate.int_finding_trends": None,
    "intermediate.int_finding_changes": "reason",
    "intermediate.int_finding_months": "target_type",
    "measures.measure_findings": "evidence",
    "measures.drivers": "method",
    "measures.measure_narratives": "evidence_cells",
}
# The same of what stands before them, and is hashed itself.
MARKED_BEFORE = {"intermediate.int_spc_points": "exclusion_reason", "intermediate.int_headline_figures": "caveat"}
BEFORE = (
    "int_complete_values",
    *("int_value_inputs", "int_spc_points", "int_spc_phases", "int_spc_kinds", "int_spc_events", "int_spc_charts", "int_headline_figures"),
    *("int_comparisons_in_time", "int_comparisons_with_history", "int_comparisons_with_places"),
    *("int_series_inputs", "int_driver_periods", "int_driver_cells", "int_driver_inputs"),
)
BUILT = (*BEFORE, *(table.split(".")[1] for table in MARKED), "rebase_candidates")

# Forty months of each: counts, shares with uneven denominators, a mean beside its median, a part beside its whole, and a rare count whose crimes have
# days. The month that runs is not complete, but in `area_ahead`. Logs stand behind the means.
SERIES = """
insert into core.dim_area
    select dim_area.* replace ('area_' || area as area_id, 'Area ' || area as area_name, null as csp_id)
    from core.dim_area as dim_area, unnest([{{ areas }}]) as areas (area)
    where area_id = 'swindon';
insert into measures.measure_values by name
    with kinds as (
        select *
        from (
            values ('public_999_calls_offered', 'count', 'count'), ('silent_999_logs', 'count', 'count'), ('rape_volume', 'rare', 'count'),
            ('public_999_abandonment_rate', 'share', 'pct'),
            ('immediate_response_time_mean', 'time', 'seconds'), ('immediate_response_time_median', 'time', 'seconds')
        ) as t (measure_id, kind, unit)
    ),
    drawn as (
        select measure_id, kind, unit, area, i, 1 + hash(measure_id, area, i) % 40 as draw
        from kinds, unnest([{{ areas }}]) as areas (area), range(41) as months (i)
        where not (measure_id = 'silent_999_logs' and area = 'new')
    ),
    months as (
        select measure_id, 'area_' || area as area_id, 'all' as segment, 'month' as period_type,
            last_day(date '2020-03-01' + to_months(cast(i as integer))) as period_end,
            case kind when 'rare' then draw % 4 else draw end as numerator,
            case when kind in ('share', 'time') then 100 + 40 * (i % 3) end as denominator,
            case kind when 'rare' then draw % 4 when 'share' then 100 * draw / (100 + 40 * (i % 3)) else draw end as value,
            unit, i < 40 or area = 'ahead' as is_complete, 'A' as quality_grade
        from drawn
    ),
    years as (
        select measure_id, area_id, segment, 'r12m' as period_type, period_end,
            sum(numerator) over year as numerator, sum(denominator) over year as denominator,
            case unit when 'pct' then 100 * sum(numerator) over year / sum(denominator) over year else sum(value) over year end as value,
            unit, bool_and(is_complete) over year and count(*) over year = 12 as is_complete, 'A' as quality_grade
        from months
        window year as (partition by measure_id, area_id order by period_end rows between 11 preceding and current row)
    ),
    periods as (select * from months union all select * from years)
    select *, {{ series_id() }} as series_id from periods;
insert into core.fct_crimes by name
    select area_id as force_area_id, cast(date_trunc('month', period_end) as date) as month, month + cast(k as integer) as local_date,
        measure_id || area_id || period_end || k as crime_ref, 'rape' as offence_group, true as is_rape, false as is_excluded
    from measures.measure_values, range(4) as days (k)
    where measure_id = 'rape_volume' and period_type = 'month' and k < value;
insert into core.fct_logs by name
    select 'area_' || area || i || k as log_number, 'elsewhere' as force_area_id, 'area_' || area as district_area_id,
        'team_' || k % 2 as cpt_area_id,
        cast(date '2020-03-01' + to_months(cast(i as integer)) as date) as month, false as is_excluded, 'Immediate' as final_grade,
        ['Theft', 'Concern for safety'][cast(1 + k % 3 % 2 as integer)] as opening_type, 60 + hash(area, i, k) % 600 as response_seconds
    from unnest([{{ areas }}]) as areas (area), range(41) as months (i), range(100) as logs (k);
"""
CHANGE_VALUE = "update measures.measure_values set value = value + {by}, numerator = numerator + {by} where area_id = '{area}' and {which}"
CHANGE_COMPLETE = "update measures.measure_values set is_complete = {is_complete} where area_id = '{area}' and {which}"
ADD_TARGET = """
insert into intermediate.int_area_targets by name
    select distinct measure_id, area_id, 0 as distance, 20 as target, 'SLA' as target_type, date '2000-01-01' as valid_from,
        date '9999-12-31' as valid_to
    from measures.measure_values where area_id = '{area}'
"""
ADD_REBASE = """
insert into seeds.spc_rebases by name
    select '*' as measure_pattern, '{area}' as area_id, '*' as segment, date '2021-10-01' as effective_month, 'new line' as reason,
        'evidence' as evidence, 'nobody' as approved_by
"""
ADD_EVENT = """
insert into seeds.spc_exclusions by name
    select '*' as measure_pattern, '{area}' as area_id, '*' as segment, date '2021-12-01' as month, 'flood' as reason
"""
ADD_BREAK = """
insert into seeds.series_breaks by name
    select '*' as measure_pattern, '{area}' as area_id, date '2022-12-01' as break_month, 'counted otherwise' as reason, 'nobody' as approved_by
"""
ADD_MEASURE = """
insert into measures.measure_values
    select * replace ('{area}' as area_id, {series_id} as series_id)
    from measures.measure_values where area_id = 'area_ahead' and measure_id = 'silent_999_logs' and period_end < date '2023-07-01'
"""
ADD_LOGS = """
insert into core.fct_logs by name
    select log_number || 'late' as log_number, * exclude (log_number) from core.fct_logs
    where district_area_id = '{area}' and month = date '2023-05-01' and log_number like '%1'
"""

# What happens to an area between two builds, by the name of the area.
UNCHANGED = {
    "ahead": "select 1",  # nothing
    "running": CHANGE_VALUE.format(by=7, area="{area}", which="not is_complete"),  # a day more in the month that runs
}
CHANGES = {
    "late": CHANGE_VALUE.format(by=1, area="{area}", which="period_end = date '2023-05-31'"),
    "corrected": CHANGE_VALUE.format(by=3, area="{area}", which="period_end = date '2020-08-31'"),
    "withdrawn": CHANGE_COMPLETE.format(is_complete="false", area="{area}", which="period_end = date '2022-01-31'"),
    "gone": "delete from measures.measure_values where area_id = '{area}'",
    "completed": CHANGE_COMPLETE.format(is_complete="true", area="{area}", which="true"),
    "broken": ADD_BREAK,
}
# Drivers rest on the changes and on the rows behind them: these leave them as they are.
CHARTS_ONLY = {"targeted": ADD_TARGET, "rebased": ADD_REBASE, "flooded": ADD_EVENT}
DRIVERS_ONLY = {"logged": ADD_LOGS}
ALL = UNCHANGED | CHANGES | CHARTS_ONLY | DRIVERS_ONLY | {"new": ADD_MEASURE}
# What happens to every area: the newest month is another one, and the name of an area.
CHANGE_ALL = (
    CHANGE_COMPLETE.format(is_complete="false", area="area_ahead", which="period_end = date '2023-07-31'"),
    "update measures.measure_values set is_complete = false where period_end = date '2023-07-31'",
    "update core.dim_area set area_name = 'Elsewhere' where area_id = 'area_late'",
)
COMPLETED = """
insert into ingest.builds
    select 'run', timestamp '2023-08-01 02:00:00' + to_days(cast(count(*) as integer)), 0, false, 'code' from ingest.builds
"""


@dataclass
class Story:
    again: dict[str, set[str]]
    snapshots: dict[str, dict[str, list[tuple[Any, ...]]]]
    nights: dict[str, set[str]]  # what did not stand on a night with a day more in the month that runs, and on one with a late row


def run(path: Path, *statements: str) -> None:
    with duckdb.connect(str(path)) as connection:
        for statement in statements:
            connection.execute(statement)


def snapshot(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    with duckdb.connect(str(path)) as connection:
        tables = (*MARKED_BEFORE, *MARKED, "measures.rebase_candidates")
        return {table: connection.execute(f"select * from {table} order by all").fetchall() for table in tables}


def areas_worked_out_again(path: Path, dbt: Dbt, marked: dict[str, str | None]) -> dict[str, set[str]]:
    """By table, the areas with rows that the build before did not write, where a copy of the database is built once more."""
    copied = path.parent / "marked" / path.name
    copied.parent.mkdir(exist_ok=True)
    shutil.copy(path, copied)
    run(copied, *(f"update {table} set {column} = 'before'" for table, column in marked.items() if column))
    dbt.build_only(copied, BUILT)
    with duckdb.connect(str(copied)) as connection:
        return {
            table: {
                area
                for (area,) in connection.execute(f"select distinct area_id[6:] from {table} where {column} is distinct from 'before'").fetchall()
            }
            for table, column in marked.items()
            if column
        }


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory, parsed: Settings) -> Story:
    folder = tmp_path_factory.mktemp("series")
    path = folder / "build.duckdb"
    with duckdb.connect(str(path)) as connection:
        create_tables(connection, load_contracts())
    dbt = Dbt(folder / "target", BUILT)
    dbt.build(path)
    run(path, render(SERIES.replace("{{ areas }}", ", ".join(f"'{area}'" for area in ALL))))
    dbt.build_only(path, BUILT)
    run(path, COMPLETED)
    snapshots = {}

    changes = [
        sql.replace("{area}", f"area_{area}").replace("{series_id}", render("{{ series_id(area_id=literal('area_new')) }}"))
        for area, sql in ALL.items()
    ]
    run(path, *changes)
    again = areas_worked_out_again(path, dbt, MARKED) | areas_worked_out_again(path, dbt, MARKED_BEFORE)

    dbt.build_only(path, BUILT)
    run(path, COMPLETED)
    snapshots["incremental"] = snapshot(path)
    dbt.build_only(path, BUILT)
    run(path, COMPLETED)
    snapshots["repeated"] = snapshot(path)
    dbt.build_only(path, BUILT, "--full-refresh")
    run(path, COMPLETED)
    snapshots["full"] = snapshot(path)

    # A run that is killed when it knows what has changed, and has worked out some of it.
    run(path, *CHANGE_ALL)
    dbt.build_only(path, (*BEFORE, "measure_comparisons", "measure_tones"))
    dbt.build_only(path, BUILT)
    run(path, COMPLETED)
    snapshots["incremental after a killed run"] = snapshot(path)
    dbt.build_only(path, BUILT, "--full-refresh")
    snapshots["full after a killed run"] = snapshot(path)
    run(path, COMPLETED)
    manifest, nights = load_manifest(parsed), {}
    made = {name: node for name, node in manifest["nodes"].items() if node["config"]["materialized"] != "view"}
    by_hand = {name: "as it was" for name, node in made.items() if node["name"] not in BUILT}
    for night, area, sql in (
        ("before", "", "select 1"),
        ("a day more", "area_running", UNCHANGED["running"]),
        ("late", "area_late", CHANGES["late"]),
    ):
        run(path, sql.replace("{area}", area))
        with as_a_night(path, manifest, by_hand | {"model.scorecards.measure_values": night}) as nights[night]:
            dbt.build_only(path, BUILT)
        run(path, COMPLETED)
    return Story(again, snapshots, nights)


@pytest.mark.parametrize("when", ["", " after a killed run"])
def test_incremental_equals_full(story: Story, when: str):
    incremental, full = story.snapshots[f"incremental{when}"], story.snapshots[f"full{when}"]
    for table, rows in full.items():
        assert incremental[table] == rows, table
    assert all(full.values()), "an empty table proves nothing"


def test_a_repeated_run_changes_nothing(story: Story):
    assert story.snapshots["repeated"] == story.snapshots["incremental"]


def test_what_happened_is_seen(story: Story):
    assert story.snapshots["full after a killed run"]["measures.measure_findings"] != story.snapshots["full"]["measures.measure_findings"]


@pytest.mark.parametrize("table", [table for table, column in MARKED.items() if column])
def test_only_series_that_have_changed_are_worked_out_again(story: Story, table: str):
    expected = CHANGES.keys() - {"gone"}
    if table in ("measures.drivers", "measures.measure_narratives"):
        expected |= DRIVERS_ONLY.keys()
    if table != "measures.drivers":
        expected |= CHARTS_ONLY.keys()
    assert story.again[table] - {"new"} == expected


@pytest.mark.parametrize("table", MARKED_BEFORE)
def test_only_series_of_which_complete_values_have_changed_are_judged_and_headlined_again(story: Story, table: str):
    assert story.again[table] - {"new"} == (CHANGES.keys() | CHARTS_ONLY.keys()) - {"gone", "broken"}


def test_on_a_night_on_which_no_series_has_changed_its_tables_stand(story: Story):
    tables = {table.split(".")[1] for table in MARKED}
    assert story.nights["before"] >= tables
    tables |= {table.split(".")[1] for table in MARKED_BEFORE}
    assert story.nights["a day more"] >= {"int_value_inputs", "int_series_inputs"}
    assert not story.nights["a day more"] & tables
    assert story.nights["late"] >= {"int_spc_points", "measure_spc", "measure_comparisons", "measure_findings"}


@pytest.mark.parametrize("table", MARKED)
def test_of_a_series_that_is_gone_nothing_is_said(story: Story, table: str):
    assert not any("area_gone" in row for row in story.snapshots["incremental"][table])


# What is read of the tables that are hashed is hashed with them; each of these is worked out again where its own inputs have changed.
HASHED_BEFORE = {
    "measure_spc",
    "spc_alternatives",
    "measure_comparisons",
    "measure_tones",
    "int_finding_trends",
    "int_finding_months",
    "int_finding_changes",
}
HASHED_BEFORE |= {"measure_findings", "drivers", "int_comparisons_in_time", "int_comparisons_with_history", "int_comparisons_with_places"}


@pytest.mark.parametrize("table", [table.split(".")[1] for table in MARKED])
def test_all_that_is_read_is_in_the_hash(parsed: Settings, table: str):
    nodes = load_manifest(parsed)["nodes"]

    def read(model: str) -> set[str]:
        return {node.split(".")[-1] for node in nodes[f"model.scorecards.{model}"]["depends_on"]["nodes"]}

    hashed = read("int_series_inputs") | read("int_changed_values") | HASHED_BEFORE
    if table in ("drivers", "measure_narratives"):
        hashed |= read("int_driver_inputs") | {"int_driver_inputs"}
    # judged months and headlined figures are made of hashed values alone
    assert read("int_headline_figures") | read("int_spc_points") <= read("int_value_inputs") | {"int_value_inputs"}
    assert read(table) <= hashed | {"int_changed_values", "int_headline_figures"}, table
    for step in [step for step in read(table) if step.startswith("int_comparisons_")]:
        assert read(step) <= hashed | {"int_changed_values"}, step
