-- One day of 23 hours, a Sunday of March, and one of 25, a Sunday of October, in every year.
with changes as (
    select
        year,
        count(*) filter (where hours_count = 23 and month(date) = 3 and weekday = 7) as spring_count,
        count(*) filter (where hours_count = 25 and month(date) = 10 and weekday = 7) as autumn_count,
        count(*) filter (where is_clock_change) as change_count
    from {{ ref('dim_date') }}
    group by year
)

select * from changes where spring_count <> 1 or autumn_count <> 1 or change_count <> 2
