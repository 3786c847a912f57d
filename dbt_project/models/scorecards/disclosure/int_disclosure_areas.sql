-- How large each area counts for disclosure. An area that is all of a larger one (a district with a single team) would show the larger one's figures, so
-- it follows the larger one's rules. One row per area.
{{ config(schema='intermediate') }}

with recursive areas as (
    select * from {{ ref('dim_area') }}
),

siblings as (
    select
        area_id,
        area_name,
        level,
        parent_area_id,
        parent_area_id is not null and count(*) over (partition by parent_area_id) = 1 as is_only_part
    from areas
),

lifted (area_id, stands_for) as (
    select
        area_id,
        area_id as stands_for
    from siblings
    where not is_only_part

    union all

    select
        siblings.area_id,
        lifted.stands_for
    from siblings
    inner join lifted on siblings.parent_area_id = lifted.area_id
    where siblings.is_only_part
)

select
    siblings.area_id,
    siblings.parent_area_id,
    siblings.is_only_part,
    wholes.parent_area_id as group_area_id,
    {{ area_rank('wholes.level') }} as area_rank,
    {{ area_rank('group_wholes.level') }} as group_rank,
    group_wholes.parent_area_id as upper_group_area_id
from siblings
inner join lifted on siblings.area_id = lifted.area_id
inner join siblings as wholes on lifted.stands_for = wholes.area_id
left join lifted as groups on wholes.parent_area_id = groups.area_id
left join siblings as group_wholes on groups.stands_for = group_wholes.area_id
