-- How suppliers of returns name areas: by the area's own id or name, or by a spelling of seed area_aliases. One row per spelling.
with areas as (
    select * from {{ ref('areas') }}
),

aliases as (
    select * from {{ ref('area_aliases') }} where kind = 'area_name'
),

spellings as (
    select
        area_id as spelling,
        area_id,
        1 as rank
    from areas

    union all

    select
        alias as spelling,
        target as area_id,
        2 as rank
    from aliases

    union all

    select
        {{ plain_spelling('area_name') }} as spelling,
        area_id,
        3 as rank
    from areas
),

-- A spelling that stands in several places means what stands first; one that several forces have, the home force's: returns name no force.
first_meaning as (
    select
        spellings.spelling,
        areas.area_id,
        areas.force_code
    from spellings
    inner join areas on spellings.area_id = areas.area_id
    qualify
        row_number() over (
            partition by spellings.spelling
            order by spellings.rank, areas.force_code <> '{{ var("home_force") }}', areas.area_id
        ) = 1
)

select
    spelling,
    area_id,
    force_code
from first_meaning
