-- Community Safety Partnerships. One row per partnership; its figures are those of its district.
with csps as (
    select * from {{ ref('csps') }}
)

select
    csp_id,
    csp_name,
    force_code,
    area_id,
    csp_id = concat(force_code, '_unallocated_csp') as is_unallocated
from csps
