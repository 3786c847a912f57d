-- Districts add up to their force, and teams too, in every count, segment and month: what has no area is unallocated. Partners' returns need not.
{{ config(meta={'dagster': {'ref': {'name': 'measure_values'}}}) }}

with counts as (
    select
        measure_values.*,
        dim_area.force_code,
        dim_area.level
    from {{ ref('measure_values') }} as measure_values
    inner join {{ ref('dim_area') }} as dim_area on measure_values.area_id = dim_area.area_id
    inner join {{ ref('dim_measure') }} as dim_measure on measure_values.measure_id = dim_measure.measure_id
    where
        dim_measure.statistic in ('count', 'sum')
        and measure_values.period_type = 'month'
),

levels as (
    select
        measure_id,
        segment,
        period_end,
        force_code,
        level,
        sum(value) as value
    from counts
    group by measure_id, segment, period_end, force_code, level
)

select
    measure_id,
    segment,
    period_end,
    force_code,
    min(value) as least,
    max(value) as most
from levels
group by measure_id, segment, period_end, force_code
having min(value) <> max(value)
