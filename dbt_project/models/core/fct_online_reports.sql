-- Submissions to the online reporting service. One row per report.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ forget_touched_months('fct_online_reports') }}"
) }}

with reports as (
    select * from {{ ref('stg_online__reports') }}
),

timed as (
    select
        *,
        {{ local_time('submitted_at') }} as submitted_local
    from reports
),

measured as (
    select
        report_id,
        force_code,
        concat(force_code, '_force') as force_area_id,
        {{ month_of('submitted_local') }} as month,
        cast(submitted_local as date) as local_date,
        cast(hour(submitted_local) as integer) as local_hour,
        cast(isodow(submitted_local) as integer) as local_weekday,
        false as is_excluded,
        form_type,
        coalesce(is_additional_information, false) as is_additional_information
    from timed
)

select
    report_id,
    force_code,
    force_area_id,
    month,
    local_date,
    local_hour,
    local_weekday,
    is_excluded,
    form_type,
    is_additional_information
from measured
where {{ in_touched_months('fct_online_reports') }}
