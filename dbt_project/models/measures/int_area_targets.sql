-- The targets that an area may have: its own, those of the areas it is part of, and those of every area. Of those in force on a day, the one with the
-- least `distance` counts. One row per measure, area, distance and first day.
{{ config(schema='intermediate') }}

with targets as (
    select * from {{ ref('int_measure_targets') }}
)

select
    targets.measure_id,
    lineage.area_id,
    lineage.distance,
    targets.target,
    targets.target_type,
    targets.valid_from,
    targets.valid_to
from {{ ref('int_area_lineage') }} as lineage
inner join targets on lineage.whole_area_id = targets.area_id

union all

select
    targets.measure_id,
    areas.area_id,
    99 as distance,
    targets.target,
    targets.target_type,
    targets.valid_from,
    targets.valid_to
from {{ ref('dim_area') }} as areas
cross join targets
where targets.area_id = '*'
