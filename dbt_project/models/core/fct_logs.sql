-- Command-and-control logs with response and time at scene. One row per log and force.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ forget_touched_months('fct_logs') }}"
) }}

with logs as (
    select * from {{ ref('int_response__logs') }} where {{ in_touched_months('fct_logs') }}
)

select
    log_number,
    force_code,
    force_area_id,
    district_area_id,
    cpt_area_id,
    month,
    local_date,
    local_hour,
    hour_start_at,
    is_excluded,
    source,
    initial_grade,
    final_grade,
    opening_type,
    closing_type,
    asb_type,
    is_deployed,
    is_silent_999,
    is_no_deployment,
    clock_at,
    response_seconds,
    response_exclusion_code,
    time_at_scene_seconds,
    sla_seconds,
    is_within_sla,
    is_over_10h
from logs
