-- Protection notices and orders by the month in which they were applied for. One row per notice or order and force.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ forget_touched_months('fct_protection_orders') }}"
) }}

with orders as (
    select
        *,
        {{ month_of('applied_date') }} as month,
        applied_date as local_date,
        false as is_excluded
    from {{ ref('int_protection__orders') }}
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
from orders
where {{ in_touched_months('fct_protection_orders') }}
