-- The two hours of each of the last days in which most calls of a line came against the usual course of such a day. One row per force, line and day.
with

expectations as (
    select * from {{ ref('int_window_expectations') }}
),

latest as (
    select
        *,
        max(local_date) over (partition by area_id) as latest_date,
        count(*) over (partition by area_id, local_date) as judged_count
    from expectations
)

select
    area_id,
    line,
    local_date,
    local_date = any_value(latest_date) as is_latest,
    arg_max(interval_start_at, z) as interval_start_at,
    arg_max(interval_start_local, z) as interval_start_local,
    cast(arg_max(offered_count, z) as bigint) as offered_count,
    arg_max(expected_value, z) as expected_value,
    max(z) as z,
    -- one-sided; all windows of the force that were looked at share the false flags that a day may have
    max(z) > 0 and {{ normal_p('max(z)') }} / 2 * any_value(judged_count) <= {{ var('false_flags_per_day') }} as is_flagged,
    cast(any_value(judged_count) as bigint) as judged_count
from latest
where local_date > latest_date - {{ var('judged_days') }}
group by area_id, line, local_date
having max(z) is not null
