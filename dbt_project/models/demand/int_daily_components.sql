-- Daily sums that operational measures are computed from: one row per component, area and day whose sum is not zero. One scan per fact. Sums of integers
-- and decimals, so that those of the months that no new row touches can stand.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ forget_touched_days() }}",
) }}
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
        fact,
        component_id,
        month,
        local_date,
        value,
        unnest([force_area_id, district_area_id, cpt_area_id]) as area_id
    from sums
)

select
    fact,
    component_id,
    area_id,
    month,
    local_date,
    cast(sum(value) as decimal(18, 3)) as total
from in_areas
where area_id is not null
group by fact, component_id, area_id, month, local_date
