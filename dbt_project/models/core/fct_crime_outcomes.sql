-- Outcomes of crimes, by the month in which they were finalised. One row per outcome and force.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ forget_touched_months('fct_crime_outcomes') }}"
) }}

with outcomes as (
    select * from {{ ref('int_crime__outcomes') }} where {{ in_touched_months('fct_crime_outcomes') }}
)

select
    outcome_id,
    force_code,
    force_area_id,
    district_area_id,
    cpt_area_id,
    month,
    local_date,
    is_excluded,
    crime_ref,
    outcome_code,
    is_outcome,
    is_fat,
    is_fat_plus,
    is_positive,
    is_charge,
    days_to_outcome,
    has_crime,
    offence_group,
    is_domestic_abuse,
    is_rape,
    is_sso
from outcomes
