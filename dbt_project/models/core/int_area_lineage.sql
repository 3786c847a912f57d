-- An area and all that it is part of, however many levels up: what is said of the whole concerns its parts. `distance` 0 is the area itself.
-- One row per area and area above it.
{{ config(schema='intermediate') }}

with recursive lineage (area_id, whole_area_id, distance) as (
    select
        area_id,
        area_id as whole_area_id,
        0 as distance
    from {{ ref('dim_area') }}

    union all

    select
        lineage.area_id,
        areas.parent_area_id as whole_area_id,
        lineage.distance + 1 as distance
    from lineage
    inner join {{ ref('dim_area') }} as areas on lineage.whole_area_id = areas.area_id
    where areas.parent_area_id is not null
)

select
    area_id,
    whole_area_id,
    distance
from lineage
