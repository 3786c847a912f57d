-- Forces, districts and community policing teams. One row an area; area_id is unique across forces.
with areas as (
    select * from {{ ref('areas') }}
)

select
    area_id,
    area_name,
    force_code,
    level,
    parent_area_id,
    csp_id
from areas
