-- Speed enforcement visits and their results. One row per visit and force.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ forget_touched_months('fct_speed_enforcement') }}"
) }}

with visits as (
    select * from {{ ref('int_roads__enforcement_visits') }} where {{ in_touched_months('fct_speed_enforcement') }}
)

select
    visit_id,
    force_code,
    force_area_id,
    district_area_id,
    cpt_area_id,
    month,
    local_date,
    is_excluded,
    financial_year_start,
    location,
    courses_issued,
    fines_and_points_issued,
    court_appearances
from visits
