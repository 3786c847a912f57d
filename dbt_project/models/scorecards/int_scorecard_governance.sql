-- What people say and do about each line of a card: the newest commentary of its measure, and the risks and deliverables linked to it.
-- A card shows the items of the frameworks that seed frameworks names. One row per card and line.
{{ config(schema='intermediate') }}

with lines as (
    select
        *,
        list_transform(string_split(shows_items_of, ';'), lambda framework: trim(framework)) as shown_frameworks
    from {{ ref('int_scorecard_lines') }}
),

areas as (
    select * from {{ ref('dim_area') }}
),

-- An item of Swindon concerns the line of the force, too.
lineage as (
    select * from {{ ref('int_area_lineage') }}
),

links as (
    select * from {{ ref('measure_links') }}
),

risks as (
    select
        risk_id as item_id,
        framework,
        area_id,
        linked_deliverables
    from {{ ref('risk_register') }}
    where is_live
),

deliverables as (
    select
        deliverable_id as item_id,
        framework,
        area_id
    from {{ ref('deliverables') }}
    where not is_withdrawn
),

commentary as (
    select * from {{ ref('commentary') }}
    where
        kind in ('so_what', 'now_what')
        and not is_withdrawn
),

-- An item without an area concerns them all.
linked_risks as (
    select distinct
        lines.scorecard_id,
        lines.line_id,
        risks.item_id,
        risks.linked_deliverables
    from lines
    inner join links on
        lines.measure_id = links.measure_id
        and links.item_kind = 'risk'
    inner join risks on
        links.item_id = risks.item_id
        and list_contains(lines.shown_frameworks, risks.framework)
    left join lineage on
        risks.area_id = lineage.area_id
        and lines.area_id = lineage.whole_area_id
    where
        risks.area_id is null
        or lineage.area_id is not null
),

-- Named by the measure's own links, or by those of a linked risk.
linked_deliverables as (
    select
        lines.scorecard_id,
        lines.line_id,
        deliverables.item_id
    from lines
    inner join links on
        lines.measure_id = links.measure_id
        and links.item_kind = 'deliverable'
    inner join deliverables on
        links.item_id = deliverables.item_id
        and list_contains(lines.shown_frameworks, deliverables.framework)
    left join lineage on
        deliverables.area_id = lineage.area_id
        and lines.area_id = lineage.whole_area_id
    where
        deliverables.area_id is null
        or lineage.area_id is not null

    union

    select
        named.scorecard_id,
        named.line_id,
        deliverables.item_id
    from (
        select
            scorecard_id,
            line_id,
            {{ listed_in('linked_deliverables') }} as item_id
        from linked_risks
    ) as named
    inner join deliverables on named.item_id = deliverables.item_id
),

-- A sentence without an area speaks of the whole force, and stands on no line of a part of it.
said as (
    select
        lines.scorecard_id,
        lines.line_id,
        commentary.kind,
        commentary.commentary_id,
        commentary.sentence
        || case
            when commentary.type = 'hypothesis' then ' (hypothesis' || coalesce(', ' || replace(commentary.evidence, '_', ' '), '') || ')'
            when commentary.type = 'action' and coalesce(commentary.owner, commentary.due_raw) is not null
                then ' (' || concat_ws(', ', commentary.owner, 'due ' || commentary.due_raw) || ')'
            else ''
        end as sentence
    from lines
    inner join areas on lines.area_id = areas.area_id
    inner join commentary on
        lines.measure_id = commentary.measure_id
        and list_contains(lines.shown_frameworks, commentary.framework)
        and (commentary.area_id = lines.area_id or (commentary.area_id is null and areas.level = 'force'))
    -- the newest period of the framework that comes first
    qualify dense_rank() over (
        partition by lines.scorecard_id, lines.line_id, commentary.kind
        order by list_position(lines.shown_frameworks, commentary.framework), commentary.period_end desc nulls last
    ) = 1
),

sentences as (
    select
        scorecard_id,
        line_id,
        string_agg(sentence, '. ' order by commentary_id) filter (where kind = 'so_what') as so_what,
        string_agg(sentence, '. ' order by commentary_id) filter (where kind = 'now_what') as now_what
    from said
    group by scorecard_id, line_id
),

risk_lists as (
    select
        scorecard_id,
        line_id,
        string_agg(item_id, ', ' order by item_id) as linked_risk_ids
    from linked_risks
    group by scorecard_id, line_id
),

deliverable_lists as (
    select
        scorecard_id,
        line_id,
        string_agg(item_id, ', ' order by item_id) as linked_deliverable_ids
    from linked_deliverables
    group by scorecard_id, line_id
)

select
    lines.scorecard_id,
    lines.line_id,
    sentences.so_what,
    sentences.now_what,
    risk_lists.linked_risk_ids,
    deliverable_lists.linked_deliverable_ids
from lines
left join sentences on
    lines.scorecard_id = sentences.scorecard_id
    and lines.line_id = sentences.line_id
left join risk_lists on
    lines.scorecard_id = risk_lists.scorecard_id
    and lines.line_id = risk_lists.line_id
left join deliverable_lists on
    lines.scorecard_id = deliverable_lists.scorecard_id
    and lines.line_id = deliverable_lists.line_id
