-- Governance meetings attended and visits made, with challenge and answer. One row per meeting or visit.
with standing as (
    {{ standing_rows('governance_engagements') }}
),

today as (
    select * from {{ ref('int_governance__as_of') }}
)

select
    standing.engagement_id,
    standing.framework,
    standing.plan_priority,
    standing.kind,
    standing.engaged_on,
    standing.subject,
    standing.place,
    standing.challenge,
    standing.response,
    standing.basis,
    standing.source_ref,
    standing.first_listed_as_of,
    standing.listed_as_of,
    standing.is_withdrawn,
    standing.withdrawn_as_of,
    today.as_of
from standing
cross join today
