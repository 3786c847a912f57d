-- A hash of all that the judged months and the headlined figures of a series are worked out from: its complete values, and what the catalogue, targets,
-- rebases and special events say of it; and whether it has changed since the last completed build. A day more in the month that runs changes nothing.
-- One row per series with a complete value, and one for each that is gone since.
{{ config(schema='intermediate', materialized='table') }}

with

complete as (
    select * from {{ ref('int_complete_values') }}
),

series as (
    select distinct
        series_id,
        measure_id,
        area_id,
        segment
    from complete
),

{%- set by_pattern = {'rebases': 'int_spc_rebases', 'exclusions': 'spc_exclusions'} %}
{%- for name, relation in by_pattern.items() %}

{{ name }} as (
    select
        series.series_id,
        {{ name }}.*
    from series
    inner join {{ ref(relation) }} as {{ name }} on
        series.measure_id glob {{ name }}.measure_pattern
        and {{ name }}.area_id in (series.area_id, '*')
        and {{ name }}.segment in (series.segment, '*')
),
{%- endfor %}

{%- set inputs = {
    'complete': ['series_id'],
    'rebases': ['series_id'],
    'exclusions': ['series_id'],
    'dim_measure': ['measure_id'],
    'int_spc_parameters': ['measure_id'],
    'int_area_targets': ['measure_id', 'area_id'],
    'dim_area': ['area_id'],
} %}

inputs as (
    {{- input_hashes(inputs, ['complete', 'rebases', 'exclusions']) }}
),

windows as (
    select sum(hash(input)) as content from {{ ref('spc_windows') }} as input  -- noqa: AL05
),

hashed as (
    {{ hashed_inputs('series_id', 'windows') }}
)

{{ changes_of_inputs('hashed') }}
