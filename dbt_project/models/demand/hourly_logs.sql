-- Logs by final grade and hour. One row per force, grade and hour that the logs cover; a day on which the clocks change has 23 or 25.
with

logs as (
    select
        *,
        coalesce(final_grade, 'not recorded') as grade
    from {{ ref('fct_logs') }}
    where
        not is_excluded
        and month >= {{ first_daily_month() }}
),

covered_days as (
    select
        concat(force_code, '_force') as area_id,
        local_date
    from {{ ref('int_covered_days') }}
    where feed = 'incident_logs'
),

hours as (
    select
        area_id,
        local_date,
        {{ starts_within_day('local_date', 60) }} as hour_start_at
    from covered_days
),

grades as (
    select distinct
        force_area_id as area_id,
        grade
    from logs
),

counted as (
    select
        force_area_id as area_id,
        grade,
        hour_start_at,
        count(*) as log_count,
        count(*) filter (where is_deployed) as deployed_count
    from logs
    group by force_area_id, grade, hour_start_at
)

select
    hours.area_id,
    grades.grade as final_grade,
    hours.hour_start_at,
    {{ local_time('hours.hour_start_at') }} as hour_start_local,
    hours.local_date,
    cast(coalesce(counted.log_count, 0) as bigint) as log_count,
    cast(coalesce(counted.deployed_count, 0) as bigint) as deployed_count
from hours
inner join grades on hours.area_id = grades.area_id
left join counted
    on
        hours.area_id = counted.area_id
        and grades.grade = counted.grade
        and hours.hour_start_at = counted.hour_start_at
