-- Nothing is lost between raw and the facts: raw rows = rows staged (one per key, as the facts hold them) + versions superseded. One row per feed.
-- The superseded versions are counted from raw by key, another way than staging picks the latest, so that the two check each other; and
-- only for a feed whose raw table has grown. The sheets of a workbook keep every version in staging: nothing is superseded there.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ forget_feeds_grown() }}"
) }}

{%- set grown = feeds_grown() %}

with force_names as (
    select alias, target from {{ ref('area_aliases') }} where kind = 'force_name'
),
{%- for feed, known in feeds().items() if known.key and not known.is_whole %}

{{ feed }}_keys as (
    select count(*) as row_count
    from {{ source('raw', feed) }}{{ ' as feed' if known.has_force_key }}
    {%- if known.has_force_key %}
    left join force_names on force_names.alias = coalesce(lower(trim(feed.force_code)), '{{ var("home_force") }}')
    {%- endif %}
    where {{ known_as_at() }} and {{ 'true' if feed in grown else 'false' }}
    group by {{ known.key | join(', ') }}{{ ', coalesce(force_names.target, lower(trim(feed.force_code)))' if known.has_force_key }}
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
    {%- for feed, known in feeds().items() if not known.is_whole %}
    select
        '{{ feed }}' as feed,
        (select coalesce(max(_load_id), 0) from {{ source('raw', feed) }}) as max_load_id,
        (select count(*) from {{ source('raw', feed) }} where {{ known_as_at() }}) as raw_rows,
        (select count(*) from {{ ref(known.fact or known.staging) }}) as staged_rows,
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
