-- The same measures elsewhere, by measure, comparator, segment and period. One row per figure as its supplier named it; those that are in
-- measures.comparator_values are not excluded, the others say why (quality.return_issues).
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ forget_touched_months('fct_comparators') }}"
) }}

with supplied as (
    select
        *,
        comparator as place
    from {{ ref('stg_benchmarks__comparators') }}
    where {{ in_touched_months('fct_comparators', month_of('period_end')) }}
),

places as (
    select
        spelling,
        comparator_id as place_id,
        force_code
    from {{ ref('int_returns__comparators') }}
),

{{ supplied_figures('comparator_id', local_date='period_end', refuses_computed=false) }}
