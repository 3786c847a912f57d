-- Protection notices and orders by the month in which they were authorised. One row per notice or order and force.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ forget_touched_months('fct_protection_authorisations') }}"
) }}

with authorised as (
    select
        *,
        {{ month_of('authorised_date') }} as month,
        authorised_date as local_date,
        false as is_excluded
    from {{ ref('int_protection__orders') }}
    where authorised_date is not null
)

select
    order_id,
    force_code,
    force_area_id,
    district_area_id,
    cpt_area_id,
    month,
    local_date,
    is_excluded,
    kind,
    status
from authorised
where {{ in_touched_months('fct_protection_authorisations') }}
