-- Signs of a trend (Mann-Kendall and Sen) over the last twelve months of each month, and over the last fifteen; methods.md 11. Judged on the values of
-- the charts, so without their season, and never across a rebase or a series break. One row per series and month that findings may speak of.
{{ config(
    schema='intermediate',
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ forget_changed_series() }}",
) }}

with

points as (
    select *, month_number as period from {{ ref('int_spc_points') }}
    where {{ is_changed_series() }}
),

series_breaks as (
    select * from {{ ref('int_series_breaks') }}
),

broken as (
    select
        series.measure_id,
        series.area_id,
        list(distinct series_breaks.break_month) as break_months
    from (select distinct measure_id, area_id from points) as series
    inner join series_breaks on
        series.measure_id glob series_breaks.measure_pattern
        and series_breaks.area_id in (series.area_id, '*')
    group by series.measure_id, series.area_id
),

-- The months of findings, and as many before them as the longest window and the look back take, are enough.
histories as (
    select
        points.series_id,
        points.month,
        points.period,
        cast(points.y as double) / 1e9 as y,
        points.rebase_no,
        coalesce(len(list_filter(broken.break_months, lambda begun: begun <= points.month)), 0) as history,
        (select max(month_number) from {{ ref('int_spc_points') }}) as latest_period,
        max(points.period) over (partition by points.series_id) as last_period
    from points
    left join broken on
        points.measure_id = broken.measure_id
        and points.area_id = broken.area_id
),

recent as (
    select * from histories
    where period > least(latest_period, last_period) - {{ var('findings_months') | int + var('long_trend_months') | int + 3 }}
),

windows as (
    select
        *,
        list(y) over last_year as y_12,
        list(period) over last_year as t_12,
        list(y) over longer as y_15,
        list(period) over longer as t_15,
        avg(abs(y)) over last_year as size_12,
        avg(abs(y)) over longer as size_15
    from recent
    window
        last_year as (
            partition by series_id, rebase_no, history order by period range between {{ var('trend_months') | int - 1 }} preceding and current row
        ),
        longer as (
            partition by series_id, rebase_no, history order by period range between {{ var('long_trend_months') | int - 1 }} preceding and current row
        )
),

sloped as (
    select
        *,
        {{ pair_slopes('y_12', 't_12', var('trend_months') | int) }} as slopes_12,
        {{ pair_slopes('y_15', 't_15', var('long_trend_months') | int) }} as slopes_15
    from windows
    where
        last_period = period
        or period > latest_period - {{ var('findings_months') | int + 3 }}
),

judged as (
    select
        *,
        {{ mann_kendall_s('slopes_12') }} as s_12,
        {{ mann_kendall_variance('y_12') }} as variance_12,
        100 * {{ sen_slope('slopes_12') }} / nullif(size_12, 0) as slope_pct,
        {{ mann_kendall_s('slopes_15') }} as s_15,
        {{ mann_kendall_variance('y_15') }} as variance_15,
        100 * {{ sen_slope('slopes_15') }} / nullif(size_15, 0) as long_slope_pct,
        list_sum(list_transform(y_15, lambda value, i: if(i > 1 and value > y_15[i - 1], 1, 0))) as rises_15,
        list_sum(list_transform(y_15, lambda value, i: if(i > 1 and value < y_15[i - 1], 1, 0))) as falls_15
    from sloped
),

-- A trend is said from eight months on, a long-term one only of the whole window.
signed as (
    select
        *,
        {{ mann_kendall_z('s_12', 'variance_12') }} as z,
        {{ mann_kendall_z('s_15', 'variance_15') }} as long_z,
        cast(case
            when len(y_12) >= {{ var('trend_min_months') }} and abs(z) > {{ var('significance_z') }} and abs(slope_pct) >= {{ var('trend_slope_pct') }}
                then sign(z)
            else 0
        end as integer) as trend_sign,
        cast(case
            when
                len(y_15) >= {{ var('long_trend_months') }}
                and abs(long_z) > {{ var('significance_z') }}
                and abs(long_slope_pct) >= {{ var('trend_slope_pct') }}
                and if(long_z > 0, rises_15, falls_15) >= {{ var('long_trend_steps') }} * (len(y_15) - 1)
                then sign(long_z)
            else 0
        end as integer) as long_trend_sign
    from judged
)

select
    series_id,
    month,
    cast(len(y_12) as integer) as trend_n,
    z,
    {{ normal_p('z') }} as p,
    slope_pct,
    trend_sign,
    cast(coalesce(max(trend_sign) over three_before, 0) as integer) as trend_sign_before,
    cast(len(y_15) as integer) as long_trend_n,
    long_z,
    {{ normal_p('long_z') }} as long_p,
    long_slope_pct,
    long_trend_sign
from signed
window three_before as (partition by series_id order by period range between 3 preceding and 3 preceding)
