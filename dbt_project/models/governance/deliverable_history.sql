-- Progress and due date of each deliverable in every version of the plan, judged as of that version. One row per deliverable and version.
with versions as (
    select * from {{ ref('stg_governance__deliverables') }}
),

due_texts as (
    select * from {{ ref('int_governance__due_texts') }}
),

dated as (
    select
        versions.*,
        due_texts.due_date
    from versions
    left join due_texts on versions.due = due_texts.due_raw
)

select
    deliverable_id,
    as_of,
    version_number,
    framework,
    plan_priority,
    row_state,
    due as due_raw,
    due_date,
    progress_pct,
    progress_pct - lag(progress_pct) over (partition by deliverable_id order by as_of) as progress_change,
    cast(due_date - lag(due_date) over (partition by deliverable_id order by as_of) as integer) as due_moved_days,
    rag as stated_rag,
    coalesce(row_state <> 'withdrawn' and due_date < as_of and coalesce(progress_pct, 0) < 100, false) as is_overdue,
    is_latest_version
from dated
