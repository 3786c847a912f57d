-- Recorded crimes, by the month of recording. One row a crime and force.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ forget_touched_months('fct_crimes') }}"
) }}

with crimes as (
    select * from {{ ref('int_crime__crimes') }} where {{ in_touched_months('fct_crimes') }}
)

select
    crime_ref,
    force_code,
    force_area_id,
    district_area_id,
    cpt_area_id,
    month,
    local_date,
    is_excluded,
    offence_code,
    offence_group,
    is_domestic_abuse,
    is_csa,
    is_child_victim,
    is_rape,
    is_sso
from crimes
