-- As of when, from which files and by which version the marts were published: one row.
{% set as_at = var('as_at', none) %}
with loads as (
    select distinct
        feed,
        file_hash
    from {{ source('ingest', 'loads') }}
    where status = 'loaded'
),

files as (
    select
        count(*) as files,
        sha256(coalesce(string_agg(feed || ' ' || file_hash, chr(10) order by feed, file_hash), '')) as files_digest
    from loads
),

-- data.police.uk gives whole months and no day
days as (
    select max(case when feed = 'police_uk_street' then last_day(local_date) else local_date end) as data_to
    from {{ ref('int_feed_days') }}
    where
        feed <> 'bt_incidents'
        and local_date <= cast(
            least(
                {{ published_at() }}
                {%- if as_at and (as_at | string | length) <= 10 %}, {{ utc_time("cast('" ~ as_at ~ "' as timestamp) + interval 1 day") }}
                {%- elif as_at %}, {{ utc_time("cast('" ~ as_at ~ "' as timestamp)") }}
                {%- endif %}
            ) as date
        )
)

select
    '{{ var("run_id") }}' as run_id,
    {{ published_at() }} as published_at,
    {{ "'" ~ as_at ~ "'" if as_at else "cast(null as varchar)" }} as as_at,
    cast(nullif('{{ var("demonstration_date") }}', '') as date) as demonstration_date,
    days.data_to,
    '{{ var("package_version") }}' as package_version,
    nullif('{{ var("code_commit") }}', '') as code_commit,
    '{{ var("contract_fingerprint") }}' as contract_fingerprint,
    files.files,
    files.files_digest,
    (
        select count(*) from {{ source('quality', 'check_results') }} as results
        where results.run_id = '{{ var("run_id") }}' and results.status = 'warned'
    ) as warnings
from files
cross join days
