-- Whether the limits of a chart still describe its process: the points of the latest window against its limits, on the chart to trust. Due for review are
-- limits with twelve points or more in a row on one side of the mean, or with a third of the points flagged. One row per series with limits.
{{ config(schema='intermediate', materialized='table') }}

with

phases as (
    select * from {{ ref('int_spc_phases') }}
    where is_latest
),

charts as (
    select * from {{ ref('measure_spc') }}
),

alternatives as (
    select * from {{ ref('spc_alternatives') }}
    where is_recommended
),

-- Months, or events, in their order; `place` has a hole where a month is missing.
points as (
    select
        charts.series_id,
        charts.month,
        12 * year(charts.month) + month(charts.month) as place,
        charts.value_adjusted as value,
        charts.mean as centre,
        charts.special_cause,
        charts.limits_status
    from charts
    where charts.recommended_chart = 'xmr'

    union all by name

    select
        alternatives.series_id,
        alternatives.month,
        case when alternatives.chart in ('t', 'g') then alternatives.point_no else 12 * year(alternatives.month) + month(alternatives.month) end as place,
        alternatives.value,
        alternatives.centre,
        alternatives.special_cause,
        alternatives.limits_status
    from alternatives
),

windowed as (
    select
        points.*,
        phases.window_start,
        phases.window_end,
        last_value(points.limits_status) over whole as latest_status,
        cast(sign(points.value - last_value(points.centre) over whole) as integer) as side
    from points
    inner join phases on
        points.series_id = phases.series_id
        and points.month >= phases.window_start
    window whole as (partition by points.series_id order by points.place rows between unbounded preceding and unbounded following)
),

-- Neighbours on one side have the same difference of place and number among their like.
sided as (
    select
        *,
        place - row_number() over (partition by series_id, side order by place) as side_run
    from windowed
),

counted as (
    select
        *,
        case when side <> 0 then count(*) over (partition by series_id, side, side_run) else 0 end as points_on_side
    from sided
)

select
    series_id,
    any_value(window_start) as window_start,
    any_value(window_end) as window_end,
    cast(count(*) as integer) as points_in_window,
    cast(count(*) filter (where special_cause is not null) as integer) as points_flagged,
    cast(max(points_on_side) as integer) as points_on_one_side,
    nullif(concat_ws(
        '; ',
        case when points_on_one_side >= {{ var('review_points_on_one_side') }} then points_on_one_side || ' points in a row on one side of the mean' end,
        case when 3 * points_flagged >= points_in_window then points_flagged || ' of ' || points_in_window || ' points flagged' end
    ), '') as review_reason,
    review_reason is not null as is_review_due
from counted
where latest_status not in ('none', 'gap')
group by series_id
