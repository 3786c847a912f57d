-- Calls of each line by day in the months before those whose half hours are kept, from which forecasts know the season. One row per force, line and day on
-- which the force had a call.
with

calls as (
    select
        force_area_id as area_id,
        line,
        local_date,
        is_resolved
    from {{ ref('fct_force_calls') }}
    where
        not is_excluded
        and month >= {{ first_daily_month() }} - interval {{ var('season_months') }} month
        and month < {{ first_daily_month() }}
),

days as (
    select distinct
        area_id,
        local_date
    from calls
),

lines as (
    select distinct
        area_id,
        line
    from calls
),

counted as (
    select
        area_id,
        line,
        local_date,
        count(*) filter (where is_resolved) as offered_count
    from calls
    group by area_id, line, local_date
)

select
    days.area_id,
    lines.line,
    days.local_date,
    cast(coalesce(counted.offered_count, 0) as bigint) as offered_count
from days
inner join lines on days.area_id = lines.area_id
left join counted
    on
        days.area_id = counted.area_id
        and lines.line = counted.line
        and days.local_date = counted.local_date
