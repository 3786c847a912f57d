-- Each value against another window of the same series: the same period a year before (yoy), the period just before (previous_period), and dated
-- baselines (seed comparison_baselines: calendar 2019, the plan's first year). One row per value and comparison.
-- Two windows that are compared never share a month: the period before an r12m window is the twelve months before it.
-- A comparison that is not valid has no base, and the reason in words.
{{ config(materialized='view') }}

with

measure_values as (
    select
        *,
        cast(
            case period_type
                when 'month' then date_trunc('month', period_end)
                when 'quarter' then date_trunc('quarter', period_end)
                when 'year' then date_trunc('year', period_end)
                when 'r12m' then date_trunc('month', period_end) - interval 11 month
            end as date
        ) as period_start
    from {{ ref('int_changed_values') }}
),

-- Crimes of a period that ended so lately that outcomes of theirs still come in are not held against those of an earlier one.
immature as (
    select
        measure_values.series_id,
        max(measure_values.period_end) filter (where measure_values.is_complete and measure_values.period_type = 'month')
        - to_months({{ var('cohort_maturity_months') }}) as matured_to
    from measure_values
    inner join {{ ref('dim_measure') }} as measures on measure_values.measure_id = measures.measure_id
    where measures.statistic = 'cohort_rate'
    group by measure_values.series_id
),

series_breaks as (
    select * from {{ ref('int_series_breaks') }}
),

baselines as (
    select * from {{ ref('comparison_baselines') }}
),

steps as (
    select
        steps.period_type,
        steps.comparison,
        steps.months_back
    from (
        values
        ('month', 'yoy', 12),
        ('r12m', 'yoy', 12),
        ('quarter', 'yoy', 12),
        ('year', 'yoy', 12),
        ('month', 'previous_period', 1),
        ('r12m', 'previous_period', 12),
        ('quarter', 'previous_period', 3),
        ('year', 'previous_period', 12)
    ) as steps (period_type, comparison, months_back)
),

-- A calendar year is an r12m that ends in December; where only years come in, years are compared.
wanted as (
    select
        measure_values.*,
        steps.comparison,
        measure_values.period_type as base_period_type,
        last_day(measure_values.period_end - to_months(steps.months_back)) as base_period_end,
        cast(measure_values.period_start - to_months(steps.months_back) as date) as base_period_start,
        case when measure_values.period_type = 'r12m' then 'twelve months' else measure_values.period_type end as period_words,
        'the ' || period_words || ' to ' || strftime(last_day(measure_values.period_end - to_months(steps.months_back)), '%-d %b %Y') as base_words
    from measure_values
    inner join steps on measure_values.period_type = steps.period_type

    union all

    select
        measure_values.*,
        baselines.comparison,
        case when measure_values.period_type = 'year' and month(baselines.base_period_end) = 12 then 'year' else 'r12m' end as base_period_type,
        baselines.base_period_end,
        cast(date_trunc('month', baselines.base_period_end) - interval 11 month as date) as base_period_start,
        case when measure_values.period_type = 'r12m' then 'twelve months' else measure_values.period_type end as period_words,
        baselines.title as base_words
    from measure_values
    inner join baselines on measure_values.period_end > baselines.base_period_end
    where measure_values.period_type in ('r12m', 'year')
),

-- A break in the first month of the base window leaves both windows on the same side of it.
breaks as (
    select
        wanted.series_id,
        wanted.period_type,
        wanted.period_end,
        wanted.comparison,
        string_agg(
            'series break in ' || strftime(series_breaks.break_month, '%b %Y') || ': ' || series_breaks.reason, '; '
            order by series_breaks.break_month
        ) as reason
    from wanted
    inner join series_breaks on
        wanted.measure_id glob series_breaks.measure_pattern
        and series_breaks.area_id in (wanted.area_id, '*')
        and series_breaks.break_month > wanted.base_period_start
        and series_breaks.break_month <= wanted.period_end
    group by wanted.series_id, wanted.period_type, wanted.period_end, wanted.comparison
)

select
    wanted.measure_id,
    wanted.area_id,
    wanted.segment,
    wanted.series_id,
    wanted.period_type,
    wanted.period_end,
    wanted.comparison,
    wanted.base_period_end,
    wanted.value,
    wanted.numerator,
    wanted.denominator,
    wanted.margin,
    base.value as base_value,
    base.numerator as base_numerator,
    base.denominator as base_denominator,
    base.margin as base_margin,
    case
        when breaks.reason is not null then breaks.reason
        when wanted.period_type = 'r12m' and not wanted.is_complete then 'fewer than twelve complete months'
        when not wanted.is_complete then 'the ' || wanted.period_type || ' is not complete'
        when wanted.value is null then 'nothing to divide by in the ' || wanted.period_words
        when last_day(wanted.period_end) > last_day(immature.matured_to) then 'outcomes of these crimes still come in'
        when wanted.period_start <= wanted.base_period_end then 'it shares months with ' || wanted.base_words
        when base.period_end is null then 'no figures for ' || wanted.base_words
        when wanted.base_period_type = 'r12m' and not base.is_complete then 'not every month of ' || wanted.base_words || ' is complete'
        when not base.is_complete then wanted.base_words || ' is not complete'
        when base.value is null then 'nothing to divide by in ' || wanted.base_words
    end as reason
from wanted
left join measure_values as base on
    wanted.series_id = base.series_id
    and wanted.base_period_type = base.period_type
    and wanted.base_period_end = base.period_end
left join immature on wanted.series_id = immature.series_id
left join breaks on
    wanted.series_id = breaks.series_id
    and wanted.period_type = breaks.period_type
    and wanted.period_end = breaks.period_end
    and wanted.comparison = breaks.comparison
