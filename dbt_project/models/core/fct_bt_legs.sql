-- BT's legs, each with the adjustment rule it meets: raw and adjusted 999 figures on BT's clock. One row per leg.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ forget_touched_months('fct_bt_legs') }}"
) }}

with legs as (
    select * from {{ ref('int_contact__bt_legs') }} where {{ in_touched_months('fct_bt_legs') }}
)

select
    bt_leg_id,
    force_code,
    force_area_id,
    month,
    local_date,
    is_excluded,
    bt_call_ref,
    presented_at,
    outcome,
    is_offered,
    is_answered,
    is_abandoned,
    answer_seconds,
    rule_code,
    is_kept,
    adjusted_answer_seconds
from legs
