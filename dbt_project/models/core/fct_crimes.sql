-- Recorded crimes, by the month of recording, with what each has come to by now. One row per crime and force.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ forget_touched_months('fct_crimes') }}"
) }}

with crimes as (
    select * from {{ ref('int_crime__crimes') }} where {{ in_touched_months('fct_crimes') }}
),

outcomes as (
    select * from {{ ref('int_crime__latest_outcomes') }}
)

select
    crimes.crime_ref,
    crimes.force_code,
    crimes.force_area_id,
    crimes.district_area_id,
    crimes.cpt_area_id,
    crimes.month,
    crimes.local_date,
    crimes.is_excluded,
    crimes.offence_code,
    crimes.offence_group,
    crimes.is_domestic_abuse,
    crimes.da_risk,
    crimes.is_csa,
    crimes.is_hate,
    crimes.is_knife,
    crimes.is_exploitation,
    crimes.is_rural,
    crimes.is_child_victim,
    crimes.is_adult_victim,
    crimes.is_rape,
    crimes.is_sso,
    outcomes.outcome_code as latest_outcome_code,
    outcomes.crime_ref is not null as has_outcome,
    coalesce(outcomes.is_fat, false) as is_fat_to_date,
    coalesce(outcomes.is_charge, false) as is_charged_to_date
from crimes
left join outcomes
    on
        crimes.crime_ref = outcomes.crime_ref
        and crimes.force_key = outcomes.force_key
