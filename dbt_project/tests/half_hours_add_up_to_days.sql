-- The half hours of a day are as many as the day has, and their calls are those of the day; the hours of logs likewise. Exactly: any difference fails.
{{ config(meta={'dagster': {'ref': {'name': 'interval_demand'}}}) }}

with

half_hours as (
    select
        area_id,
        line,
        local_date,
        count(*) as half_hour_count,
        sum(offered_count) as offered,
        sum(abandoned_count) as abandoned,
        sum(answered_count) as answered,
        sum(in_time_count) as in_time,
        sum(answered_wait_seconds) as waited
    from {{ ref('interval_demand') }}
    group by area_id, line, local_date
),

sums as (
    select
        area_id,
        local_date,
        unnest([  -- noqa: AL03
            { 'measure_id': 'public_999_calls_offered', 'is_numerator': true, 'total': case when line = '999' then offered end },
            { 'measure_id': 'public_999_abandonment_rate', 'is_numerator': true, 'total': case when line = '999' then abandoned end },
            { 'measure_id': 'public_999_wait_time_mean', 'is_numerator': true, 'total': case when line = '999' then waited end },
            { 'measure_id': 'public_999_wait_time_mean', 'is_numerator': false, 'total': case when line = '999' then answered end },
            { 'measure_id': 'public_999_answered_within_10s_rate', 'is_numerator': true, 'total': case when line = '999' then in_time end },
            { 'measure_id': 'line_101_calls_offered', 'is_numerator': true, 'total': case when line = '101' then offered end },
            { 'measure_id': 'cch_calls_offered', 'is_numerator': true, 'total': case when line = 'cch' then offered end },
            { 'measure_id': 'cch_answered_within_sla_rate', 'is_numerator': true, 'total': case when line = 'cch' then in_time end },
            { 'measure_id': 'crib_calls_offered', 'is_numerator': true, 'total': case when line = 'crib' then offered end }
        ], recursive := true)
    from half_hours
),

days as (
    select * from {{ ref('daily_values') }}
),

hours as (
    select
        area_id,
        local_date,
        count(distinct hour_start_at) as hour_count,
        sum(log_count) as log_count
    from {{ ref('hourly_logs') }}
    group by area_id, local_date
)

select
    sums.measure_id,
    sums.area_id,
    sums.local_date,
    sums.total as of_parts,
    case when sums.is_numerator then days.numerator else days.denominator end as of_day
from sums
left join days
    on
        sums.measure_id = days.measure_id
        and sums.area_id = days.area_id
        and sums.local_date = days.local_date
where
    sums.total is not null
    and sums.total is distinct from cast(case when sums.is_numerator then days.numerator else days.denominator end as decimal(18, 3))

union all

select
    'log_volume' as measure_id,
    hours.area_id,
    hours.local_date,
    hours.log_count as of_parts,
    days.numerator as of_day
from hours
left join days
    on
        days.measure_id = 'log_volume'
        and hours.area_id = days.area_id
        and hours.local_date = days.local_date
where hours.log_count is distinct from cast(days.numerator as bigint)

union all

select
    'half hours of ' || half_hours.line as measure_id,
    half_hours.area_id,
    half_hours.local_date,
    half_hours.half_hour_count as of_parts,
    2 * dim_date.hours_count as of_day
from half_hours
left join {{ ref('dim_date') }} as dim_date on half_hours.local_date = dim_date.date
where half_hours.half_hour_count is distinct from 2 * dim_date.hours_count

union all

select
    'hours of logs' as measure_id,
    hours.area_id,
    hours.local_date,
    hours.hour_count as of_parts,
    dim_date.hours_count as of_day
from hours
left join {{ ref('dim_date') }} as dim_date on hours.local_date = dim_date.date
where hours.hour_count is distinct from dim_date.hours_count
