-- Which changes are taken apart: year on year, of the months and R12m of each declared measure's latest 24 months, where the two periods can be
-- compared at all (measures.measure_comparisons says so). One row per set of dimensions, measure, area and period.
{{ config(schema='intermediate', materialized='table') }}
{%- set read = catalogue() %}
{%- set sets = read.driver_sets %}

with

declared as (
    select *
    from (
        values
        {%- for one in sets %}
        {%- set of_set = loop %}
        {%- for measure in one.measures %}
        (
            {{ literal(one.set_id) }}, {{ literal(measure.id) }}, {{ literal(measure.kind) }}, {{ literal(one.words) }},
            {{ literal(one.dimensions[0].name if one.dimensions else one.parts[0]) }},
            cast({{ literal(one.dimensions[1].name if one.dimensions | length > 1 else none) }} as varchar)
        ){{ ',' if not (of_set.last and loop.last) }}
        {%- endfor %}
        {%- else %}
        (null, null, null, null, null, null)
        {%- endfor %}
    ) as sets (set_id, measure_id, driver_kind, words, dimension_1, dimension_2)  -- noqa: AL05
),

changes as (
    select
        series_id,
        measure_id,
        area_id,
        period_type,
        period_end,
        change,
        change_pct
    from {{ ref('measure_comparisons') }}
    where
        comparison = 'yoy'
        and segment = 'all'
        and period_type in ('month', 'r12m')
        and is_comparable
),

-- Teams are too small to be taken apart further.
areas as (
    select area_id from {{ ref('dim_area') }} where level in ('force', 'district')
)

select
    declared.set_id,
    changes.series_id,
    changes.measure_id,
    declared.driver_kind,
    declared.words,
    declared.dimension_1,
    declared.dimension_2,
    changes.area_id,
    changes.period_type,
    changes.period_end,
    last_day(changes.period_end - interval 12 month) as base_period_end,
    case changes.period_type when 'r12m' then 12 else 1 end as months_in_period,
    changes.change,
    changes.change_pct
from changes
inner join declared on changes.measure_id = declared.measure_id
inner join areas on changes.area_id = areas.area_id
qualify changes.period_end > last_day(max(changes.period_end) over (partition by declared.set_id, changes.measure_id) - interval 24 month)
