-- What is in focus next, by framework and plan priority. One row per line.
with standing as (
    {{ standing_rows('governance_focus') }}
),

today as (
    select * from {{ ref('int_governance__as_of') }}
),

due_texts as (
    select * from {{ ref('int_governance__due_texts') }}
)

select
    standing.focus_id,
    standing.framework,
    standing.plan_priority,
    standing.title,
    standing.owner,
    standing.area_id,
    standing.linked_deliverables,
    standing.linked_measures,
    standing.basis,
    standing.source_ref,
    standing.due as due_raw,
    due_texts.due_date,
    due_texts.due_precision,
    due_texts.due_interpretation,
    standing.first_listed_as_of,
    standing.listed_as_of,
    standing.is_withdrawn,
    standing.withdrawn_as_of,
    today.as_of
from standing
cross join today
left join due_texts on standing.due = due_texts.due_raw
