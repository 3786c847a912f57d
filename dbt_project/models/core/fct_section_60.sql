-- Section 60 authorities by the month in which they begin. One row per authority and force.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ forget_touched_months('fct_section_60') }}"
) }}

with authorities as (
    select * from {{ ref('int_operations__section_60') }} where {{ in_touched_months('fct_section_60') }}
)

select
    authority_id,
    force_code,
    force_area_id,
    district_area_id,
    month,
    local_date,
    is_excluded,
    area,
    from_at,
    to_at
from authorities
