-- Districts add up to their force, and teams too, in every count, segment and month: what has no area is unallocated.
{{ config(meta={'dagster': {'ref': {'name': 'measure_values'}}}) }}

with counts as (
    select
        measure_values.*,
        dim_area.force_code,
        dim_area.level
    from {{ ref('measure_values') }} as measure_values
    inner join {{ ref('dim_area') }} as dim_area on measure_values.area_id = dim_area.area_id
    where
        measure_values.unit = 'count'
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
