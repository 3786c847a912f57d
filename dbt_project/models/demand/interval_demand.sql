-- Calls of each line by half hour: offered, answered, abandoned, waits, handling, and calls at the same time. One row per force, line and half hour
-- that the telephony covers; a day on which the clocks change has 46 or 50. Days before the first of which a call has changed stand as they are.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ forget_since_changed_day() }}",
) }}

with

calls as (
    select * from {{ ref('fct_force_calls') }}
    where
        not is_excluded
        and month >= {{ first_daily_month() }}
),

service_levels as (
    select * from {{ ref('service_levels') }}
),

covered_days as (
    select
        concat(force_code, '_force') as area_id,
        local_date
    from {{ ref('int_covered_days') }}
    where
        feed = 'force_calls'
        and {{ is_since_changed_day() }}
),

half_hours as (
    select
        area_id,
        local_date,
        {{ starts_within_day('local_date') }} as interval_start_at
    from covered_days
),

lines as (
    select distinct
        force_area_id as area_id,
        line
    from calls
),

offered as (
    select
        calls.force_area_id as area_id,
        calls.line,
        calls.interval_start_at,
        count(*) filter (where calls.is_resolved) as offered_count,
        count(*) filter (where calls.is_answered) as answered_count,
        count(*) filter (where calls.is_abandoned) as abandoned_count,
        count(*) filter (
            where
            calls.is_answered
            and (
                calls.wait_seconds < service_levels.within_seconds
                or (service_levels.is_limit_included and calls.wait_seconds = service_levels.within_seconds)
            )
        ) as in_time_count,
        sum(calls.wait_seconds) filter (where calls.is_answered) as answered_wait_seconds,
        sum(calls.wait_seconds) filter (where calls.is_abandoned) as abandoned_wait_seconds,
        count(calls.handling_seconds) as handled_count,
        sum(calls.handling_seconds) as handled_seconds
    from calls
    left join service_levels
        on
            calls.force_area_id = service_levels.area_id
            and calls.line = service_levels.line
            and calls.local_date between service_levels.valid_from and service_levels.valid_to
    where {{ is_since_changed_day('calls.local_date') }}
    group by calls.force_area_id, calls.line, calls.interval_start_at
),

-- An answered call takes an operator in every half hour that it touches.
touched as (
    select
        force_area_id as area_id,
        line,
        answered_at,
        ended_at,
        unnest(generate_series({{ half_hour_of('answered_at') }}, ended_at, interval 30 minute)) as interval_start_at
    from calls
    where
        is_answered
        and ended_at > answered_at
        and {{ is_since_changed_day('ended_at', days_before=1) }}
),

taken as (
    select
        area_id,
        line,
        interval_start_at,
        greatest(answered_at, interval_start_at) as taken_at,
        least(ended_at, interval_start_at + interval 30 minute) as released_at
    from touched
    where ended_at > interval_start_at
),

-- Each time at which a call is taken is an odd number and each at which one is released an even one: an operator who is released in the instant in
-- which another call is answered can take it.
busy as (
    select
        area_id,
        line,
        interval_start_at,
        sum({{ seconds_between('taken_at', 'released_at') }}) as busy_seconds,
        list_sort(list_concat(list(2 * epoch_us(taken_at) + 1), list(2 * epoch_us(released_at)))) as steps
    from taken
    group by area_id, line, interval_start_at
),

placed as (
    select
        *,
        list_filter(range(1, len(steps) + 1), lambda place: steps[place] % 2 = 1) as places
    from busy
),

-- When the third call is taken at the fourth place, one has been released before it, and two are at once: twice the number, less the place. Sorting each
-- half hour's few steps costs a third of a running sum over all of them.
at_once as (
    select
        area_id,
        line,
        interval_start_at,
        busy_seconds,
        list_max(list_transform(range(1, len(places) + 1), lambda number: 2 * number - places[number])) as peak_count
    from placed
)

select
    half_hours.area_id,
    lines.line,
    half_hours.interval_start_at,
    {{ local_time('half_hours.interval_start_at') }} as interval_start_local,
    half_hours.local_date,
    cast(coalesce(offered.offered_count, 0) as bigint) as offered_count,
    cast(coalesce(offered.answered_count, 0) as bigint) as answered_count,
    cast(coalesce(offered.abandoned_count, 0) as bigint) as abandoned_count,
    case when service_levels.within_seconds is not null then cast(coalesce(offered.in_time_count, 0) as bigint) end as in_time_count,
    cast(coalesce(offered.answered_wait_seconds, 0) as decimal(18, 3)) as answered_wait_seconds,
    cast(coalesce(offered.abandoned_wait_seconds, 0) as decimal(18, 3)) as abandoned_wait_seconds,
    cast(coalesce(offered.handled_count, 0) as bigint) as handled_count,
    cast(coalesce(offered.handled_seconds, 0) as decimal(18, 3)) as handled_seconds,
    cast(coalesce(at_once.busy_seconds, 0) as decimal(18, 3)) as busy_seconds,
    cast(coalesce(at_once.peak_count, 0) as bigint) as peak_count,
    service_levels.within_seconds,
    service_levels.target_pct
from half_hours
inner join lines on half_hours.area_id = lines.area_id
left join service_levels
    on
        half_hours.area_id = service_levels.area_id
        and lines.line = service_levels.line
        and half_hours.local_date between service_levels.valid_from and service_levels.valid_to
left join offered
    on
        half_hours.area_id = offered.area_id
        and lines.line = offered.line
        and half_hours.interval_start_at = offered.interval_start_at
left join at_once
    on
        half_hours.area_id = at_once.area_id
        and lines.line = at_once.line
        and half_hours.interval_start_at = at_once.interval_start_at
