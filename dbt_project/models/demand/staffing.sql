-- Operators needed in each half hour to come against the rota, and what to expect with the rota, one fewer and one more. One row per force, line and half
-- hour.
select
    area_id,
    line,
    interval_start_at,
    interval_start_local,
    local_date,
    origin_date,
    expected_value,
    mean_handling_seconds,
    patience_seconds,
    within_seconds,
    target_pct,
    cast(needed_count as bigint) as needed_count,
    cast(needed_erlang_c_count as bigint) as needed_erlang_c_count,
    cast(to_roster_count as bigint) as to_roster_count,
    scheduled_count,
    greatest(cast(needed_count as bigint) - scheduled_count, 0) as shortfall_count,
    {%- for case in ['', '_one_fewer', '_one_more'] %}
    expected_in_time{{ case }}_pct,
    expected_wait{{ case }}_seconds,
    expected_abandonment{{ case }}_pct{{ ',' if not loop.last }}
    {%- endfor %}
from {{ ref('int_staffing') }}
