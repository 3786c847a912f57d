"""How long SPC and findings of 2,000 series of 120 months take: the models' own SQL on two threads, medians of several runs.

Shares with uneven denominators, counts, rare counts and durations, half of them seasonal; steps, drifts and outliers, rebases and targets. Each
series has its months and its rolling twelve months, as the comparisons and the findings read them.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence

import duckdb

from pipelines.settings import DBT_PROJECT_DIR
from tests.models import model_sql, render
from tests.spc_charts import ALL_MODELS, INPUTS

MEASURES, AREAS, MONTHS = 100, 20, 120

COMPARISONS = ("int_comparisons_in_time", "int_comparisons_with_history", "int_comparisons_with_places", "measure_comparisons")
FINDINGS = ("measure_tones", "int_finding_trends", "int_finding_months", "int_finding_changes", "measure_findings")
STEPS = {"SPC": ALL_MODELS, "comparisons, which findings read": COMPARISONS, "findings": FINDINGS}
VIEWS = {name for name in COMPARISONS if name.startswith("int_")}

# What findings and comparisons read besides.
MORE_INPUTS = f"""
alter table dim_area add column area_name varchar;
alter table dim_area add column level varchar;
alter table dim_area add column force_code varchar;
alter table dim_measure add column title varchar;
alter table dim_measure add column yoy_basis varchar;
alter table dim_measure add column headline_period varchar;
alter table dim_measure add column in_words varchar;
alter table measure_values add column margin double;
create table comparator_values (
    measure_id varchar, comparator_id varchar, segment varchar, period_type varchar, period_end date,
    numerator double, denominator double, value double, margin double
);
create view int_changed_values as from measure_values;
create or replace view int_complete_values as from measure_values where is_complete;
create table comparison_baselines as from read_csv('{DBT_PROJECT_DIR}/seeds/comparison_baselines.csv');
create table comparator_sets as from read_csv('{DBT_PROJECT_DIR}/seeds/comparator_sets.csv');
create table finding_exclusions as from read_csv('{DBT_PROJECT_DIR}/seeds/finding_exclusions.csv');
create table parts_of_wholes as from read_csv('{DBT_PROJECT_DIR}/seeds/parts_of_wholes.csv');
"""

SERIES = f"""
select setseed(0.2023);
insert into dim_area
    select 'area_' || a, case when a > 0 then 'area_' || (a // 5) end, 'Area ' || a, if(a = 0, 'force', 'cpt'), 'wiltshire'
    from range({AREAS}) as areas (a);
insert into dim_measure
    select 'measure_' || m, ['count', 'pct', 'count', 'seconds'][1 + m % 4], ['count', 'share', 'count', 'median'][1 + m % 4],
        ['increase', 'decrease', 'neutral'][1 + m % 3], m % 2 = 0, 'Measure ' || m, ['r12m', 'month'][1 + m % 2], 'month', null
    from range({MEASURES}) as measures (m);
insert into int_measure_recipes select measure_id, false from dim_measure;
insert into int_spc_rebases values ('measure_1*', '*', '*', date '2017-04-01'), ('*', 'area_3', '*', date '2018-01-01');
insert into int_measure_targets
    select measure_id, 'area_1', 60, 'SLA', date '0001-01-01', date '9999-12-31' from dim_measure where measure_id like '%5';
insert into measure_values by name
    with drawn as (
        select m, a, i, 100 + 5 * a + 20 * random() + 20 * (i % 12 > 5)::int + if(i > 80 and m % 7 = 0, 15, 0) + if(random() < 0.02, 60, 0) as level,
            round(500 + 1500 * random()) as denominator
        from range({MEASURES}) as measures (m), range({AREAS}) as areas (a), range({MONTHS}) as months (i)
    ),
    sided as (
        select *, case m % 4 when 0 then round(level) when 1 then round(level / 300 * denominator) when 2 then round(level / 30) end as numerator
        from drawn
    )
    select 'measure_' || m as measure_id, 'area_' || a as area_id, 'all' as segment, 'month' as period_type,
        last_day(date '2014-01-01' + to_months(cast(i as integer))) as period_end, numerator, if(m % 4 in (1, 3), denominator, null) as denominator,
        case m % 4 when 1 then 100 * numerator / denominator when 3 then level else numerator end as value, random() > 0.01 as is_complete
    from sided;
insert into measure_values by name
    select measure_id, area_id, segment, 'r12m' as period_type, period_end,
        sum(numerator) over year as numerator, sum(denominator) over year as denominator,
        case statistic when 'count' then sum(numerator) over year when 'share' then 100 * sum(numerator) over year / sum(denominator) over year
            else avg(value) over year end as value,
        bool_and(is_complete) over year and count(*) over year = 12 as is_complete
    from measure_values inner join dim_measure using (measure_id)
    window year as (partition by measure_id, area_id, segment order by period_end rows between 11 preceding and current row);
"""


def laid_out(threads: int = 2) -> duckdb.DuckDBPyConnection:
    """A database in memory with the inputs of the analysis models."""
    connection = duckdb.connect(config={"threads": threads, "preserve_insertion_order": False})
    connection.execute(INPUTS + MORE_INPUTS)
    connection.execute(SERIES)
    connection.execute(render("update measure_values set series_id = {{ series_id() }}"))
    return connection


def seconds(models: Sequence[str], repeats: int = 3) -> dict[str, tuple[float, float]]:
    """model -> median seconds to build it, on the clock and of processor time (which other work on the machine does not stretch)."""
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in models}
    with laid_out() as connection:
        for _ in range(repeats):
            for name in models:
                kind = "view" if name in VIEWS else "table"
                sql = f"create or replace {kind} {name} as {model_sql(name)}"
                clock, processor = time.monotonic(), time.process_time()
                connection.execute(sql)
                taken[name].append((time.monotonic() - clock, time.process_time() - processor))
    return {name: tuple(map(statistics.median, zip(*values, strict=True))) for name, values in taken.items()}


def line(name: str, taken: Sequence[tuple[float, float]]) -> str:
    return f"{name:<36}{sum(clock for clock, _ in taken):>8.2f}{sum(processor for _, processor in taken):>8.2f}"


def report() -> None:
    found = seconds([name for models in STEPS.values() for name in models])
    print(f"{MEASURES * AREAS:,} series of {MONTHS} months, two threads; median seconds, and of processor time")
    for step, models in STEPS.items():
        for name in models:
            if name not in VIEWS:
                print(line(f"  {name}", [found[name]]))
        print(line(step, [found[name] for name in models]))
    print(line("SPC and findings", [found[name] for step in ("SPC", "findings") for name in STEPS[step]]))
    print(line("all together", list(found.values())))


if __name__ == "__main__":
    report()
