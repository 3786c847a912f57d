-- Outcomes achieved, by framework and plan priority. One row per outcome; one that the newest workbook lists no more is marked.
with standing as (
    {{ standing_rows('governance_outcomes') }}
),

today as (
    select * from {{ ref('int_governance__as_of') }}
)

select
    standing.outcome_id,
    standing.framework,
    standing.plan_priority,
    standing.title,
    standing.achieved_on,
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
