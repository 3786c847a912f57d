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

-- A spelling that stands in several places means what stands first.
first_meaning as (
    select
        spelling,
        area_id
    from spellings
    qualify row_number() over (partition by spelling order by rank, area_id) = 1
)

select
    first_meaning.spelling,
    areas.area_id,
    areas.force_code
from first_meaning
inner join areas on first_meaning.area_id = areas.area_id
