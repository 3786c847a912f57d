-- The risk registers as they stand: every risk and issue with its scores, its movement since the version before, and by rule what is overdue.
-- One row per risk; one that the newest workbook lists no more stays, marked as withdrawn.
with standing as (
    {{ standing_rows('governance_risks') }}
),

scores as (
    select * from {{ ref('risk_history') }}
    where is_latest_version
),

actions as (
    select
        risk_id,
        count(*) as actions_count,
        count(*) filter (where status = 'open') as actions_open,
        count(*) filter (where is_overdue) as actions_overdue
    from {{ ref('risk_actions') }}
    where not is_withdrawn
    group by risk_id
),

today as (
    select * from {{ ref('int_governance__as_of') }}
),

live as (
    select
        *,
        not is_withdrawn and status <> 'closed' as is_live
    from standing
)

select
    live.risk_id,
    live.framework,
    live.plan_priority,
    live.kind,
    live.title,
    live.cause,
    live.event,
    live.consequence,
    live.category,
    live.inherent_likelihood,
    live.inherent_impact,
    scores.inherent_score,
    scores.inherent_band,
    live.controls,
    live.owner,
    live.current_likelihood,
    live.current_impact,
    scores.current_score,
    scores.current_band,
    live.target_likelihood,
    live.target_impact,
    scores.target_score,
    scores.target_band,
    scores.previous_score,
    scores.movement,
    coalesce(actions.actions_count, 0) as actions_count,
    coalesce(actions.actions_open, 0) as actions_open,
    coalesce(actions.actions_overdue, 0) as actions_overdue,
    live.proximity,
    live.velocity,
    live.response,
    live.status,
    live.is_live,
    live.date_raised,
    live.last_review,
    live.next_review,
    coalesce(live.is_live and live.next_review < today.as_of, false) as is_review_overdue,
    live.resolution_date,
    coalesce(live.is_live and live.kind = 'issue' and live.resolution_date < today.as_of, false) as is_resolution_overdue,
    live.escalated_to,
    live.linked_measures,
    live.linked_deliverables,
    live.linked_issue_id,
    live.area_id,
    live.basis,
    live.source_ref,
    live.row_state,
    live.first_listed_as_of,
    live.listed_as_of,
    live.is_withdrawn,
    live.withdrawn_as_of,
    today.as_of
from live
cross join today
inner join scores on live.risk_id = scores.risk_id
left join actions on live.risk_id = actions.risk_id
