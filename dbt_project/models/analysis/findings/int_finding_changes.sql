-- The comparisons that findings may speak of, with the value they are of: complete periods that end in the last 24 months, and the latest of every
-- series. One row per comparison.
{{ config(
    schema='intermediate',
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ forget_changed_series() }}",
) }}

with

recent as (
    select
        series_id,
        period_type,
        period_end,
        value,
        period_end = max(period_end) over (partition by series_id, period_type) as is_latest
    from {{ ref('measure_values') }}
    where
        is_complete
        and isfinite(value)
        and {{ is_changed_series() }}
    qualify is_latest or {{ is_recent() }}
)

select
    recent.is_latest,
    recent.value,
    comparisons.measure_id,
    comparisons.area_id,
    comparisons.segment,
    comparisons.series_id,
    comparisons.period_type,
    comparisons.period_end,
    comparisons.comparison,
    comparisons.base_period_end,
    comparisons.base_value,
    comparisons.change,
    comparisons.change_pct,
    comparisons.change_per_month,
    comparisons.months,
    comparisons.z,
    comparisons.p,
    comparisons.is_significant,
    comparisons.significance_test,
    comparisons.state,
    comparisons.rank,
    comparisons.rank_of,
    comparisons.is_rank_distinct,
    comparisons.is_headline,
    comparisons.is_comparable,
    comparisons.reason
from recent
inner join {{ ref('measure_comparisons') }} as comparisons on
    recent.series_id = comparisons.series_id
    and recent.period_type = comparisons.period_type
    and recent.period_end = comparisons.period_end
where
    (comparisons.is_comparable or (comparisons.is_headline and comparisons.comparison = 'yoy'))
    -- the twelve months before an r12m or a year are those of yoy
    and not (comparisons.comparison = 'previous_period' and recent.period_type in ('r12m', 'year'))
