-- The days of a month are its numerator and denominator, exactly, for every operational measure and area. A day that its feed does not cover has no row,
-- and had nothing to count; a measure of two feeds can have lost what the other feed had that day, so that its months with such days are left out.
{{ config(meta={'dagster': {'ref': {'name': 'daily_values'}}}) }}

with

days as (
    select
        measure_id,
        area_id,
        last_day(local_date) as period_end,
        count(*) as day_count,
        sum(cast(numerator as decimal(18, 3))) as numerator,
        sum(cast(denominator as decimal(18, 3))) as denominator
    from {{ ref('daily_values') }}
    group by measure_id, area_id, last_day(local_date)
),

months as (
    select
        measure_id,
        area_id,
        period_end,
        cast(numerator as decimal(18, 3)) as numerator,
        cast(denominator as decimal(18, 3)) as denominator
    from {{ ref('measure_values') }}
    where
        period_type = 'month'
        and segment = 'all'
        and is_complete
        and period_end > (select min(days.period_end) from days)
        and measure_id in (select days.measure_id from days)
),

of_one_feed as (
    select measure_id
    from {{ ref('int_measure_recipes') }}
    where len(feeds) = 1
)

select
    months.measure_id,
    months.area_id,
    months.period_end,
    months.numerator as of_month,
    days.numerator as of_days,
    months.denominator as denominator_of_month,
    days.denominator as denominator_of_days
from months
left join days
    on
        months.measure_id = days.measure_id
        and months.area_id = days.area_id
        and months.period_end = days.period_end
where
    (
        months.numerator is distinct from days.numerator
        or months.denominator is distinct from days.denominator
    )
    and (
        days.day_count = day(months.period_end)
        or months.measure_id in (select of_one_feed.measure_id from of_one_feed)
    )
