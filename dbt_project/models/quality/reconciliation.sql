-- Nothing is lost between raw and the facts: raw rows = rows staged (one per key, as the facts hold them) + versions superseded. One row per feed.
-- The superseded versions are counted from raw by key, another way than staging picks the latest, so that the two check each other: those of the
-- keys that new loads bring, beside those counted before. The sheets of a workbook keep every version in staging: nothing is superseded there.
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
{%- set counted = grown.get(feed) %}

-- of each key, the versions superseded now that were not superseded by what had been counted
{{ feed }}_keys as (
    {%- if not counted %}
    select 0 as superseded_count
    {%- else %}
    select count(*) - 1 - greatest(count(*) filter (where feed._load_id <= {{ counted.max_load_id }}) - 1, 0) as superseded_count
    from {{ source('raw', feed) }} as feed
    {%- if known.has_force_key %}
    left join force_names on force_names.alias = coalesce(lower(trim(feed.force_code)), '{{ var("home_force") }}')
    {%- endif %}
    where
        {{ known_as_at() }}
        {%- if counted.max_load_id %}
        and {{ key_hash(feed, 'feed.') }} in (select {{ key_hash(feed) }} from {{ source('raw', feed) }} where _load_id > {{ counted.max_load_id }})
        {%- endif %}
    group by {% for column in known.key %}feed.{{ column }}{{ ', ' if not loop.last }}{% endfor %}
        {{- ', coalesce(force_names.target, lower(trim(feed.force_code)))' if known.has_force_key }}
    {%- endif %}
),
{%- endfor %}

-- Street-level crime has no key: which downloads another one replaced, only staging knows.
police_uk_street_keys as (
    select version_count - 1 as superseded_count
    from {{ ref('stg_police_uk__street') }}
    where {{ 'true' if 'police_uk_street' in grown else 'false' }}
),

counted as (
    {%- for feed, known in feeds().items() if not known.is_whole %}
    select
        '{{ feed }}' as feed,
        (select coalesce(max(_load_id), 0) from {{ source('raw', feed) }}) as max_load_id,
        (select count(*) from {{ source('raw', feed) }} where {{ known_as_at() }}) as raw_rows,
        (select count(*) from {{ ref(known.fact or known.staging) }}) as staged_rows,
        (select coalesce(sum(superseded_count), 0) from {{ feed }}_keys)
        {{- ' + ' ~ grown[feed].superseded_rows if known.key and feed in grown }} as superseded_rows
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
