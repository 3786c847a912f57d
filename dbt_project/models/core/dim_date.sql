-- Local calendar days, 2010 to 2039. One row per day.
with days as (
    select cast(range as date) as date
    from range(date '2010-01-01', date '2040-01-01', interval 1 day)
),

lengths as (
    select
        date,
        date_diff('hour', {{ utc_time('cast(date as timestamp)') }}, {{ utc_time('cast(date + 1 as timestamp)') }}) as hours_count
    from days
)

select
    date,
    {{ month_of('date') }} as month,
    cast(date_trunc('quarter', date) as date) as quarter,
    cast(year(date) as integer) as year,
    concat(year(date - interval 3 month), '/', right(cast(year(date - interval 3 month) + 1 as varchar), 2)) as financial_year,
    cast(isodow(date) as integer) as weekday,
    dayname(date) as weekday_name,
    isodow(date) >= 6 as is_weekend,
    hours_count <> 24 as is_clock_change,
    cast(hours_count as integer) as hours_count
from lengths
