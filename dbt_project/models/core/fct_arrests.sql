-- Arrests, by the month of arrest. One row per arrest and force.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ forget_touched_months('fct_arrests') }}"
) }}

with arrests as (
    select * from {{ ref('int_crime__arrests') }} where {{ in_touched_months('fct_arrests') }}
)

select
    arrest_id,
    force_code,
    force_area_id,
    district_area_id,
    cpt_area_id,
    month,
    local_date,
    is_excluded,
    crime_ref,
    disposal,
    has_crime,
    is_domestic_abuse,
    is_rape,
    is_sso
from arrests
