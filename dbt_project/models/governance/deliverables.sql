-- What each plan is to deliver: due date as read, progress, and by rule what is overdue, due in the month or at risk (methods 8).
-- One row per deliverable.
with standing as (
    {{ standing_rows('governance_deliverables') }}
),

history as (
    select * from {{ ref('stg_governance__deliverables') }}
),

due_texts as (
    select * from {{ ref('int_governance__due_texts') }}
),

today as (
    select * from {{ ref('int_governance__as_of') }}
),

-- The version before the one whose content stands.
earlier as (
    select
        history.deliverable_id,
        history.progress_pct,
        history.as_of
    from history
    inner join standing on history.deliverable_id = standing.deliverable_id and history.as_of < standing.listed_as_of
    where history.row_state = 'listed'
    qualify row_number() over (partition by history.deliverable_id order by history.as_of desc) = 1
),

judged as (
    select
        standing.*,
        due_texts.due_date,
        due_texts.due_precision,
        due_texts.due_interpretation,
        earlier.progress_pct as previous_progress_pct,
        today.as_of as today,
        not standing.is_withdrawn and coalesce(standing.progress_pct >= 100, false) as is_complete,
        -- where the work would be if it went on evenly from its start to its due date
        case
            when standing.start_date < due_texts.due_date then
                least(greatest(100.0 * (today.as_of - standing.start_date) / (due_texts.due_date - standing.start_date), 0), 100)
        end as planned_pct
    from standing
    cross join today
    left join due_texts on standing.due = due_texts.due_raw
    left join earlier on standing.deliverable_id = earlier.deliverable_id
),

ruled as (
    select
        *,
        coalesce(is_open and due_date < today, false) as is_overdue,
        coalesce(is_open and due_date >= today and date_trunc('month', due_date) = date_trunc('month', today), false) as is_due_in_month,
        coalesce(is_open and due_date >= today and progress_pct < planned_pct - 20, false) as is_behind_plan,
        coalesce(is_open and due_date >= today and progress_pct < 50 and due_date - today < 30, false) as is_short_of_time
    from (select *, not is_withdrawn and not is_complete as is_open from judged) as opened
)

select
    deliverable_id,
    framework,
    plan_priority,
    title,
    due as due_raw,
    due_date,
    due_precision,
    due_interpretation,
    start_date,
    progress_pct,
    previous_progress_pct,
    progress_pct - previous_progress_pct as progress_change,
    round(planned_pct, 1) as planned_pct,
    is_complete,
    is_overdue,
    case when is_overdue then cast(today - due_date as integer) end as days_overdue,
    is_due_in_month,
    is_behind_plan or is_short_of_time as is_at_risk,
    case
        when is_behind_plan and is_short_of_time then 'more than 20 points behind an even plan; under half done with less than 30 days left'
        when is_behind_plan then 'more than 20 points behind an even plan'
        when is_short_of_time then 'under half done with less than 30 days left'
    end as at_risk_reason,
    rag as stated_rag,
    case
        when is_withdrawn then null
        when is_complete then 'blue'
        when is_overdue then 'red'
        when is_behind_plan or is_short_of_time then 'amber'
        when due_date is null then null
        else 'green'
    end as rag,
    owner,
    blockers,
    place,
    area_id,
    linked_measures,
    basis,
    source_ref,
    first_listed_as_of,
    listed_as_of,
    is_withdrawn,
    withdrawn_as_of,
    today as as_of
from ruled
