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
    local_date = latest_date as is_latest,
    interval_start_at,
    interval_start_local,
    cast(offered_count as bigint) as offered_count,
    expected_value,
    z,
    -- one-sided; all windows of the force that were looked at share the false flags that a day may have
    z > 0 and {{ normal_p('z') }} / 2 * judged_count <= {{ var('false_flags_per_day') }} as is_flagged,
    cast(judged_count as bigint) as judged_count
from latest
where local_date > latest_date - {{ var('judged_days') }} and z is not null
-- of windows that stand out alike, the first
qualify row_number() over (partition by area_id, line, local_date order by z desc, interval_start_at asc) = 1
