-- A hash of all that the charts of a series are worked out from: its judged months, phases, kind, chart and events, the targets of its area, and what the
-- catalogue and the parameters say of its measure. Where it is the same as in the build before, so are the charts. One row per series.
{{ config(schema='intermediate', materialized='table') }}

with

-- A sum does not depend on the order of the rows.
points as (
    select
        series_id,
        any_value(measure_id) as measure_id,
        any_value(area_id) as area_id,
        sum(hash(points)) as content
    from {{ ref('int_spc_points') }} as points  -- noqa: AL05
    group by series_id
),

phases as (
    select
        series_id,
        sum(hash(phases)) as content
    from {{ ref('int_spc_phases') }} as phases  -- noqa: AL05
    group by series_id
),

kinds as (
    select
        series_id,
        sum(hash(kinds)) as content
    from {{ ref('int_spc_kinds') }} as kinds  -- noqa: AL05
    group by series_id
),

charts as (
    select
        series_id,
        sum(hash(charts)) as content
    from {{ ref('int_spc_charts') }} as charts  -- noqa: AL05
    group by series_id
),

events as (
    select
        series_id,
        sum(hash(events)) as content
    from {{ ref('int_spc_events') }} as events  -- noqa: AL05
    group by series_id
),

targets as (
    select
        measure_id,
        area_id,
        sum(hash(targets)) as content
    from {{ ref('int_area_targets') }} as targets  -- noqa: AL05
    group by measure_id, area_id
),

measures as (
    select
        measure_id,
        hash(measures) as content
    from {{ ref('dim_measure') }} as measures  -- noqa: AL05
),

parameters as (
    select
        measure_id,
        hash(parameters) as content
    from {{ ref('int_spc_parameters') }} as parameters  -- noqa: AL05
)

select
    points.series_id,
    format(
        '{:016x}',
        hash(
            points.content, phases.content, kinds.content, charts.content, events.content, targets.content, measures.content, parameters.content
        )
    ) as inputs_hash
from points
left join phases on points.series_id = phases.series_id
left join kinds on points.series_id = kinds.series_id
left join charts on points.series_id = charts.series_id
left join events on points.series_id = events.series_id
left join targets
    on
        points.measure_id = targets.measure_id
        and points.area_id = targets.area_id
left join measures on points.measure_id = measures.measure_id
left join parameters on points.measure_id = parameters.measure_id
