-- Daily sums that operational measures are computed from: one row per component, area and day whose sum is not zero. One scan per fact.
{%- set read = operational_catalogue() %}

with

{{ component_cells(read, by_day=true) }}
sums as (
    {%- for fact in component_facts(read) %}
    select * from {{ fact }}_sums
    {{- ' union all' if not loop.last }}
    {%- endfor %}
),

in_areas as (
    select
        component_id,
        local_date,
        value,
        unnest([force_area_id, district_area_id, cpt_area_id]) as area_id
    from sums
)

select
    component_id,
    area_id,
    local_date,
    cast(sum(value) as decimal(18, 3)) as total
from in_areas
where area_id is not null
group by component_id, area_id, local_date
