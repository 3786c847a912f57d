-- Keys of raw rows that came more than once, by a hash without the force: one row per feed and hash. Staging sorts the versions of these keys and
-- takes every other row as it is. A key too many does no harm, so that nothing is ever taken out between full builds; of a night's keys only
-- those of its new rows are looked for.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ 'truncate ' ~ this if is_incremental() and is_full_rebuild() }}"
) }}

{%- set is_partial = is_incremental() and not is_full_rebuild() %}
{%- for feed, known in feeds().items() if known.key and not known.is_whole %}
{{ 'union all' if not loop.first }}
select
    '{{ feed }}' as feed,
    {{ key_hash(feed) }} as key_hash
from {{ source('raw', feed) }}
    {%- if is_partial %}
where
    {{ key_hash(feed) }} in (
        select {{ key_hash(feed) }}
        from {{ source('raw', feed) }}
        where _load_id > (select max(max_load_id) from {{ source('ingest', 'builds') }})
    )
    and {{ key_hash(feed) }} not in (select key_hash from {{ this }} where feed = '{{ feed }}')
    {%- endif %}
group by 2
having count(*) > 1
{%- endfor %}
