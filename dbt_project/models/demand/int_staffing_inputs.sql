-- What the operators of each half hour to come are worked out from: calls expected, how long calls took and callers waited in the last eight weeks, the
-- target, and the rota where it is supplied. One row per force, line with a target and half hour.
with

forecasts as (
    select * from {{ ref('interval_forecasts') }}
),

origins as (
    select distinct
        area_id,
        line,
        origin_date
    from forecasts
),

recent as (
    select
        demand.area_id,
        demand.line,
        cast(sum(demand.handled_seconds) as double) / nullif(sum(demand.handled_count), 0) as mean_handling_seconds,
        cast(sum(demand.answered_wait_seconds + demand.abandoned_wait_seconds) as double) as waited_seconds,
        cast(sum(demand.abandoned_count) as bigint) as abandoned_count
    from {{ ref('interval_demand') }} as demand
    inner join origins
        on
            demand.area_id = origins.area_id
            and demand.line = origins.line
            and demand.local_date > origins.origin_date - 56
    group by demand.area_id, demand.line
)

select
    forecasts.area_id,
    forecasts.line,
    forecasts.interval_start_at,
    forecasts.interval_start_local,
    forecasts.local_date,
    forecasts.origin_date,
    forecasts.expected_value,
    recent.mean_handling_seconds,
    recent.waited_seconds,
    recent.abandoned_count,
    service_levels.within_seconds,
    cast(service_levels.target_pct as double) as target_pct,
    cast(rota.scheduled_count as bigint) as scheduled_count
from forecasts
inner join recent on forecasts.area_id = recent.area_id and forecasts.line = recent.line
inner join {{ ref('service_levels') }} as service_levels
    on
        forecasts.area_id = service_levels.area_id
        and forecasts.line = service_levels.line
        and forecasts.local_date between service_levels.valid_from and service_levels.valid_to
left join {{ ref('stg_telephony__rota') }} as rota
    on
        forecasts.area_id = concat(rota.force_code, '_force')
        and forecasts.line = rota.line
        and forecasts.interval_start_at = rota.starts_at
where recent.mean_handling_seconds > 0
