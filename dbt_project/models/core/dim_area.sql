-- Forces, districts and community policing teams. One row per area; area_id is unique across forces.
with areas as (
    select * from {{ ref('areas') }}
),

populations as (
    select
        area_id,
        arg_max(population, valid_from) as population
    from {{ ref('populations') }}
    group by area_id
)

select
    areas.area_id,
    areas.area_name,
    areas.force_code,
    areas.level,
    areas.parent_area_id,
    areas.csp_id,
    areas.area_id in (concat(areas.force_code, '_unallocated'), concat(areas.force_code, '_unallocated_cpt')) as is_unallocated,
    populations.population
from areas
left join populations on areas.area_id = populations.area_id
