-- What happened and when, by framework and plan priority. One row per event.
with standing as (
    {{ standing_rows('governance_events') }}
),

today as (
    select * from {{ ref('int_governance__as_of') }}
)

select
    standing.event_id,
    standing.framework,
    standing.plan_priority,
    standing.event_date,
    standing.end_date,
    standing.kind,
    standing.title,
    standing.area_id,
    standing.linked_measures,
    standing.basis,
    standing.source_ref,
    standing.first_listed_as_of,
    standing.listed_as_of,
    standing.is_withdrawn,
    standing.withdrawn_as_of,
    today.as_of
from standing
cross join today
