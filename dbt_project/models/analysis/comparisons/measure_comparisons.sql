-- Each value beside another: earlier windows of its series (yoy, previous_period, baselines), the last month that was higher or lower, and other
-- places. One row per value and comparison, with a test of the difference. A comparison that is not valid has no numbers, and the reason in words.
{{ config(
    schema='measures',
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ forget_changed_series() }}",
) }}

with

measures as (
    select * from {{ ref('dim_measure') }}
),

compared as (
    select
        in_time.*,
        cast(null as integer) as months,
        true as is_tested
    from {{ ref('int_comparisons_in_time') }} as in_time

    union all by name

    -- the latest month that was higher is no window of choice: there is nothing to test
    select
        with_history.*,
        'month' as period_type,
        false as is_tested
    from {{ ref('int_comparisons_with_history') }} as with_history

    union all by name

    select
        with_places.* exclude (lower_998, lower_95, upper_95, upper_998),
        true as is_tested
    from {{ ref('int_comparisons_with_places') }} as with_places
),

sides as (
    select
        compared.*,
        measures.unit,
        measures.statistic,
        measures.yoy_basis,
        compared.reason is null or compared.months is not null as is_comparable,
        struct_pack(value := compared.value, numerator := compared.numerator, denominator := compared.denominator, margin := compared.margin) as this_side,
        -- nothing to test where the two cannot be compared, or where the base was picked for being high
        case
            when compared.reason is null and compared.is_tested then struct_pack(
                value := compared.base_value,
                numerator := compared.base_numerator,
                denominator := compared.base_denominator,
                margin := compared.base_margin
            )
        end as base_side
    from compared
    inner join measures on compared.measure_id = measures.measure_id
),

tested as (
    select
        *,
        {{ significance_test('unit', 'statistic', 'this_side', 'base_side') }} as admitted_test,
        {{ significance_z('admitted_test', 'this_side', 'base_side') }} as admitted_z
    from sides
),

-- Where there is a funnel, it decides.
judged as (
    select
        *,
        case when funnel_state is null then admitted_test when is_comparable then 'funnel' end as significance_test,
        case when funnel_state is null then admitted_z when is_comparable then funnel_z end as z,
        case
            when significance_test = 'funnel' then funnel_state <> 'within expected range'
            else abs(z) > {{ var('significance_z') }}
        end as is_significant
    from tested
)

-- Counts change by a number and in %, durations in seconds and in %, rates in points only.
select
    measure_id,
    area_id,
    segment,
    series_id,
    period_type,
    period_end,
    comparison,
    base_period_end,
    case when is_comparable then base_value end as base_value,
    case when is_comparable then value - base_value end as change,
    case when is_comparable and unit <> 'pct' then 100 * (value - base_value) / nullif(base_value, 0) end as change_pct,
    -- plus nothing: a small fall rounds to minus nought, which is written otherwise than nought
    case when is_comparable and unit = 'count' and is_tested and period_type in ('r12m', 'year') then round((value - base_value) / 12) + 0.0 end
        as change_per_month,
    months,
    z,
    -- consecutive quarters of a survey share nine of twelve months; only the strict test decides
    case
        when significance_test = 'survey_margins' and period_type = 'quarter' and comparison = 'previous_period' then z / sqrt(0.25)
    end as z_overlapping,
    {{ normal_p('z') }} as p,
    is_significant,
    significance_test,
    case
        when comparison not like 'vs#_%' escape '#' then null
        when not is_comparable then 'not comparable'
        when significance_test = 'funnel' then funnel_state
        when value = base_value then 'the same'
        else
            case when is_significant then 'significantly ' else '' end
            || case when value > base_value then 'higher' else 'lower' end
            || case when is_significant then '' when z is null then ', not tested' else ', not significant' end
    end as state,
    case when is_comparable then rank end as rank,
    case when is_comparable then rank_of end as rank_of,
    case when is_comparable then is_rank_distinct end as is_rank_distinct,
    comparison = 'yoy' and period_type = yoy_basis as is_headline,
    is_comparable,
    coalesce(
        reason,
        case when is_comparable and base_value = 0 and unit <> 'pct' then 'the base is 0, so there is no percentage' end
    ) as reason
from judged
