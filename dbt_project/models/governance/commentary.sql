-- What, so what and now what beside the figures: one row per sentence, with its type and, of what is thought, the grade of its evidence.
with standing as (
    {{ standing_rows('governance_commentary') }}
),

today as (
    select * from {{ ref('int_governance__as_of') }}
),

measures as (
    select * from {{ ref('dim_measure') }}
),

due_texts as (
    select * from {{ ref('int_governance__due_texts') }}
)

select
    standing.commentary_id,
    standing.framework,
    standing.plan_priority,
    standing.topic,
    standing.measure_id,
    standing.area_id,
    standing.kind,
    standing.type,
    -- as typed, but for the sign of a negative number, which is a minus everywhere else too
    regexp_replace(standing.sentence, '(^|[\s(])-(\d)', '\1−\2', 'g') as sentence,
    standing.evidence,
    standing.owner,
    standing.period_end,
    standing.basis,
    standing.source_ref,
    standing.measure_id in (select measures.measure_id from measures) as is_measure_known,
    standing.due as due_raw,
    due_texts.due_date,
    due_texts.due_precision,
    due_texts.due_interpretation,
    coalesce(standing.type = 'action' and due_texts.due_date < today.as_of and not standing.is_withdrawn, false) as is_overdue,
    standing.first_listed_as_of,
    standing.listed_as_of,
    standing.is_withdrawn,
    standing.withdrawn_as_of,
    today.as_of
from standing
cross join today
left join due_texts on standing.due = due_texts.due_raw
