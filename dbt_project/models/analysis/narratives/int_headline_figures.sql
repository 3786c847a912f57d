-- The figure that a series is headlined by at the end of each period: of the measure's headline period, or of twelve months where a part of the force
-- counts too few in a month. With the target in force then, whether it was met, and for how many periods in a row the answer has been the same.
-- One row per measure, area, segment and last day of a period.
{{ config(
    schema='intermediate',
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ forget_changed_series('series_id', ['int_value_inputs']) }}",
) }}

with

measure_values as (
    select * from {{ ref('int_complete_values') }}
    where {{ is_changed_series(inputs=['int_value_inputs']) }}
),

measures as (
    select * from {{ ref('dim_measure') }}
),

areas as (
    select * from {{ ref('dim_area') }}
),

headlined as (
    select
        measure_values.*,
        measures.direction,
        -- the period that is shown in place of a count that is too small
        case
            when
                measure_values.period_type = 'month'
                and measure_values.unit = 'count'
                and measure_values.value < {{ var('min_monthly_count') }}
                and areas.level <> 'force'
                then 'r12m'
        end as instead
    from measure_values
    inner join areas on measure_values.area_id = areas.area_id
    inner join measures on
        measure_values.measure_id = measures.measure_id
        and measure_values.period_type = measures.headline_period
),

-- A month that counts only a few tells little, and too much of single cases.
figures as (
    select
        headlined.series_id,
        headlined.measure_id,
        headlined.area_id,
        headlined.segment,
        headlined.period_end,
        coalesce(rolling.period_type, headlined.period_type) as period_type,
        case when rolling.period_type is null then headlined.numerator else rolling.numerator end as numerator,
        case when rolling.period_type is null then headlined.denominator else rolling.denominator end as denominator,
        case when rolling.period_type is null then headlined.value else rolling.value end as value,
        case when rolling.period_type is null then headlined.margin else rolling.margin end as margin,
        headlined.unit,
        headlined.direction,
        coalesce(rolling.quality_grade, headlined.quality_grade) as quality_grade,
        nullif(concat_ws(
            '; ',
            case when rolling.period_type is null then headlined.caveat else rolling.caveat end,
            case when rolling.period_type is not null then 'under {{ var("min_monthly_count") }} in the month: twelve months are shown' end
        ), '') as caveat
    from headlined
    left join measure_values as rolling on
        headlined.series_id = rolling.series_id
        and headlined.period_end = rolling.period_end
        and headlined.instead = rolling.period_type
),

targeted as (
    {{ targets_in_force('figures', 'period_end', 'figures.period_end') }}
),

met as (
    select
        figures.*,
        targeted.target,
        targeted.target_type,
        case
            when figures.direction = 'increase' then figures.value >= targeted.target
            when figures.direction = 'decrease' then figures.value <= targeted.target
        end as is_target_met,
        row_number() over of_series as position,
        date_diff('month', lag(figures.period_end) over of_series, figures.period_end) as months_since
    from figures
    left join targeted on
        figures.series_id = targeted.series_id
        and figures.period_end = targeted.period_end
    window of_series as (partition by figures.series_id order by figures.period_end)
),

-- A run begins anew where the answer, or the kind of period, changes, or a period is missing.
runs as (
    select
        *,
        max(case when is_new_run then position end)
            over (partition by series_id order by position rows unbounded preceding) as run_start
    from (
        select
            *,
            coalesce(
                is_target_met is distinct from lag(is_target_met) over of_series
                or period_type <> lag(period_type) over of_series
                or (
                    period_type <> 'snapshot'
                    and months_since > case period_type when 'quarter' then 3 when 'year' then 12 else 1 end
                ),
                true
            ) as is_new_run
        from met
        window of_series as (partition by series_id order by period_end)
    ) as compared
)

select
    series_id,
    measure_id,
    area_id,
    segment,
    period_end,
    period_type,
    numerator,
    denominator,
    value,
    margin,
    unit,
    quality_grade,
    caveat,
    target,
    target_type,
    is_target_met,
    case when is_target_met is not null then cast(position - run_start + 1 as integer) end as target_periods_running,
    lag(period_end) over (partition by series_id order by period_end) as earlier_period_end,
    lag(value) over (partition by series_id order by period_end) as earlier_value,
    period_end = max(period_end) over (partition by series_id) as is_latest
from runs
