-- Why a period of a measure is not complete: the months of its feeds that lack rows, or most of them. One row per measure, area and period.
{{ config(schema='intermediate') }}

with measure_feeds as (
    select
        measure_id,
        levels,
        unnest(feeds) as feed
    from {{ ref('int_measure_recipes') }}
    where made_of in ('components', 'quantiles')
),

gaps as (
    select * from {{ ref('int_feed_months') }} where gap is not null
),

months as (
    select distinct month from gaps
),

periods as (
    {{ periods_of('months') }}
)

select
    measure_feeds.measure_id,
    areas.area_id,
    periods.period_type,
    periods.period_end,
    'not complete: '
    || array_to_string(list(strftime(gaps.month, '%b %Y') || ' has ' || gaps.gap || ' of ' || gaps.feed order by gaps.month, gaps.feed)[:3], ', ')
    || case when count(*) > 3 then ' and ' || count(*) - 3 || ' more' else '' end as caveat
from gaps
inner join measure_feeds on gaps.feed = measure_feeds.feed
inner join {{ ref('dim_area') }} as areas
    on
        gaps.force_code = areas.force_code
        and list_contains(measure_feeds.levels, areas.level)
inner join periods on gaps.month = periods.month
group by measure_feeds.measure_id, areas.area_id, periods.period_type, periods.period_end
