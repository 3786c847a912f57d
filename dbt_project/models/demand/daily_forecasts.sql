-- Calls to come by day. One row per force, line and day.
select
    area_id,
    line,
    local_date,
    origin_date,
    forecast_method,
    expected_value,
    lower_80_value,
    upper_80_value,
    lower_value,
    upper_value
from {{ ref('int_call_forecasts') }}
where grain = 'day'
