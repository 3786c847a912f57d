-- What each feed covers, by force: the first and last day with a row, and the day up to which it can be trusted to be whole.
-- An extract covers the days before the one it was taken on, busy or quiet; where the supplier gives no extract time, or events run past it,
-- the last day with a row is taken as covered. A feed whose rows are rare and that has none at all covers the months since the one before it was
-- first taken: nothing happened in them.
{{ config(schema='intermediate') }}

with days as (
    select * from {{ ref('int_feed_days') }}
),

takes as (
    select * from {{ ref('int_feed_takes') }}
),

spans as (
    select
        days.feed,
        days.force_code,
        min(days.local_date) as first_date,
        max(days.local_date) as last_date,
        count(*) as day_count,
        max(takes.extracted_date) as extracted_date
    from days
    inner join takes on days.feed = takes.feed
    group by days.feed, days.force_code

    union all

    select
        feed,
        '{{ var("home_force") }}' as force_code,
        cast(date_trunc('month', first_extracted_date) - interval 1 month as date) as first_date,
        cast(date_trunc('month', first_extracted_date) - interval 1 month as date) as last_date,
        1 as day_count,
        extracted_date
    from takes
    where
        feed in ({{ sparse_feeds() }})
        and extracted_date is not null
        and feed not in (select days.feed from days)
)

select
    feed,
    force_code,
    first_date,
    last_date,
    -- data.police.uk gives whole months and no day
    case
        when feed = 'police_uk_street' then last_day(last_date)
        when extracted_date is null or last_date > extracted_date then last_date
        else extracted_date - 1
    end as covered_to,
    -- days from one day with rows to the next, on average
    cast(last_date - first_date + 1 as double) / day_count as mean_gap_days
from spans
