-- How accurate forecasts made in the past were. One row per force, line, grain and horizon.
select
    area_id,
    line,
    grain,
    horizon,
    any_value(origin_date) as origin_date,
    any_value(forecast_method) as forecast_method,
    any_value(origin_count) as origin_count,
    any_value(forecast_count) as forecast_count,
    any_value(mase) as mase,
    any_value(naive_mase) as naive_mase,
    any_value(coverage_80_pct) as coverage_80_pct,
    any_value(coverage_pct) as coverage_pct
from {{ ref('int_call_forecasts') }}
group by area_id, line, grain, horizon
