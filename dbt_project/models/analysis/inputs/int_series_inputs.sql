-- A hash of all that charts, comparisons, tones and findings of a series are worked out from, and whether it has changed since the last completed build.
-- Of months that are not complete only that they are not: a day more in the month that runs changes nothing. One row per series, and one for each that is
-- gone since.
{{ config(schema='intermediate', materialized='table') }}

with

series as (
    select distinct
        series_id,
        measure_id,
        area_id,
        segment
    from {{ ref('measure_values') }}
),

figures as (
    select
        series_id,
        measure_id,
        area_id,
        segment,
        period_type,
        period_end,
        is_complete,
        case when is_complete then struct_pack(v := value, n := numerator, d := denominator, m := margin) end as figure
    from {{ ref('measure_values') }}
),

breaks as (
    select
        series.measure_id,
        series.area_id,
        series_breaks.break_month,
        series_breaks.reason
    from (select distinct measure_id, area_id from series) as series
    inner join {{ ref('int_series_breaks') }} as series_breaks on
        series.measure_id glob series_breaks.measure_pattern
        and series_breaks.area_id in (series.area_id, '*')
),

{%- set inputs = {
    'figures': ['series_id'],
    'int_spc_points': ['series_id'],
    'int_spc_phases': ['series_id'],
    'int_spc_kinds': ['series_id'],
    'int_spc_charts': ['series_id'],
    'int_spc_events': ['series_id'],
    'int_area_targets': ['measure_id', 'area_id'],
    'breaks': ['measure_id', 'area_id'],
    'dim_measure': ['measure_id'],
    'int_spc_parameters': ['measure_id'],
    'comparator_values': ['measure_id', 'segment'],
} %}

inputs as (
    {{- input_hashes(inputs, ['figures', 'breaks']) }}
),

-- A sum does not depend on the order of the rows.
single as (
    select
        series.series_id,
        any_value(series.measure_id) as measure_id,
        any_value(series.area_id) as area_id,
        any_value(series.segment) as segment,
        sum(inputs.content) as content
    from series
    inner join inputs on series.series_id = inputs.series_id
    group by series.series_id
),

-- Segments of the measure in the area, and the measures that its findings read beside it.
beside as (
    select
        reads.measure_id,
        read.area_id,
        sum(read.content) as content
    from {{ ref('int_read_measures') }} as reads
    inner join single as read on reads.read_measure_id = read.measure_id
    group by reads.measure_id, read.area_id
),

-- Forces are compared with each other.
forces as (
    select
        single.measure_id,
        single.segment,
        sum(single.content) as content
    from single
    inner join {{ ref('dim_area') }} as areas on single.area_id = areas.area_id
    where areas.level = 'force'
    group by single.measure_id, single.segment
),

{%- set read_by_all = ['dim_area', 'comparison_baselines', 'comparator_sets', 'finding_exclusions', 'parts_of_wholes'] %}

-- The newest months say which periods are recent enough for findings.
read_by_all as (
    select hash(max(period_end)) as content
    from {{ ref('measure_values') }}
    where is_complete and isfinite(value) and period_type in ('month', 'r12m')
    union all
    select hash(max(month)) as content from {{ ref('int_spc_points') }}
    {%- for name in read_by_all %}
    union all
    select hash('{{ name }}', input) as content from {{ ref(name) }} as input  -- noqa: AL05
    {%- endfor %}
),

all_together as (
    select sum(content) as content from read_by_all
),

hashed as (
    select
        single.series_id,
        format('{:016x}', hash(single.content, beside.content, forces.content, all_together.content)) as inputs_hash
    from single
    cross join all_together
    inner join beside on
        single.measure_id = beside.measure_id
        and single.area_id = beside.area_id
    left join {{ ref('dim_area') }} as areas on
        single.area_id = areas.area_id
        and areas.level = 'force'
    left join forces on
        case when areas.area_id is not null then single.measure_id end = forces.measure_id
        and single.segment = forces.segment
)

{{ changes_of_inputs('hashed') }}
