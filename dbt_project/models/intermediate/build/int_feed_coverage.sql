-- What each feed covers, by force: the first and last day with a row, and the last month that is complete. One row a feed and force.
-- A day is covered up to the last event or the last supplier's extract, whichever is later: a quiet feed is not an incomplete one.
{{ config(materialized='table') }}

{%- set facts = {
    'force_calls': 'fct_force_calls',
    'bt_999_calls': 'fct_bt_legs',
    'incident_logs': 'fct_logs',
    'online_reports': 'fct_online_reports',
    'crimes': 'fct_crimes',
    'crime_outcomes': 'fct_crime_outcomes',
    'arrests': 'fct_arrests',
    'police_uk_street': 'fct_street_crimes',
} %}

with events as (
    {%- for feed, fact in facts.items() %}
    select
        '{{ feed }}' as feed,
        force_code,
        local_date,
        count(*) as row_count
    from {{ ref(fact) }}
    group by force_code, local_date
    union all
    {%- endfor %}
    select
        'bt_incidents' as feed,
        'all' as force_code,
        cast({{ local_time('started_at') }} as date) as local_date,
        count(*) as row_count
    from {{ ref('stg_bt__incidents') }}
    group by {{ local_time('started_at') }}
),

-- When the feed was last taken, by the supplier's clock if it tells, and by ours.
takes as (
    {%- for feed in facts %}
    select
        '{{ feed }}' as feed,
        max(_extracted_at) as extracted_at,
        max({{ known_at() }}) as known_at
    from {{ source('raw', feed) }}
    where {{ known_as_at() }}
    union all
    {%- endfor %}
    select
        'bt_incidents' as feed,
        max(_extracted_at) as extracted_at,
        max({{ known_at() }}) as known_at
    from {{ source('raw', 'bt_incidents') }}
    where {{ known_as_at() }}
),

taken as (
    select
        feed,
        cast({{ local_time('extracted_at') }} as date) as extracted_date,
        cast({{ local_time('known_at') }} as date) as known_date
    from takes
),

-- An event dated after the extract that brought it is an error of its date, and covers nothing.
spans as (
    select
        events.feed,
        events.force_code,
        min(events.local_date) as first_date,
        max(events.local_date) as last_date,
        greatest(max(events.local_date), coalesce(max(taken.extracted_date), max(events.local_date))) as covered_to
    from events
    inner join taken on taken.feed = events.feed
    where events.local_date <= taken.known_date
    group by events.feed, events.force_code
),

-- data.police.uk gives whole months and no day.
covered as (
    select
        feed,
        force_code,
        first_date,
        last_date,
        case when feed = 'police_uk_street' then last_day(last_date) else covered_to end as covered_to
    from spans
)

select
    feed,
    force_code,
    first_date,
    last_date,
    covered_to,
    cast(date_trunc('month', covered_to + 1) - interval 1 month as date) as last_complete_month
from covered
