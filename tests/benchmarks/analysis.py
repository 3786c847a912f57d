"""How long the analysis of 2,000 series of 120 months takes: the models' own SQL on two threads, medians of several runs.

Shares with uneven denominators, counts, rare counts and durations, half of them seasonal; steps, drifts and outliers, rebases and targets.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence

import duckdb

from tests.models import model_sql
from tests.spc_charts import ALL_MODELS, INPUTS

MEASURES, AREAS, MONTHS = 100, 20, 120

SERIES = f"""
select setseed(0.2023);
insert into dim_area select 'area_' || a, case when a > 0 then 'area_' || (a // 5) end from range({AREAS}) as areas (a);
insert into dim_measure
    select 'measure_' || m, ['count', 'pct', 'count', 'seconds'][1 + m % 4], ['count', 'share', 'count', 'median'][1 + m % 4],
        ['increase', 'decrease', 'neutral'][1 + m % 3], m % 2 = 0
    from range({MEASURES}) as measures (m);
insert into int_measure_recipes select measure_id, false from dim_measure;
insert into int_spc_rebases values ('measure_1*', '*', '*', date '2017-04-01'), ('*', 'area_3', '*', date '2018-01-01');
insert into int_measure_targets
    select measure_id, 'area_1', 60, date '0001-01-01', date '9999-12-31' from dim_measure where measure_id like '%5';
insert into measure_values
    with drawn as (
        select m, a, i, 100 + 5 * a + 20 * random() + 20 * (i % 12 > 5)::int + if(i > 80 and m % 7 = 0, 15, 0) + if(random() < 0.02, 60, 0) as level,
            round(500 + 1500 * random()) as denominator
        from range({MEASURES}) as measures (m), range({AREAS}) as areas (a), range({MONTHS}) as months (i)
    ),
    sided as (
        select *, case m % 4 when 0 then round(level) when 1 then round(level / 300 * denominator) when 2 then round(level / 30) end as numerator
        from drawn
    )
    select 'measure_' || m, 'area_' || a, 'all', 'month', last_day(date '2014-01-01' + to_months(cast(i as integer))), numerator,
        if(m % 4 in (1, 3), denominator, null),
        case m % 4 when 1 then 100 * numerator / denominator when 3 then level else numerator end, random() > 0.01
    from sided;
"""


def laid_out(threads: int = 2) -> duckdb.DuckDBPyConnection:
    """A database in memory with the inputs of the analysis models."""
    connection = duckdb.connect(config={"threads": threads, "preserve_insertion_order": False})
    connection.execute(INPUTS)
    connection.execute(SERIES)
    return connection


def seconds(models: Sequence[str] = ALL_MODELS, repeats: int = 3) -> dict[str, tuple[float, float]]:
    """model -> median seconds to build it, on the clock and of processor time (which other work on the machine does not stretch)."""
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in models}
    with laid_out() as connection:
        for _ in range(repeats):
            for name in models:
                clock, processor = time.monotonic(), time.process_time()
                connection.execute(f"create or replace table {name} as {model_sql(name)}")
                taken[name].append((time.monotonic() - clock, time.process_time() - processor))
    return {name: tuple(map(statistics.median, zip(*values, strict=True))) for name, values in taken.items()}


def report() -> None:
    found = seconds()
    print(f"{MEASURES * AREAS:,} series of {MONTHS} months, two threads; median seconds, and of processor time")
    for name, (clock, processor) in found.items():
        print(f"{name:<24}{clock:>8.2f}{processor:>8.2f}")
    print(f"{'together':<24}{sum(c for c, _ in found.values()):>8.2f}{sum(p for _, p in found.values()):>8.2f}")


if __name__ == "__main__":
    report()
