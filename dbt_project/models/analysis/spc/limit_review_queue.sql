-- Charts whose limits are due for review, with the causes that might begin them anew, the four reasons of methods.md 1.2 (14), and what the limits would be
-- after a rebase at each cause, all as charts show them: no further than is possible. A person decides: a row of sheet rebases of the governance workbook, to rebase or to leave the limits as they are.
-- One row per series and cause, the newest cause first; a series without a cause has one row.
{{ config(schema='quality', materialized='table') }}

with

reviews as (
    select * from {{ ref('int_limit_reviews') }}
    where is_review_due
),

charts as (
    select * from {{ ref('measure_spc') }}
    where is_latest
),

causes as (
    select * from {{ ref('rebase_candidates') }}
),

leaves as (
    select * from {{ ref('int_spc_leaves') }}
),

measure_parameters as (
    select * from {{ ref('int_spc_parameters') }}
),

measures as (
    select * from {{ ref('dim_measure') }}
),

queued as (
    select
        reviews.*,
        charts.measure_id,
        charts.area_id,
        charts.segment,
        charts.month as latest_month,
        charts.mean,
        charts.lpl_display as lpl,
        charts.upl_display as upl,
        measures.unit,
        measures.statistic,
        causes.* exclude (series_id, measure_id, area_id, segment),
        row_number() over (order by reviews.series_id asc, causes.effective_month desc) as case_id,
        row_number() over (partition by reviews.series_id order by causes.effective_month desc) as cause_no
    from reviews
    inner join charts on reviews.series_id = charts.series_id
    inner join measures on charts.measure_id = measures.measure_id
    left join causes on reviews.series_id = causes.series_id
),

-- The months from each cause on, as a chart of their own.
months_after as (
    select
        queued.case_id as series_id,
        points.month_number as period,
        1 as phase,
        0 as rebase_no,
        points.y,
        points.is_excluded,
        true as is_judged
    from queued
    inner join {{ ref('int_spc_points') }} as points on
        queued.series_id = points.series_id
        and points.month >= queued.effective_month
),

parameters as (
    select
        queued.case_id as series_id,
        measure_parameters.*
    from queued
    inner join measure_parameters on queued.measure_id = measure_parameters.measure_id
),

{{ spc_xmr('months_after', 'parameters') }},

-- A decision to leave the limits holds while its month lies in the window, and until there is a newer cause.
decided as (
    select
        queued.series_id,
        max_by(leaves.approved_by, row(leaves.effective_month, leaves.reason, leaves.approved_by)) as decided_by,
        max_by(leaves.reason, row(leaves.effective_month, leaves.reason, leaves.approved_by)) as decision_reason
    from queued
    inner join leaves on
        queued.measure_id glob leaves.measure_pattern
        and leaves.area_id in (queued.area_id, '*')
        and leaves.segment in (queued.segment, '*')
        and leaves.effective_month >= greatest(queued.window_start, queued.effective_month)
    where queued.cause_no = 1
    group by queued.series_id
)

select
    queued.series_id,
    queued.measure_id,
    queued.area_id,
    queued.segment,
    cast(queued.cause_no as integer) as cause_no,
    decided.series_id is null as is_review_due,
    queued.latest_month,
    queued.window_start,
    queued.window_end,
    queued.points_in_window,
    queued.points_flagged,
    queued.points_on_one_side,
    queued.review_reason,
    queued.mean,
    queued.lpl,
    queued.upl,
    queued.effective_month,
    queued.cause,
    queued.shift,
    queued.shift_months,
    coalesce(queued.has_dated_cause, false) as has_dated_cause,
    coalesce(queued.has_shift_or_definition_change, false) as has_shift_or_definition_change,
    coalesce(queued.is_lasting, false) as is_lasting,
    coalesce(queued.is_approved, false) as is_approved,
    coalesce(queued.missing, 'a known, dated cause; a shift or a change of definition; that the new level lasts; approval') as missing,
    limits.mean as mean_after,
    {{ possible_lower('limits.lpl', 'queued.unit') }} as lpl_after,
    {{ possible_upper('limits.upl', 'queued.unit', 'queued.statistic') }} as upl_after,
    limits.n_phase as months_after,
    limits.limits_status as limits_status_after,
    case when decided.series_id is not null then 'leave' end as decision,
    decided.decided_by,
    decided.decision_reason
from queued
left join spc_limits as limits on queued.case_id = limits.series_id
left join decided on queued.series_id = decided.series_id
