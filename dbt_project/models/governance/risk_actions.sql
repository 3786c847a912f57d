-- Treatments and controls of the risks, with what is overdue. One row per action.
with standing as (
    {{ standing_rows('governance_actions') }}
),

risks as (
    {{ standing_rows('governance_risks') }}
),

due_texts as (
    select * from {{ ref('int_governance__due_texts') }}
),

today as (
    select * from {{ ref('int_governance__as_of') }}
)

select
    standing.action_id,
    standing.risk_id,
    risks.title as risk_title,
    risks.framework,
    risks.plan_priority,
    coalesce(standing.kind, 'treatment') as kind,
    standing.title,
    standing.owner,
    standing.due as due_raw,
    due_texts.due_date,
    due_texts.due_precision,
    due_texts.due_interpretation,
    standing.progress_pct,
    standing.status,
    standing.completed_on,
    coalesce(standing.status = 'open' and not standing.is_withdrawn and due_texts.due_date < today.as_of, false) as is_overdue,
    standing.basis,
    standing.source_ref,
    standing.first_listed_as_of,
    standing.listed_as_of,
    standing.is_withdrawn,
    standing.withdrawn_as_of,
    today.as_of
from standing
cross join today
left join risks on standing.risk_id = risks.risk_id
left join due_texts on standing.due = due_texts.due_raw
