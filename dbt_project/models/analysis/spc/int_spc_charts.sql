-- Which chart of each series a reader should trust, and why. One row per series.
{{ config(schema='intermediate', materialized='table') }}

with

kinds as (
    select * from {{ ref('int_spc_kinds') }}
),

parameters as (
    select * from {{ ref('int_spc_parameters') }}
),

latest_phases as (
    select * from {{ ref('int_spc_phases') }}
    where is_latest
),

events as (
    select
        events.series_id,
        count(*) as event_count,
        min(events.days_since) as min_days_since
    from {{ ref('int_spc_events') }} as events
    inner join latest_phases
        on
            events.series_id = latest_phases.series_id
            and events.month >= latest_phases.window_start
    where not events.is_excluded
    group by events.series_id
),

recipes as (
    select * from {{ ref('int_measure_recipes') }}
),

chosen as (
    select
        kinds.*,
        coalesce(events.event_count, 0) as event_count,
        case
            when kinds.kind = 'rare' and not recipes.has_dated_events then 'xmr'
            when kinds.kind = 'rare' and coalesce(events.event_count, 0) < parameters.min_n_limits then 'none'
            when kinds.kind = 'few' then 'none'
            when kinds.kind = 'rare' and events.min_days_since = 0 then 'g'
            when kinds.kind = 'rare' then 't'
            when kinds.is_seasonally_adjusted then 'xmr'
            else kinds.kind
        end as recommended_chart
    from kinds
    inner join parameters on kinds.measure_id = parameters.measure_id
    inner join recipes on kinds.measure_id = recipes.measure_id
    left join events on kinds.series_id = events.series_id
)

select
    series_id,
    kind,
    recommended_chart,
    case
        when kind = 'rare' and recommended_chart = 'xmr' then 'rare events whose days are not kept: read with care'
        when recommended_chart = 'none' then 'too few events to judge'
        when recommended_chart = 'g' then 'rare events, some on one day: days between them (G chart)'
        when recommended_chart = 't' then 'rare events: days between them (T chart)'
        when recommended_chart in ('p_prime', 'u_prime')
            then 'denominators vary by more than a quarter: limits follow them (' || case recommended_chart when 'p_prime' then 'P′' else 'U′' end || ' chart)'
    end as chart_reason
from chosen
