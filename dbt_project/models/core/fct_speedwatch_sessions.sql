-- Community Speedwatch sessions with their checks and vehicles. One row per session and force.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ forget_touched_months('fct_speedwatch_sessions') }}"
) }}

with sessions as (
    select * from {{ ref('int_roads__speedwatch_sessions') }} where {{ in_touched_months('fct_speedwatch_sessions') }}
)

select
    session_id,
    force_code,
    force_area_id,
    district_area_id,
    cpt_area_id,
    month,
    local_date,
    is_excluded,
    location,
    speedwatch_group,
    checks,
    vehicles_observed,
    vehicles_speeding
from sessions
