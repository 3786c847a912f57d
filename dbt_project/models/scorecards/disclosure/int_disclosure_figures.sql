-- The figures of protected areas as they may leave the force: suppressed, rounded or as they are.
-- One row per measure, area, segment and period that may be
-- shown; a figure is suppressed where any of its counts is.
{{ config(schema='intermediate', materialized='table') }}

with

policies as (
    select * from {{ ref('int_disclosure_policies') }}
    where is_protection_needed
),

areas as (
    select * from {{ ref('int_disclosure_areas') }}
),

suppression as (
    select * from {{ ref('int_disclosure_suppression') }}
),

figures as (
    select
        measure_values.series_id,
        measure_values.measure_id,
        measure_values.area_id,
        measure_values.segment,
        measure_values.period_type,
        measure_values.period_end,
        measure_values.numerator,
        measure_values.denominator,
        measure_values.value,
        measure_values.quality_grade,
        measure_values.caveat,
        policies.statistic,
        policies.unit,
        -- below a partnership's area, the counts of topics that are not sensitive are rounded
        not policies.is_sensitive and areas.area_rank < {{ area_rank("'district'") }} as is_rounded,
        policies.numerator_key is not null and coalesce(measure_values.numerator, case when policies.unit = 'count' then measure_values.value end) is not null
            as has_numerator,
        policies.denominator_key is not null and measure_values.denominator is not null as has_denominator,
        numerators.suppression as numerator_suppression,
        denominators.suppression as denominator_suppression
    from {{ ref('int_complete_values') }} as measure_values
    inner join policies on
        measure_values.measure_id = policies.measure_id
        and measure_values.period_type = policies.shown_period
    inner join areas on
        measure_values.area_id = areas.area_id
        and areas.area_rank < policies.public_rank
    left join suppression as numerators on
        policies.numerator_key = numerators.cell_key
        and measure_values.area_id = numerators.area_id
        and measure_values.segment = numerators.segment
        and measure_values.period_type = numerators.period_type
        and measure_values.period_end = numerators.period_end
    left join suppression as denominators on
        policies.denominator_key = denominators.cell_key
        and measure_values.area_id = denominators.area_id
        and coalesce(policies.denominator_segment, measure_values.segment) = denominators.segment
        and measure_values.period_type = denominators.period_type
        and measure_values.period_end = denominators.period_end
    where policies.shown_period <> 'r12m' or month(measure_values.period_end) % 3 = 0
),

-- A count that is not there is of a period that may not be shown.
shown as (
    select
        *,
        case
            when 'primary' in (numerator_suppression, denominator_suppression) then 'primary'
            when 'secondary' in (numerator_suppression, denominator_suppression) then 'secondary'
            else 'none'
        end as suppression
    from figures
    where
        (not has_numerator or numerator_suppression is not null)
        and (not has_denominator or denominator_suppression is not null)
)

select
    series_id,
    measure_id,
    area_id,
    segment,
    period_type,
    period_end,
    case
        when suppression <> 'none' or (is_rounded and statistic in ('mean', 'median', 'p90')) then null
        when is_rounded then {{ rounded_count('numerator') }}
        else numerator
    end as numerator,
    case
        when suppression <> 'none' then null
        -- residents are no count of cases
        when is_rounded and statistic <> 'population_rate' then {{ rounded_count('denominator') }}
        else denominator
    end as denominator,
    case
        when suppression <> 'none' then null
        when not is_rounded then value
        when unit = 'count' then {{ rounded_count('value') }}
        when unit not in ('pct', 'per_1k', 'per_10k', 'per_100k') or numerator is null or numerator = 0 then round(value)
        when statistic = 'population_rate' then value * {{ rounded_count('numerator') }} / numerator
        else value * ({{ rounded_count('numerator') }} / numerator) * (denominator / {{ rounded_count('denominator') }})
    end as value,
    quality_grade,
    caveat,
    case when suppression = 'none' and is_rounded then 'rounded' else suppression end as suppression
from shown
