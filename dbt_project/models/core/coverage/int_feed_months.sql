-- Each month that a feed spans, by force, and whether it is complete. A month is complete when it is covered to its end, has rows at all (a month
-- whose file never came is a gap and not a month of noughts; of a feed whose rows are rare, it is just that), and, being the first, has rows from
-- its beginning: the feed's first day lies no more than three of its usual gaps after the first of the month. Nor is a month complete that has a
-- fraction of the rows of the months around it: part of it was supplied, unless the seed approved_months says that it was all.
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
),

covered as (
    select
        spanned.feed,
        spanned.force_code,
        spanned.month,
        coalesce(counted.row_count, 0) as row_count,
        last_day(spanned.month) <= spanned.covered_to as is_over,
        coalesce(
            (counted.row_count > 0 or spanned.feed in ({{ sparse_feeds() }}))
            and last_day(spanned.month) <= spanned.covered_to
            and (spanned.month > spanned.first_month or spanned.first_date - spanned.first_month <= 3 * spanned.mean_gap_days),
            false
        ) as is_covered
    from spanned
    left join counted
        on
            spanned.feed = counted.feed
            and spanned.force_code = counted.force_code
            and spanned.month = counted.month
),

-- What is usual around a month: the lesser of the medians before and after it, so that a series that grows has no thin months but its first, and
-- one that has found a new level none, once three months show it.
surrounded as (
    select
        *,
        count(*) filter (where is_covered) over months_before as count_before,
        count(*) filter (where is_covered) over months_after as count_after,
        median(row_count) filter (where is_covered) over months_before as usual_before,
        median(row_count) filter (where is_covered) over months_after as usual_after
    from covered
    window
        months_before as (partition by feed, force_code order by month rows between 6 preceding and 1 preceding),
        months_after as (partition by feed, force_code order by month rows between 1 following and 6 following)
),

usual as (
    select
        *,
        least(
            case when count_before >= 3 or count_after >= 3 then usual_before end,
            case when count_after >= 3 then usual_after end
        ) as usual_count
    from surrounded
),

-- Roots of counts vary by a half, whatever the counts: a small month is thin only where chance does not explain it.
judged as (
    select
        usual.*,
        coalesce(
            usual.is_covered
            and usual.feed not in ({{ sparse_feeds() }})
            and usual.feed not in ({{ snapshot_feeds() }})
            and usual.row_count < {{ var('thin_month_share') }} * usual.usual_count
            and 2 * (sqrt(usual.usual_count) - sqrt(usual.row_count)) > {{ var('thin_month_sigmas') }}
            and approved.month is null,
            false
        ) as is_thin
    from usual
    left join {{ ref('approved_months') }} as approved
        on
            usual.feed = approved.feed
            and usual.force_code = approved.force_code
            and usual.month = approved.month
)

select
    feed,
    force_code,
    month,
    row_count,
    is_covered and not is_thin as is_complete,
    cast(round(usual_count) as bigint) as usual_count,
    case
        when is_thin then row_count || ' of about ' || cast(round(usual_count) as bigint) || ' rows'
        when row_count = 0 and is_over and not is_covered then 'no rows'
    end as gap
from judged
