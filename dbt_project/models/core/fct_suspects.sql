-- Suspects in dated snapshots, with the crime they are suspected of. One row per suspect, crime, force and snapshot.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ forget_touched_months('fct_suspects') }}"
) }}

with suspects as (
    select * from {{ ref('int_crime__suspects') }} where {{ in_touched_months('fct_suspects') }}
)

select
    snapshot_date,
    suspect_crime_id,
    force_code,
    force_area_id,
    district_area_id,
    cpt_area_id,
    month,
    local_date,
    is_excluded,
    crime_ref,
    status,
    is_outstanding,
    age_band,
    has_crime,
    is_domestic_abuse,
    is_rape,
    is_sso
from suspects
