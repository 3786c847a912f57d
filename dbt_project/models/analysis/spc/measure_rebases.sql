-- The approved rebases of each chart, with their reasons. One row per series and month from which its limits begin anew.
{{ config(schema='measures', materialized='table') }}

with

charts as (
    select
        measure_id,
        area_id,
        segment,
        min(month) as first_month,
        max(month) as last_month
    from {{ ref('measure_spc') }}
    group by measure_id, area_id, segment
),

rebases as (
    select * from {{ ref('int_spc_rebases') }}
)

select
    charts.measure_id,
    charts.area_id,
    charts.segment,
    rebases.effective_month,
    string_agg(distinct rebases.reason, '; ' order by rebases.reason) as reason,
    string_agg(distinct rebases.approved_by, '; ' order by rebases.approved_by) as approved_by
from charts
inner join rebases on
    charts.measure_id glob rebases.measure_pattern
    and rebases.area_id in (charts.area_id, '*')
    and rebases.segment in (charts.segment, '*')
    and rebases.effective_month > charts.first_month
    and rebases.effective_month <= charts.last_month
group by charts.measure_id, charts.area_id, charts.segment, rebases.effective_month
