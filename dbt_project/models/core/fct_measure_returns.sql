-- What partners and departments returned, by measure, area, segment and period. One row per return as its supplier named it; those that are in
-- no measure say why (quality.return_issues names their file, row and value).
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ forget_touched_months('fct_measure_returns') }}"
) }}

with supplied as (
    select
        *,
        area_id as place
    from {{ ref('stg_partners__returns') }}
    where {{ in_touched_months('fct_measure_returns', month_of('period_end')) }}
),

places as (
    select
        spelling,
        area_id as place_id,
        force_code
    from {{ ref('int_returns__areas') }}
),

{{ supplied_figures('area_id', local_date='cast(least(period_end, cast(' ~ local_time('returned_at') ~ ' as date)) as date)', refuses_computed=true) }}
