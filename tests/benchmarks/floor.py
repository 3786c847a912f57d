"""The floor that a run is measured against: one DuckDB script, by hand, from the same landing files to the core measures, and nothing else.

It takes the latest version of each key, as the warehouse does, and works out calls, waits and abandonment by line, logs and response times by grade,
crimes, outcomes and arrests by area, each by month and over twelve months, with the change on the year. No contracts, rejects, checks, charts, words
or pages: what those cost is what the ratios say. `python -m tests.benchmarks.floor LANDING…` runs it alone.
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

# The feeds that core measures count, with the key of a row and the columns that are read.
FEEDS = {
    "force_calls": ("call_id, line", ("offered_at", "answered_at", "abandoned_at", "is_test")),
    "bt_999_calls": ("bt_leg_id", ("presented_at", "answered_at", "cleared_at", "outcome", "is_test")),
    "incident_logs": ("log_number", ("created_at", "final_grade", "cpt", "first_arrived_at", "scene_cleared_at", "duplicate_of", "is_test")),
    "crimes": ("crime_ref", ("recorded_at", "offence_group", "cpt", "is_domestic_abuse", "cancelled_at")),
    "crime_outcomes": ("outcome_id", ("crime_ref", "outcome_code", "outcome_date")),
    "arrests": ("arrest_id", ("crime_ref", "arrested_at")),
    "online_reports": ("report_id", ("submitted_at", "form_type")),
}

READ = """
create table {feed} as
select {key}, {columns}
from read_csv({files}, all_varchar = true, union_by_name = true, filename = true, header = true, delim = ',', quote = '"', ignore_errors = true)
where ({key}) is not null
qualify row_number() over (partition by {key} order by regexp_extract(filename, 'x(\\d+T\\d+)', 1) desc) = 1
"""

MEASURES = """
create table monthly as
with
calls as (
    select date_trunc('month', offered) as month, line, date_diff('second', offered, try_cast(answered_at as timestamp)) as wait,
        abandoned_at is not null and answered_at is null as is_abandoned
    from (select *, try_cast(offered_at as timestamp) as offered from force_calls where is_test is distinct from 'Y')
),
legs as (
    select date_trunc('month', presented) as month, date_diff('second', presented, try_cast(answered_at as timestamp)) as wait, outcome
    from (select *, try_cast(presented_at as timestamp) as presented from bt_999_calls where is_test is distinct from 'Y')
),
logs as (
    select date_trunc('month', created) as month, final_grade, cpt,
        date_diff('second', created, try_cast(first_arrived_at as timestamp)) as response,
        date_diff('second', try_cast(first_arrived_at as timestamp), try_cast(scene_cleared_at as timestamp)) as at_scene
    from (select *, try_cast(created_at as timestamp) as created from incident_logs where is_test is distinct from 'Y' and duplicate_of is null)
),
in_areas as (
    select *, unnest(['force', cpt]) as area from logs
),
recorded as (
    select date_trunc('month', try_cast(recorded_at as timestamp)) as month, lower(offence_group) as offence_group, cpt,
        is_domestic_abuse = 'Y' as is_abuse, crime_ref
    from crimes where cancelled_at is null
),
finalised as (
    select date_trunc('month', try_cast(outcomes.outcome_date as date)) as month, outcomes.outcome_code, recorded.cpt
    from crime_outcomes as outcomes inner join recorded using (crime_ref)
),
arrested as (
    select date_trunc('month', try_cast(arrests.arrested_at as timestamp)) as month, recorded.cpt, recorded.is_abuse
    from arrests inner join recorded using (crime_ref)
)
select 'calls ' || line as measure, 'force' as area, month, count(*) as n, count(*) filter (where is_abandoned) as part,
    avg(wait) as mean, median(wait) as median, quantile_cont(wait, 0.9) as p90
from calls group by all
union all
select '999 legs', 'force', month, count(*), count(*) filter (where outcome = 'abandoned'), avg(wait), median(wait), quantile_cont(wait, 0.9)
from legs group by all
union all
select 'logs ' || final_grade, area, month, count(*), count(response), avg(response), median(response), quantile_cont(response, 0.9)
from in_areas group by all
union all
select 'at scene ' || final_grade, area, month, count(*), count(at_scene), avg(at_scene), median(at_scene), quantile_cont(at_scene, 0.9)
from in_areas group by all
union all
select 'crimes ' || counted, area, month, count(*), count(*) filter (where is_abuse), null, null, null
from (select *, unnest(['all', offence_group]) as counted from (select *, unnest(['force', cpt]) as area from recorded)) group by all
union all
select 'outcomes', area, month, count(*), count(*) filter (where outcome_code in ('1', '1A')), null, null, null
from (select *, unnest(['force', cpt]) as area from finalised) group by all
union all
select 'arrests', area, month, count(*), count(*) filter (where is_abuse), null, null, null
from (select *, unnest(['force', cpt]) as area from arrested) group by all
union all
select 'online ' || form_type, 'force', date_trunc('month', try_cast(submitted_at as timestamp)), count(*), null, null, null, null
from online_reports group by all;

create table core_measures as
select *, 100 * part / nullif(n, 0) as share, sum(n) over year as n_12, 100 * sum(part) over year / nullif(sum(n) over year, 0) as share_12,
    n - max(n) over before as change, mean - max(mean) over before as change_of_mean
from monthly
where month is not null
window year as (partition by measure, area order by month range between interval 11 months preceding and current row),
    before as (partition by measure, area order by month range between interval 12 months preceding and interval 12 months preceding);
"""


def core_measures(landing: Path) -> duckdb.DuckDBPyConnection:
    """Work them out of the csv files of a landing folder; table core_measures has one row per measure, area and month."""
    connection = duckdb.connect()
    for feed, (key, columns) in FEEDS.items():
        files = [str(path) for path in sorted((landing / feed).glob("*")) if path.name.endswith((".csv", ".csv.gz"))]
        read = READ.format(feed=feed, key=key, columns=", ".join(columns), files=files)
        names = (*key.split(", "), *columns)
        connection.execute(read if files else f"create table {feed} ({', '.join(f'{name} varchar' for name in names)})")
    connection.execute(MEASURES)
    return connection


if __name__ == "__main__":
    for landing in sys.argv[1:]:
        with core_measures(Path(landing)) as floor:
            print(floor.sql("select measure, count(*) as rows, sum(n) as n from core_measures group by all order by all"))
