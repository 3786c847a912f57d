-- How many rows each feed has on each local day, by force. Rows dated after the moment at which they were known are an error of their date: left out.
{{ config(schema='intermediate') }}

with days as (
    {%- for feed, known in feeds().items() if known.fact %}
    select
        '{{ feed }}' as feed,
        force_code,
        local_date,
        count(*) as row_count
    from {{ ref(known.fact) }}
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
