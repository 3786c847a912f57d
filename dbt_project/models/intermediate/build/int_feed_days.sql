-- How many rows each feed has on each local day, by force. Rows dated after the moment at which they were known are an error of their date: left out.
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

with days as (
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
    group by cast({{ local_time('started_at') }} as date)
),

takes as (
    select * from {{ ref('int_feed_takes') }}
)

select
    days.feed,
    days.force_code,
    days.local_date,
    cast(days.row_count as bigint) as row_count
from days
inner join takes on days.feed = takes.feed
where days.local_date <= takes.known_date
