-- The same measures elsewhere, by measure, comparator, segment and period. One row a figure as its supplier named it; those that are in
-- measures.comparator_values are not excluded, the others say why (quality.return_issues).
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ forget_touched_months('fct_comparators') }}"
) }}

with supplied as (
    select *
    from {{ ref('stg_benchmarks__comparators') }}
    where {{ in_touched_months('fct_comparators', month_of('period_end')) }}
),

comparators as (
    select * from {{ ref('int_returns__comparators') }}
),

recipes as (
    select * from {{ ref('int_measure_recipes') }}
),

resolved as (
    select
        concat(supplied.file_hash, '-', supplied.file_row) as return_id,
        supplied.measure_id,
        coalesce(comparators.comparator_id, supplied.comparator) as comparator_id,
        coalesce(comparators.force_code, 'unknown') as force_code,
        coalesce(supplied.segment, 'all') as segment,
        supplied.period_type,
        {{ period_end_of('supplied.period_type', 'supplied.period_end') }} as period_end,
        {{ month_of('supplied.period_end') }} as month,
        supplied.numerator,
        supplied.denominator,
        supplied.value,
        supplied.margin,
        supplied.supplied_by,
        supplied.returned_at,
        supplied.load_id,
        supplied.file_row,
        case
            when recipes.measure_id is null then 'unknown_measure'
            when comparators.comparator_id is null then 'unknown_area'
        end as fault
    from supplied
    left join comparators on comparators.spelling = {{ plain_spelling('supplied.comparator') }}
    left join recipes on supplied.measure_id = recipes.measure_id
),

ranked as (
    select
        *,
        row_number() over (
            partition by measure_id, comparator_id, segment, period_type, period_end, fault is null
            order by returned_at desc, return_id desc
        ) as position
    from resolved
)

select
    return_id,
    measure_id,
    comparator_id,
    force_code,
    segment,
    period_type,
    period_end,
    month,
    period_end as local_date,
    numerator,
    denominator,
    value,
    margin,
    supplied_by,
    returned_at,
    coalesce(fault, case when position > 1 then 'superseded' end) as exclusion_code,
    fault is not null or position > 1 as is_excluded,
    load_id,
    file_row
from ranked
