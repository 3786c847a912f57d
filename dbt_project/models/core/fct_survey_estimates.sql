-- Estimates of the Crime Survey, by measure, area and release. One row per estimate. A comparator's estimate is in no area's measure, it stands in
-- measures.comparator_values; other estimates that are in no measure say why (quality.return_issues).
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ forget_touched_months('fct_survey_estimates') }}"
) }}

with estimates as (
    select *
    from {{ ref('stg_csew__estimates') }}
    where {{ in_touched_months('fct_survey_estimates', month_of('release_quarter')) }}
),

areas as (
    select * from {{ ref('int_returns__areas') }}
),

comparators as (
    select * from {{ ref('int_returns__comparators') }} where force_code = 'all'
),

recipes as (
    select * from {{ ref('int_measure_recipes') }}
),

resolved as (
    select
        concat(estimates.file_hash, '-', estimates.file_row) as estimate_id,
        concat('csew_', estimates.question) as measure_id,
        coalesce(areas.area_id, comparators.comparator_id, estimates.area) as area_id,
        coalesce(areas.force_code, case when comparators.comparator_id is null then 'unknown' else 'all' end) as force_code,
        case when areas.area_id is null then comparators.comparator_id end as comparator_id,
        {{ period_end_of("'quarter'", 'estimates.release_quarter') }} as period_end,
        {{ month_of('estimates.release_quarter') }} as month,
        estimates.estimate as value,
        estimates.margin,
        estimates.effective_sample,
        coalesce(estimates.extracted_at, estimates.loaded_at) as returned_at,
        estimates.load_id,
        estimates.file_row,
        case
            when recipes.measure_id is null then 'unknown_measure'
            when recipes.statistic <> 'estimate' then 'computed_measure'
            when areas.area_id is null and comparators.comparator_id is null then 'unknown_area'
        end as fault
    from estimates
    left join areas on areas.spelling = {{ plain_spelling('estimates.area') }}
    left join comparators on comparators.spelling = {{ plain_spelling('estimates.area') }}
    left join recipes on recipes.measure_id = concat('csew_', estimates.question)
),

ranked as (
    select
        *,
        row_number() over (
            partition by measure_id, area_id, period_end, fault is null
            order by returned_at desc, estimate_id desc
        ) as position
    from resolved
)

select
    estimate_id,
    measure_id,
    area_id,
    force_code,
    case when comparator_id is null and fault is null then area_id end as force_area_id,
    comparator_id,
    'all' as segment,
    'quarter' as period_type,
    period_end,
    month,
    period_end as local_date,
    cast(null as double) as numerator,
    cast(null as double) as denominator,
    value,
    margin,
    effective_sample,
    'ONS' as supplied_by,
    returned_at,
    coalesce(fault, case when position > 1 then 'superseded' when comparator_id is not null then 'comparator' end) as exclusion_code,
    fault is not null or position > 1 or comparator_id is not null as is_excluded,
    load_id,
    file_row
from ranked
