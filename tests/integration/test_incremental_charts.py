"""Charts of series that have not changed are carried over from the build before, and those of all series are what a full refresh gives."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.contracts.loading import load_contracts
from pipelines.transform.manifest import load_manifest
from pipelines.warehouse import create_tables
from tests.building import Dbt
from tests.handmade import make_settings
from tests.models import render

pytestmark = pytest.mark.slow

CHARTS = ("measures.measure_spc", "measures.spc_alternatives")
BEFORE_CHARTS = ("int_spc_points", "int_spc_phases", "int_spc_kinds", "int_spc_events", "int_spc_charts", "int_spc_inputs")
BUILT = (*BEFORE_CHARTS, *(table.split(".")[1] for table in CHARTS), "rebase_candidates")

# Forty months of each: counts, shares with uneven denominators, and a rare count whose crimes have days. The month that runs is not complete.
SERIES = """
insert into measures.measure_values by name
    with kinds as (
        select *
        from (values ('public_999_calls_offered', 'count'), ('public_999_abandonment_rate', 'pct'), ('rape_volume', 'rare')) as t (measure_id, kind)
    ),
    drawn as (
        select measure_id, kind, 'area_' || a as area_id, i, 1 + hash(measure_id, a, i) % 40 as draw
        from kinds, range(10) as areas (a), range(41) as months (i)
    )
    select measure_id, area_id, 'all' as segment, {{ series_id("measure_id", "area_id", "'all'") }} as series_id, 'month' as period_type,
        last_day(date '2020-03-01' + to_months(cast(i as integer))) as period_end,
        case kind when 'rare' then draw % 4 else draw end as numerator, case kind when 'pct' then 100 + 40 * (i % 3) end as denominator,
        case kind when 'count' then draw when 'rare' then draw % 4 else 100 * draw / (100 + 40 * (i % 3)) end as value,
        'count' as unit, i < 40 as is_complete, 'A' as quality_grade
    from drawn;
insert into core.fct_crimes by name
    select area_id as force_area_id, cast(date_trunc('month', period_end) as date) as month, month + cast(k as integer) as local_date,
        measure_id || area_id || period_end || k as crime_ref, 'rape' as offence_group, true as is_rape, false as is_excluded
    from measures.measure_values, range(4) as days (k)
    where measure_id = 'rape_volume' and k < value;
"""
CHANGE_VALUE = "update measures.measure_values set value = value + {by}, numerator = numerator + {by} where area_id = '{area}' and {month}"
CHANGE_COMPLETE = "update measures.measure_values set is_complete = {is_complete} where area_id = '{area}' and {month}"
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

# What happens to the series of an area between two builds. All but the first two change their charts.
CHANGES = {
    "nothing": "select 1",
    "a day more in the month that runs": CHANGE_VALUE.format(by=7, area="{area}", month="not is_complete"),
    "late rows": CHANGE_VALUE.format(by=1, area="{area}", month="period_end = date '2023-05-31'"),
    "a correction of an old month": CHANGE_VALUE.format(by=3, area="{area}", month="period_end = date '2020-08-31'"),
    "a month that is withdrawn": CHANGE_COMPLETE.format(is_complete="false", area="{area}", month="period_end = date '2022-01-31'"),
    "a deletion": "delete from measures.measure_values where area_id = '{area}'",
    "a month that completes": CHANGE_COMPLETE.format(is_complete="true", area="{area}", month="true"),
    "a target": ADD_TARGET,
    "a rebase": ADD_REBASE,
    "a special event": ADD_EVENT,
}
UNCHANGED = ("nothing", "a day more in the month that runs")
GONE = "a deletion"


@dataclass
class Story:
    carried: dict[str, set[str]]
    incremental: dict[str, list[tuple[Any, ...]]]
    repeated: dict[str, list[tuple[Any, ...]]]
    full: dict[str, list[tuple[Any, ...]]]


def area_of(change: str) -> str:
    return f"area_{list(CHANGES).index(change)}"


def run(path: Path, *statements: str) -> None:
    with duckdb.connect(str(path)) as connection:
        for statement in statements:
            connection.execute(statement)


def snapshot(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    with duckdb.connect(str(path)) as connection:
        return {table: connection.execute(f"select * from {table} order by all").fetchall() for table in (*CHARTS, "measures.rebase_candidates")}


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    folder = tmp_path_factory.mktemp("charts")
    path = folder / "build.duckdb"
    with duckdb.connect(str(path)) as connection:
        create_tables(connection, load_contracts())
    dbt = Dbt(folder / "target", BUILT)
    dbt.build(path)
    run(path, render(SERIES))
    dbt.build_only(path, BUILT)

    run(path, *(sql.replace("{area}", area_of(change)) for change, sql in CHANGES.items()))
    run(path, *(f"update {table} set param_hash = 'built before'" for table in CHARTS))
    dbt.build_only(path, BUILT)
    with duckdb.connect(str(path)) as connection:
        carried = {
            table: {area for (area,) in connection.execute(f"select distinct area_id from {table} where param_hash = 'built before'").fetchall()}
            for table in CHARTS
        }
        for table in CHARTS:
            connection.execute(
                f"update {table} as charts set param_hash = known.param_hash from intermediate.int_spc_parameters as known"
                " where charts.measure_id = known.measure_id"
            )
    incremental = snapshot(path)
    dbt.build_only(path, BUILT)
    repeated = snapshot(path)
    dbt.build_only(path, BUILT, "--full-refresh")
    return Story(carried, incremental, repeated, snapshot(path))


def test_incremental_equals_full(story: Story):
    for table, rows in story.full.items():
        assert story.incremental[table] == rows, table
    assert all(story.full[table] for table in CHARTS), "an empty table proves nothing"


def test_a_repeated_run_changes_nothing(story: Story):
    assert story.repeated == story.incremental


@pytest.mark.parametrize("table", CHARTS)
def test_only_series_that_have_changed_are_worked_out_again(story: Story, table: str):
    assert story.carried[table] == {area_of(change) for change in UNCHANGED}


@pytest.mark.parametrize("table", CHARTS)
def test_a_series_that_is_gone_has_no_chart(story: Story, table: str):
    area = 1  # the second column
    assert area_of(GONE) not in {row[area] for row in story.incremental[table]}


def test_all_that_the_charts_read_is_in_the_hash(tmp_path: Path):
    nodes = load_manifest(make_settings(tmp_path))["nodes"]

    def read(model: str) -> set[str]:
        return set(nodes[f"model.scorecards.{model}"]["depends_on"]["nodes"])

    hashed = read("int_spc_inputs") | {"model.scorecards.int_spc_inputs"}
    for table in CHARTS:
        assert read(table.split(".")[1]) <= hashed, table
