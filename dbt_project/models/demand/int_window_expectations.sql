-- Calls offered in two hours, beginning with each half hour, against what the last twelve such weekdays had in them at the level of the day. A surge is
-- what a day's level does not account for; that level itself is judged by int_daily_expectations. Bank holidays are judged, and not judged by.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ forget_since_changed_day() }}",
) }}

{#- twice twelve weeks: those that the shares are of, and those of the deviations from them #}
{%- set days_read = 2 * 84 %}

with

half_hours as (
    select
        demand.area_id,
        demand.line,
        demand.local_date,
        demand.interval_start_local,
        demand.interval_start_at,
        demand.offered_count,
        cast(demand.interval_start_local as time) as start_time,
        bank_holidays.title is null as is_ordinary
    from {{ ref('interval_demand') }} as demand
    left join {{ ref('bank_holidays') }} as bank_holidays on demand.local_date = bank_holidays.date
    where {{ is_since_changed_day('demand.local_date', days_before=days_read) }}
),

windows as (
    select
        *,
        count(*) over two_hours as half_hour_count,
        sum(offered_count) over two_hours as observed,
        sum(offered_count) over (partition by area_id, line, local_date) as of_day
    from half_hours
    window two_hours as (
        partition by area_id, line, local_date order by interval_start_at
        rows between current row and 3 following
    )
),

-- The share of the day that falls into the two hours, on the last twelve such weekdays.
shares as (
    select
        *,
        count(*) filter (where is_ordinary) over last_weeks as earlier_days,
        sum(observed) filter (where is_ordinary) over last_weeks as earlier_observed,
        sum(of_day) filter (where is_ordinary) over last_weeks as earlier_of_day
    from windows
    where half_hour_count = 4
    window last_weeks as (
        partition by area_id, line, isodow(local_date), start_time order by local_date
        range between interval 84 day preceding and interval 1 day preceding
    )
),

expected as (
    select
        *,
        -- the level of the day without the two hours, so that a surge does not raise its own expectation
        (of_day - observed) * earlier_observed / nullif(earlier_of_day - earlier_observed, 0) as expected
    from shares
    where earlier_days >= 8
),

-- In whole billionths, so that the order in which the windows of a day are added changes nothing.
deviating as (
    select
        *,
        case when expected >= 1 and is_ordinary then {{ spc_billionths('pow(observed - expected, 2) / expected') }} end as deviation
    from expected
),

scattered as (
    select
        *,
        greatest(
            sum(deviation) over last_weeks / 1e9 / count(deviation) over last_weeks,
            1
        ) as scatter
    from deviating
    window last_weeks as (
        partition by area_id, line order by local_date
        range between interval 84 day preceding and interval 1 day preceding
    )
),

varied as (
    select
        *,
        scatter * expected as variance
    from scattered
    where expected > 0
)

select
    area_id,
    line,
    local_date,
    interval_start_at,
    interval_start_local,
    cast(observed as bigint) as offered_count,
    expected as expected_value,
    {{ surprise('observed', 'expected', 'variance') }} as z
from varied
where {{ is_since_changed_day() }}
