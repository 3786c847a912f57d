-- Nothing is lost between raw and the facts: raw rows = rows staged (one a key, as the facts hold them) + versions superseded. One row a feed.
-- The superseded versions are counted from raw by key, another way than staging picks the latest, so that the two check each other; and
-- only for a feed whose raw table has grown.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ forget_feeds_grown() }}"
) }}

{%- set staged_as = {
    'force_calls': 'fct_force_calls',
    'bt_999_calls': 'fct_bt_legs',
    'bt_incidents': 'stg_bt__incidents',
    'incident_logs': 'fct_logs',
    'online_reports': 'fct_online_reports',
    'crimes': 'fct_crimes',
    'crime_outcomes': 'fct_crime_outcomes',
    'arrests': 'fct_arrests',
    'police_uk_street': 'fct_street_crimes',
} %}
{#- The key without the force, and whether the force belongs to it; data.police.uk has none. -#}
{%- set keys = {
    'force_calls': {'columns': ['call_id', 'line'], 'has_force': true},
    'bt_999_calls': {'columns': ['bt_leg_id']},
    'bt_incidents': {'columns': ['bt_incident_id']},
    'incident_logs': {'columns': ['log_number'], 'has_force': true},
    'online_reports': {'columns': ['report_id']},
    'crimes': {'columns': ['crime_ref'], 'has_force': true},
    'crime_outcomes': {'columns': ['outcome_id'], 'has_force': true},
    'arrests': {'columns': ['arrest_id'], 'has_force': true},
} %}
{%- set grown = feeds_grown() %}

with force_names as (
    select alias, target from {{ ref('area_aliases') }} where kind = 'force_name'
),
{%- for feed, key in keys.items() %}

{{ feed }}_keys as (
    select count(*) as row_count
    from {{ source('raw', feed) }}{{ ' as feed' if key.has_force }}
    {%- if key.has_force %}
    left join force_names on force_names.alias = lower(trim(feed.force_code))
    {%- endif %}
    where {{ known_as_at() }} and {{ 'true' if feed in grown else 'false' }}
    group by {{ key.columns | join(', ') }}{{ ', coalesce(force_names.target, lower(trim(feed.force_code)))' if key.has_force }}
),
{%- endfor %}

-- Of the files that hold an identical row, the one that holds it most often has all its incidents.
police_uk_street_files as (
    select
        _row_hash,
        count(*) as row_count
    from {{ source('raw', 'police_uk_street') }}
    where {{ known_as_at() }} and {{ 'true' if 'police_uk_street' in grown else 'false' }}
    group by _row_hash, _file_hash
),

police_uk_street_keys as (
    select sum(row_count) - max(row_count) + 1 as row_count
    from police_uk_street_files
    group by _row_hash
),

counted as (
    {%- for feed, model in staged_as.items() %}
    select
        '{{ feed }}' as feed,
        (select coalesce(max(_load_id), 0) from {{ source('raw', feed) }}) as max_load_id,
        (select count(*) from {{ source('raw', feed) }} where {{ known_as_at() }}) as raw_rows,
        (select count(*) from {{ ref(model) }}) as staged_rows,
        (select coalesce(sum(row_count - 1), 0) from {{ feed }}_keys) as superseded_rows
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select
    feed,
    max_load_id,
    raw_rows,
    staged_rows,
    cast(superseded_rows as bigint) as superseded_rows,
    raw_rows = staged_rows + superseded_rows as is_reconciled
from counted
where feed in ('none'{% for feed in grown %}, '{{ feed }}'{% endfor %})
