-- Calls to come by half hour. One row per force, line and half hour.
select
    area_id,
    line,
    interval_start_at,
    interval_start_local,
    local_date,
    origin_date,
    forecast_method,
    expected_value,
    lower_80_value,
    upper_80_value,
    lower_value,
    upper_value
from {{ ref('int_call_forecasts') }}
where grain = 'half hour'
