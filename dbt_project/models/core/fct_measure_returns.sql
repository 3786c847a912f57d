-- What partners and departments returned, by measure, area, segment and period. One row a return as its supplier named it; those that are in
-- no measure say why (quality.return_issues names their file, row and value).
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ forget_touched_months('fct_measure_returns') }}"
) }}

with returns as (
    select *
    from {{ ref('stg_partners__returns') }}
    where {{ in_touched_months('fct_measure_returns', month_of('period_end')) }}
),

areas as (
    select * from {{ ref('int_returns__areas') }}
),

recipes as (
    select * from {{ ref('int_measure_recipes') }}
),

resolved as (
    select
        concat(returns.file_hash, '-', returns.file_row) as return_id,
        returns.measure_id,
        coalesce(areas.area_id, returns.area_id) as area_id,
        coalesce(areas.force_code, 'unknown') as force_code,
        coalesce(returns.segment, 'all') as segment,
        returns.period_type,
        {{ period_end_of('returns.period_type', 'returns.period_end') }} as period_end,
        {{ month_of('returns.period_end') }} as month,
        returns.numerator,
        returns.denominator,
        returns.value,
        returns.margin,
        returns.supplied_by,
        returns.returned_at,
        returns.load_id,
        returns.file_row,
        case
            when recipes.measure_id is null then 'unknown_measure'
            when recipes.statistic <> 'returned' then 'computed_measure'
            when areas.area_id is null then 'unknown_area'
        end as fault
    from returns
    left join areas on areas.spelling = {{ plain_spelling('returns.area_id') }}
    left join recipes on returns.measure_id = recipes.measure_id
),

-- One figure may come under two spellings of its area or of its period's end: the one returned last counts.
ranked as (
    select
        *,
        row_number() over (
            partition by measure_id, area_id, segment, period_type, period_end, fault is null
            order by returned_at desc, return_id desc
        ) as position
    from resolved
)

select
    return_id,
    measure_id,
    area_id,
    force_code,
    segment,
    period_type,
    period_end,
    month,
    cast(least(period_end, cast({{ local_time('returned_at') }} as date)) as date) as local_date,
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
