-- When each feed was last taken, by the supplier's clock if it tells, and by ours, as local days. One row per feed that was ever taken.
-- Of a feed whose rows are rare, a file without rows, or one that repeats an earlier file's, was taken too: the time in its name says when.
{{ config(schema='intermediate') }}

with files as (
    select
        stats.feed,
        stats.file_path
    from {{ source('ingest', 'file_stats') }} as stats
    where exists (
        select 1
        from {{ source('ingest', 'loads') }} as loads
        where loads.feed = stats.feed and loads.file_hash = stats.file_hash and loads.status = 'loaded'
    )
),

named as (
    {%- for feed, known in feeds().items() if known.is_sparse and known.file_time %}
    select
        feed,
        try_strptime(regexp_extract(file_path, '{{ known.file_time }}', 1), '%Y%m%dT%H%M') as taken_local
    from files
    where feed = '{{ feed }}'
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

named_versions as (
    select
        feed,
        {{ utc_time('taken_local') }} as _extracted_at,
        {{ utc_time('taken_local') }} as _loaded_at
    from named
    where taken_local is not null
),

parts as (
    {%- for feed, known in feeds().items() if not known.is_whole %}
    select
        '{{ feed }}' as feed,
        min(_extracted_at) as first_extracted_at,
        max(_extracted_at) as extracted_at,
        max({{ known_at() }}) as known_at
    from {{ source('raw', feed) }}
    where {{ known_as_at() }}
    union all
    {%- endfor %}
    select
        feed,
        min(_extracted_at) as first_extracted_at,
        max(_extracted_at) as extracted_at,
        max({{ known_at() }}) as known_at
    from named_versions
    where {{ known_as_at() }}
    group by feed
),

takes as (
    select
        feed,
        min(first_extracted_at) as first_extracted_at,
        max(extracted_at) as extracted_at,
        max(known_at) as known_at
    from parts
    group by feed
)

select
    feed,
    cast({{ local_time('first_extracted_at') }} as date) as first_extracted_date,
    cast({{ local_time('extracted_at') }} as date) as extracted_date,
    cast({{ local_time('known_at') }} as date) as known_date
from takes
where known_at is not null
