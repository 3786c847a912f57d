-- Calls on the force's own clock: wait, answered, abandoned. One row per call and line.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ forget_touched_months('fct_force_calls') }}"
) }}

with calls as (
    select * from {{ ref('stg_telephony__calls') }}
    where {{ around_touched_months('fct_force_calls', 'offered_at') }}
),

timed as (
    select
        *,
        {{ local_time('offered_at') }} as offered_local,
        answered_at is not null as is_answered,
        -- a call that carries both times was answered
        answered_at is null and abandoned_at is not null as is_abandoned
    from calls
),

measured as (
    select
        call_id,
        force_code,
        line,
        concat(force_code, '_force') as force_area_id,
        {{ month_of('offered_local') }} as month,
        cast(offered_local as date) as local_date,
        cast(hour(offered_local) as integer) as local_hour,
        coalesce(is_test, false) as is_excluded,
        is_answered,
        is_abandoned,
        is_answered or is_abandoned as is_resolved,
        {{ seconds_between('offered_at', 'coalesce(answered_at, abandoned_at)') }} as wait_seconds,
        {{ half_hour_of('offered_at') }} as interval_start_at,
        answered_at,
        ended_at,
        {{ seconds_between('answered_at', 'ended_at') }} as handling_seconds
    from timed
)

select
    call_id,
    force_code,
    line,
    force_area_id,
    month,
    local_date,
    local_hour,
    is_excluded,
    is_answered,
    is_abandoned,
    is_resolved,
    wait_seconds,
    interval_start_at,
    answered_at,
    ended_at,
    handling_seconds
from measured
where {{ in_touched_months('fct_force_calls') }}
