-- The governance map: what feeds, reports to or holds to account what. One row per arrow whose two ends are boxes of the map.
with standing as (
    {{ standing_rows('governance_links') }}
),

nodes as (
    select * from {{ ref('governance_nodes') }}
    where not is_withdrawn
),

today as (
    select * from {{ ref('int_governance__as_of') }}
)

select
    standing.link_id,
    standing.from_node,
    sources.name as from_name,
    sources.kind as from_kind,
    standing.relation,
    standing.to_node,
    targets.name as to_name,
    targets.kind as to_kind,
    coalesce(sources.framework, targets.framework) as framework,
    coalesce(sources.plan_priority, targets.plan_priority) as plan_priority,
    standing.basis,
    standing.source_ref,
    standing.first_listed_as_of,
    standing.listed_as_of,
    today.as_of
from standing
cross join today
inner join nodes as sources on standing.from_node = sources.node_id
inner join nodes as targets on standing.to_node = targets.node_id
where not standing.is_withdrawn
