-- Injury road collisions, with those killed or seriously injured. One row per collision.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ forget_touched_months('fct_collisions') }}"
) }}

with collisions as (
    select * from {{ ref('int_roads__collisions') }} where {{ in_touched_months('fct_collisions') }}
)

select
    collision_index,
    force_code,
    force_area_id,
    district_area_id,
    month,
    local_date,
    is_excluded,
    collision_severity,
    number_of_casualties,
    is_ksi,
    is_ksi_counted,
    ksi_casualties
from collisions
