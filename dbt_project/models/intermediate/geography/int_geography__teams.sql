-- How each force's suppliers spell its community policing teams, with the team and its district.
with aliases as (
    select * from {{ ref('area_aliases') }} where kind = 'cpt_name'
),

areas as (
    select * from {{ ref('areas') }} where level = 'cpt'
)

select
    aliases.force_code,
    aliases.alias as team_name,
    areas.area_id as cpt_area_id,
    areas.parent_area_id as district_area_id
from aliases
inner join areas on areas.area_id = aliases.target
