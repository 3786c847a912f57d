-- Nothing is lost between raw and staging: raw rows = rows staged + versions superseded. One row a feed.
-- Counted anew only for a feed whose raw table has grown: staging looks at all of raw to find the latest versions.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ forget_feeds_recounted() }}"
) }}

{%- set models = {
    'force_calls': 'stg_telephony__calls',
    'bt_999_calls': 'stg_bt__legs',
    'bt_incidents': 'stg_bt__incidents',
    'incident_logs': 'stg_command_control__logs',
    'online_reports': 'stg_online__reports',
    'crimes': 'stg_crime__crimes',
    'crime_outcomes': 'stg_crime__outcomes',
    'arrests': 'stg_custody__arrests',
    'police_uk_street': 'stg_police_uk__street',
} %}
{%- set grown = feeds_grown(models.keys() | list) %}

with raw_rows as (
    {%- for feed in models %}
    select
        '{{ feed }}' as feed,
        count(*) as raw_rows,
        coalesce(max(_load_id), 0) as max_load_id
    from {{ source('raw', feed) }}
    where {{ known_as_at() }} and {{ 'true' if feed in grown else 'false' }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

staged as (
    {%- for feed, model in models.items() %}
    select
        '{{ feed }}' as feed,
        count(*) as staged_rows,
        coalesce(sum(version_count - 1), 0) as superseded_rows
    from {{ ref(model) }}
    where {{ 'true' if feed in grown else 'false' }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select
    raw_rows.feed,
    raw_rows.max_load_id,
    raw_rows.raw_rows,
    staged.staged_rows,
    cast(staged.superseded_rows as bigint) as superseded_rows,
    raw_rows.raw_rows = staged.staged_rows + staged.superseded_rows as is_reconciled
from raw_rows
inner join staged on staged.feed = raw_rows.feed
where raw_rows.feed in ('none'{% for feed in grown %}, '{{ feed }}'{% endfor %})
