-- What kind of chart the window of the latest phase of each series asks for: limits that follow the denominator (p_prime, u_prime), time between rare events (rare),
-- none where a share has too few in it (few), or the XmR chart. methods.md 1.3. One row per series.
{{ config(schema='intermediate', materialized='table') }}

with

points as (
    select * from {{ ref('int_spc_points') }}
),

measures as (
    select * from {{ ref('dim_measure') }}
),

parameters as (
    select * from {{ ref('int_spc_parameters') }}
),

latest_window as (
    select *
    from points
    qualify month >= max(window_start) over (partition by series_id)
),

-- A special event counts only where there is nothing else.
latest_points as (
    select *
    from latest_window
    qualify is_excluded = bool_and(is_excluded) over (partition by series_id)
),

latest_phases as (
    select
        series_id,
        measure_id,
        area_id,
        segment,
        bool_or(is_seasonally_adjusted) as is_seasonally_adjusted,
        cast(sum({{ spc_billionths('value') }}) as double) / count(*) / 1e9 as mean,
        max(value) as max_value,
        min(denominator) filter (where denominator > 0) as min_denominator,
        max(denominator) as max_denominator,
        -- all or nothing: limits around 0 or 100 per cent have no width
        coalesce(sum({{ spc_billionths('numerator') }}) > 0, false)
        and sum({{ spc_billionths('numerator') }}) <> sum({{ spc_billionths('denominator') }}) as is_divided,
        cast(sum({{ spc_billionths('numerator') }}) as double) / count(*) / 1e9 as mean_counted,
        cast(sum({{ spc_billionths('denominator') }}) as double) / count(*) / 1e9 - mean_counted as mean_left
    from latest_points
    group by series_id, measure_id, area_id, segment
)

select
    latest_phases.series_id,
    latest_phases.measure_id,
    latest_phases.area_id,
    latest_phases.segment,
    latest_phases.mean,
    latest_phases.max_denominator / latest_phases.min_denominator as denominator_ratio,
    latest_phases.is_seasonally_adjusted,
    case
        when measures.statistic = 'count' and latest_phases.mean < parameters.rare_mean then 'rare'
        when
            latest_phases.is_divided
            and measures.unit = 'pct'
            and case when measures.statistic in ('rate', 'ratio') then latest_phases.mean_counted else least(latest_phases.mean_counted, latest_phases.mean_left) end
            < {{ var('too_few_counted') }}
            then 'few'
        when not latest_phases.is_divided or latest_phases.max_denominator <= parameters.denominator_ratio * latest_phases.min_denominator then 'xmr'
        when measures.unit <> 'pct' then 'xmr'
        when measures.statistic = 'rate' then 'u_prime'
        when measures.statistic in ('share', 'share_of_total', 'ratio', 'cohort_rate') and latest_phases.max_value <= 100 then 'p_prime'
        else 'xmr'
    end as kind
from latest_phases
inner join measures on latest_phases.measure_id = measures.measure_id
inner join parameters on latest_phases.measure_id = parameters.measure_id
