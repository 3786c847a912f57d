-- How far back a month's value is the highest (highest_since) or the lowest (lowest_since): against the latest earlier month that was higher, or lower.
-- History goes back to the last series break at most. One row per complete month that is higher, or lower, than those before it; with `months` 3 the
-- month is a three month high.
{{ config(materialized='view') }}

with

months as (
    select
        series_id,
        measure_id,
        area_id,
        segment,
        period_end,
        value,
        numerator,
        denominator,
        row_number() over (partition by series_id order by period_end) as position
    from {{ ref('int_changed_values') }}
    where
        period_type = 'month'
        and is_complete
        and isfinite(value)
),

series_breaks as (
    select * from {{ ref('int_series_breaks') }}
),

-- Months between two breaks, or before the first, are one history.
broken as (
    select
        series.measure_id,
        series.area_id,
        list_sort(list(distinct series_breaks.break_month)) as break_months
    from (select distinct measure_id, area_id from months) as series
    inner join series_breaks on
        series.measure_id glob series_breaks.measure_pattern
        and series_breaks.area_id in (series.area_id, '*')
    group by series.measure_id, series.area_id
),

histories as (
    select
        months.*,
        coalesce(len(list_filter(broken.break_months, lambda begun: begun <= months.period_end)), 0) as history,
        list_max(list_filter(broken.break_months, lambda begun: begun <= months.period_end)) as begun_by_break
    from months
    left join broken on
        months.measure_id = broken.measure_id
        and months.area_id = broken.area_id
),

-- The latest earlier month that was higher, and the latest that was lower: a month is a high or a low, never both; an equal neighbour decides nothing.
looked_back as (
    select
        histories.series_id,
        any_value(histories.measure_id) as measure_id,
        any_value(histories.area_id) as area_id,
        any_value(histories.segment) as segment,
        histories.period_end,
        any_value(histories.value) as value,
        any_value(histories.begun_by_break) as begun_by_break,
        min(earlier.period_end) as first_month,
        max(earlier.period_end) filter (where earlier.value > histories.value) as last_higher,
        max(earlier.period_end) filter (where earlier.value < histories.value) as last_lower,
        arg_max(earlier.value, earlier.period_end) filter (where earlier.value > histories.value) as higher_value,
        arg_max(earlier.value, earlier.period_end) filter (where earlier.value < histories.value) as lower_value
    from histories
    inner join histories as earlier on
        histories.series_id = earlier.series_id
        and histories.history = earlier.history
        and histories.position > earlier.position
    group by histories.series_id, histories.period_end
)

select
    measure_id,
    area_id,
    segment,
    series_id,
    period_end,
    case when last_lower > coalesce(last_higher, date '0001-01-01') then 'highest_since' else 'lowest_since' end as comparison,
    case comparison when 'highest_since' then last_higher else last_lower end as base_period_end,
    value,
    case comparison when 'highest_since' then higher_value else lower_value end as base_value,
    cast(
        case
            when base_period_end is null then date_diff('month', first_month, period_end) + 1
            else date_diff('month', base_period_end, period_end)
        end as integer
    ) as months,
    case
        when base_period_end is not null then null
        when begun_by_break is null then 'no month since the series began in ' || strftime(first_month, '%b %Y') || ' was '
        else 'no month since the series break in ' || strftime(begun_by_break, '%b %Y') || ' was '
    end || case comparison when 'highest_since' then 'higher' else 'lower' end as reason
from looked_back
where last_higher is distinct from last_lower
