-- Monthly sums that measures are computed from: one row per component, area, segment and month whose sum is not zero.
-- Sums of integers and decimals, so the order of rows and the number of threads do not matter.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ forget_touched_components() }}",
) }}
{%- set read = catalogue() %}

with

{{ component_cells(read) }}
sums as (
    {%- for fact in component_facts(read) %}
    select * from {{ fact }}_sums
    {{- ' union all' if not loop.last }}
    {%- endfor %}
),

-- A cell belongs to its force, its district and its team, as far as the fact knows them …
in_areas as (
    select
        fact,
        component_id,
        month,
        segment,
        value,
        unnest([force_area_id, district_area_id, cpt_area_id]) as area_id
    from sums
),

-- … and to all segments together, and to its own.
in_segments as (
    select
        fact,
        component_id,
        month,
        value,
        area_id,
        unnest(['all', segment]) as segment
    from in_areas
    where area_id is not null
)

select
    fact,
    component_id,
    area_id,
    segment,
    month,
    cast(sum(value) as decimal(18, 3)) as total
from in_segments
where segment is not null
group by fact, component_id, area_id, segment, month
