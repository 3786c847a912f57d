-- A hash of all that the charts of a series are worked out from: its judged months, phases, kind, chart and events, the targets of its area, and what the
-- catalogue and the parameters say of its measure. Where it is the same as in the build before, so are the charts. One row per series.
{{ config(schema='intermediate', materialized='table') }}
{%- set keys = {
    'int_spc_points': ['series_id'],
    'int_spc_phases': ['series_id'],
    'int_spc_kinds': ['series_id'],
    'int_spc_charts': ['series_id'],
    'int_spc_events': ['series_id'],
    'int_area_targets': ['measure_id', 'area_id'],
    'dim_measure': ['measure_id'],
    'int_spc_parameters': ['measure_id'],
} %}

with

series as (
    select distinct
        series_id,
        measure_id,
        area_id
    from {{ ref('int_spc_points') }}
),

inputs as (
    {%- for model, columns in keys.items() %}
    select
        series.series_id,
        hash('{{ model }}', input) as content
    from series
    inner join {{ ref(model) }} as input on  -- noqa: AL05
        {%- for column in columns %}
        {{ 'and ' if not loop.first }}series.{{ column }} = input.{{ column }}
        {%- endfor %}
    {{- '\n\n    union all\n' if not loop.last }}
    {%- endfor %}
)

-- A sum does not depend on the order of the rows.
select
    series_id,
    format('{:016x}', hash(sum(content))) as inputs_hash
from inputs
group by series_id
