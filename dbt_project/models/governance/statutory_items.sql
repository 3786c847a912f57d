-- What must be published or reviewed, how often, and what is overdue. One row per item.
with standing as (
    {{ standing_rows('governance_statutory_items') }}
),

today as (
    select * from {{ ref('int_governance__as_of') }}
),

dated as (
    select
        *,
        cast(last_published + to_months(cast(review_cycle_months as integer)) as date) as next_due
    from standing
)

select
    dated.item_code,
    dated.framework,
    dated.plan_priority,
    dated.title,
    dated.duty,
    dated.owner,
    dated.review_cycle_months,
    dated.last_published,
    dated.next_due,
    dated.url,
    dated.status,
    -- what was never published is owed now
    not dated.is_withdrawn and coalesce(dated.next_due < today.as_of, true) as is_overdue,
    case when not dated.is_withdrawn and dated.next_due < today.as_of then cast(today.as_of - dated.next_due as integer) end as days_overdue,
    dated.basis,
    dated.source_ref,
    dated.first_listed_as_of,
    dated.listed_as_of,
    dated.is_withdrawn,
    dated.withdrawn_as_of,
    today.as_of
from dated
cross join today
