-- The outcome of each line's next fortnight with more or fewer calls, longer or shorter ones, more or fewer operators. One row per force, line and change.
select
    area_id,
    line,
    offered_change_pct,
    handling_change_seconds,
    cast(operator_change_count as bigint) as operator_change_count,
    expected_value,
    expected_in_time_pct,
    expected_wait_seconds,
    expected_abandonment_pct,
    operator_hours,
    cast(short_interval_count as bigint) as short_interval_count
from {{ ref('int_what_ifs') }}
