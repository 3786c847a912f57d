-- The days that each feed covers, by force, over the last var daily_months months: those on which no row means that nothing happened. One row per
-- feed, force and day. A day without rows in a month without any, or of a feed so busy that a quiet day is not to be believed, is a gap in supply.
with

coverage as (
    select * from {{ ref('int_feed_coverage') }}
),

days as (
    select * from {{ ref('int_feed_days') }}
),

-- Counted back from the newest day that a feed of an operational measure covers.
kept as (
    select cast(date_trunc('month', max(covered_to)) - interval {{ var('daily_months') - 1 }} month as date) as first_month
    from coverage
    where feed in ({% for feed in operational_catalogue().measures | map(attribute='feeds') | sum(start=[]) | unique %}'{{ feed }}'{{ ', ' if not loop.last }}{% endfor %})
),

spanned as (
    select
        feed,
        force_code,
        cast(unnest(generate_series(greatest(first_date, (select kept.first_month from kept)), covered_to, interval 1 day)) as date) as local_date
    from coverage
),

counted as (
    select
        spanned.feed,
        spanned.force_code,
        spanned.local_date,
        coalesce(days.row_count, 0) as row_count
    from spanned
    left join days
        on
            spanned.feed = days.feed
            and spanned.force_code = days.force_code
            and spanned.local_date = days.local_date
),

judged as (
    select
        *,
        {{ month_of('local_date') }} as month,
        avg(row_count) filter (where row_count > 0) over (partition by feed, force_code) as usual_count,
        sum(row_count) over (partition by feed, force_code, date_trunc('month', local_date)) as month_count
    from counted
)

select
    feed,
    force_code,
    month,
    local_date,
    cast(row_count as bigint) as row_count
from judged
where
    row_count > 0
    or (coalesce(usual_count, 0) < {{ var('busy_feed_rows') }} and (month_count > 0 or feed in ({{ sparse_feeds() }})))
