-- The boxes of the governance map: boards, plans, scorecards, registers. One row per box.
with standing as (
    {{ standing_rows('governance_nodes') }}
),

today as (
    select * from {{ ref('int_governance__as_of') }}
)

select
    standing.node_id,
    standing.name,
    standing.kind,
    standing.framework,
    standing.plan_priority,
    standing.period,
    standing.description,
    standing.basis,
    standing.source_ref,
    standing.first_listed_as_of,
    standing.listed_as_of,
    standing.is_withdrawn,
    standing.withdrawn_as_of,
    today.as_of
from standing
cross join today
