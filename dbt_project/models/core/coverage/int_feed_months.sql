-- Each month that a feed spans, by force, and whether it is complete. A month is complete when it is covered to its end, has rows at all (a month
-- whose file never came is a gap and not a month of noughts; of a feed whose rows are rare, it is just that), and, being the first, has rows from its beginning: the feed's first day lies no
-- more than three of its usual gaps after the first of the month.
{{ config(schema='intermediate') }}

with coverage as (
    select
        *,
        cast(date_trunc('month', first_date) as date) as first_month
    from {{ ref('int_feed_coverage') }}
),

days as (
    select * from {{ ref('int_feed_days') }}
),

counted as (
    select
        feed,
        force_code,
        cast(date_trunc('month', local_date) as date) as month,
        cast(sum(row_count) as bigint) as row_count
    from days
    group by feed, force_code, cast(date_trunc('month', local_date) as date)
),

spanned as (
    select
        *,
        cast(unnest(generate_series(first_month, cast(date_trunc('month', covered_to) as date), interval 1 month)) as date) as month
    from coverage
)

select
    spanned.feed,
    spanned.force_code,
    spanned.month,
    coalesce(counted.row_count, 0) as row_count,
    coalesce(
        (counted.row_count > 0 or spanned.feed in ({{ sparse_feeds() }}))
        and last_day(spanned.month) <= spanned.covered_to
        and (spanned.month > spanned.first_month or spanned.first_date - spanned.first_month <= 3 * spanned.mean_gap_days),
        false
    ) as is_complete
from spanned
left join counted
    on
        spanned.feed = counted.feed
        and spanned.force_code = counted.force_code
        and spanned.month = counted.month
