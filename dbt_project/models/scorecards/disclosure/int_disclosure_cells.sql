-- The counts that protected figures are made of, of every area and segment, whether or not a card shows them: what is decided of them must hold when a
-- line is added. Twelve months at the ends of quarters, with the quarters in them; else the period of the measure. One row per count and period.
{{ config(schema='intermediate', materialized='table') }}

with

policies as (
    select * from {{ ref('int_disclosure_policies') }}
    where is_protection_needed
),

areas as (
    select * from {{ ref('int_disclosure_areas') }}
),

measure_values as (
    select
        measure_values.*,
        policies.statistic,
        policies.public_rank,
        policies.numerator_key,
        policies.denominator_key,
        policies.denominator_segment,
        policies.small_denominator,
        measure_values.period_type = policies.shown_period as is_shown
    from {{ ref('int_complete_values') }} as measure_values
    inner join policies on measure_values.measure_id = policies.measure_id
    where
        (
            measure_values.period_type = policies.shown_period
            and (policies.shown_period <> 'r12m' or month(measure_values.period_end) % 3 = 0)
        )
        or (policies.shown_period = 'r12m' and measure_values.period_type = 'quarter')
),

counted as (
    select
        numerator_key as cell_key,
        area_id,
        segment,
        period_type,
        period_end,
        coalesce(numerator, case when unit = 'count' then value end) as amount,
        {{ var('disclosure_small') }} as small_to,
        public_rank,
        is_shown
    from measure_values

    union all

    select
        denominator_key as cell_key,
        area_id,
        coalesce(denominator_segment, segment) as segment,
        period_type,
        period_end,
        denominator as amount,
        small_denominator as small_to,
        public_rank,
        is_shown
    from measure_values
)

select
    counted.cell_key,
    counted.area_id,
    counted.segment,
    counted.period_type,
    counted.period_end,
    any_value(areas.parent_area_id) as parent_area_id,
    any_value(areas.group_area_id) as group_area_id,
    -- of the group that the parent is in, where that is protected, too
    case when any_value(areas.group_rank) < max(counted.public_rank) then any_value(areas.upper_group_area_id) end as upper_group_area_id,
    bool_or(areas.is_only_part) as is_only_part,
    max(counted.amount) as amount,
    cast(max(counted.small_to) as integer) as small_to,
    any_value(areas.area_rank) < max(counted.public_rank) as is_protected,
    bool_or(counted.is_shown) as is_shown
from counted
inner join areas on counted.area_id = areas.area_id
where
    counted.cell_key is not null
    and isfinite(counted.amount)
group by counted.cell_key, counted.area_id, counted.segment, counted.period_type, counted.period_end
