"""Drivers of the printed changes: the SQL of the models on synthetic logs at true size, as measures.drivers would have it."""

from datetime import date

import duckdb
import polars as pl
import pytest

from pipelines.synthetic import logs
from pipelines.synthetic import timeline as tl
from pipelines.synthetic.plan import Plan
from tests.models import catalogued_sql, render

END, SEED = date(2023, 7, 31), 20230731
MEASURES = ("immediate_time_at_scene_mean", "immediate_time_at_scene_median", "priority_time_at_scene_mean", "priority_time_at_scene_median")
FACT = """
create table fct_logs as
select
    final_grade, opening_type, date_trunc('month', created_at) as month, 'wiltshire_force' as force_area_id,
    'district' as district_area_id,
    replace(regexp_replace(lower(trim(coalesce(cpt, 'unallocated'))), ' cpt$', ''), ' ', '_') || '_cpt' as cpt_area_id,
    cast(epoch(scene_cleared_at - first_arrived_at) as decimal(18, 3)) as time_at_scene_seconds,
    cast(null as decimal(18, 3)) as response_seconds,
    is_test or duplicate_of is not null as is_excluded
from logs
where final_grade in ('Immediate', 'Priority')
"""
INPUTS = """
create table dim_area as
    select distinct cpt_area_id as area_id, cpt_area_id as area_name, 'cpt' as level from fct_logs
    union all select 'wiltshire_force', 'Wiltshire Police', 'force';
create table measure_values (
    measure_id varchar, area_id varchar, segment varchar, period_type varchar, period_end date, numerator double, is_complete boolean
);
create table dim_measure as select unnest(?) as measure_id, 'Time at scene' as title, 'seconds' as unit;
"""
COMPARISONS = """
create table measure_comparisons as
with years as (
    select lower(final_grade) as grade, month > date '2022-07-31' as is_now,
        avg(time_at_scene_seconds) as mean, median(time_at_scene_seconds) as median
    from fct_logs
    where not is_excluded
    group by all
),
statistics as (
    select grade || '_time_at_scene_' || statistic as measure_id, is_now, value
    from (unpivot years on mean, median into name statistic value value)
)
select measure_id, 'wiltshire_force' as area_id, 'all' as segment, 'r12m' as period_type, date '2023-07-31' as period_end, 'yoy' as comparison,
    max(value) filter (where is_now) - max(value) filter (where not is_now) as change,
    cast(null as double) as change_pct, true as is_comparable
from statistics group by all
"""


@pytest.fixture(scope="module")
def drivers():
    """measures.drivers of the twelve months to July 2023 against the twelve before, from logs at true size."""
    months = tl.months_until(END, 24)
    plan = Plan(months, END, SEED, 1.0)
    wanted = ("final_grade", "opening_type", "created_at", "cpt", "first_arrived_at", "scene_cleared_at", "is_test", "duplicate_of")
    frame = pl.concat([logs.month_rows(plan, month).final.select(wanted) for month in months])
    connection = duckdb.connect()
    connection.register("logs", frame)
    connection.execute(FACT)
    connection.execute("update fct_logs set time_at_scene_seconds = null where time_at_scene_seconds < 0")
    for statement in INPUTS.split(";")[:-1]:
        connection.execute(statement, [list(MEASURES)] if "?" in statement else None)
    connection.execute(COMPARISONS)
    connection.execute("alter table measure_comparisons add column series_id bigint")
    connection.execute(render("update measure_comparisons set series_id = {{ series_id() }}"))
    for model in ("int_driver_periods", "int_driver_cells", "drivers"):
        connection.execute(f"create table {model} as {catalogued_sql(model, MEASURES)}")
    yield connection
    connection.close()


@pytest.mark.parametrize("statistic", ["mean", "median"])
def test_the_printed_drivers_lead_the_ranking(drivers, statistic):
    ranking = "select label_1, label_2 from drivers where measure_id = ? and rank <= 5 order by rank"
    disorder, domestic = "disorder/disturbance", "domestic dispute"
    assert drivers.execute(ranking, [f"immediate_time_at_scene_{statistic}"]).fetchall() == [
        (disorder, "swindon_cpt"),
        (disorder, "salisbury_cpt"),
        (domestic, "trowbridge_cpt"),
        (domestic, "swindon_cpt"),
        (domestic, "salisbury_cpt"),
    ]
    assert drivers.execute(ranking, [f"priority_time_at_scene_{statistic}"]).fetchall()[0] == (domestic, "swindon_cpt")


def test_the_sentence_says_what_was_printed(drivers):
    said = dict(drivers.execute("select measure_id, sentence from drivers where rank = 1").fetchall())
    assert (
        "; time spent at disorder/disturbance, most significantly in swindon_cpt, followed by salisbury_cpt; "
        "then time spent at domestic dispute, most significantly in trowbridge_cpt, followed by swindon_cpt and salisbury_cpt."
    ) in said["immediate_time_at_scene_median"]
    assert "; time spent at domestic dispute, most significantly in swindon_cpt" in said["priority_time_at_scene_median"]


def test_effects_add_up_and_small_cells_are_held_back(drivers):
    sums = drivers.execute(
        """
        select sum(total_effect), any_value(change_explained), any_value(change), bool_or(driver_kind = 'mean'),
            min(least(n_current, n_base)) filter (where not is_pooled), count(*) filter (where is_pooled)
        from drivers group by measure_id, set_id
        """
    ).fetchall()
    assert len(sums) == len(MEASURES)
    for total, explained, change, is_mean, smallest, pooled in sums:
        assert total == pytest.approx(explained, rel=1e-12)
        assert not is_mean or change == pytest.approx(explained, rel=1e-9)
        assert smallest >= 20 and pooled == 1
