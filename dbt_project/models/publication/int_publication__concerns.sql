-- What this run's warnings say of published rows: one row per measure, month and caveat. A warning without months concerns the feed's latest
-- complete month and those after it, which is what scorecards show. Months between two bad ones stay clean.
{% set feed_of = {} %}
{%- for feed, known in feeds().items() -%}
    {%- do feed_of.update({'staging.' ~ known.staging: feed}) -%}
    {%- if known.fact -%}{%- do feed_of.update({'core.' ~ known.fact: feed}) -%}{%- endif -%}
{%- endfor %}

with results as (
    select * from {{ source('quality', 'check_results') }}
),

feed_tables as (
    select
        listed.table_name,
        listed.feed
    from (values
        {%- for table, feed in feed_of.items() %}
        ('{{ table }}', '{{ feed }}'){{ ',' if not loop.last }}
        {%- endfor %}
    ) as listed (table_name, feed)
),

warned as (
    select
        results.from_month,
        results.months,
        coalesce(results.to_month, results.from_month) as to_month,
        coalesce(
            results.feed, feed_tables.feed,
            case when starts_with(results.table_name, 'raw.') then substr(results.table_name, 5) end
        ) as feed,
        coalesce(results.message, results.check_name) as message
    from results
    left join feed_tables on results.table_name = feed_tables.table_name
    where results.run_id = '{{ var("run_id") }}' and results.status = 'warned' and coalesce(results.has_caveat, true)
),

feed_caveats as (
    select
        feed,
        -- a caveat stands in a cell of a card; the whole message is in quality.check_results
        case when length(message) <= 240 then message else rtrim(left(message, 239), ' ,;') || '…' end as caveat,
        cast(unnest(
            case
                when len(months) > 0 then months
                when from_month is not null then generate_series(date_trunc('month', from_month), date_trunc('month', to_month), interval 1 month)
                else [null]
            end
        ) as date) as month
    from warned
),

measure_feeds as (
    select
        measure_id,
        trim(unnest(string_split(source_feeds, ','))) as feed
    from {{ ref('dim_measure') }}
),

feed_months as (
    select distinct
        measure_feeds.feed,
        measured.is_complete,
        {{ month_of('measured.period_end') }} as month
    from {{ ref('measure_values') }} as measured
    inner join measure_feeds on measured.measure_id = measure_feeds.measure_id
    where measured.period_type = 'month' and measured.value is not null
),

latest_months as (
    select
        feed,
        month
    from feed_months
    qualify month >= coalesce(max(month) filter (where is_complete) over (partition by feed), max(month) over (partition by feed))
)

select distinct
    measure_feeds.measure_id,
    coalesce(feed_caveats.month, latest_months.month) as month,
    feed_caveats.caveat
from feed_caveats
inner join measure_feeds on feed_caveats.feed = measure_feeds.feed
left join latest_months on feed_caveats.feed = latest_months.feed
where coalesce(feed_caveats.month, latest_months.month) is not null
