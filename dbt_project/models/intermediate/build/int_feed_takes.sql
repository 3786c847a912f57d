-- When each feed was last taken, by the supplier's clock if it tells, and by ours, as local days. One row a feed that holds anything.
{{ config(materialized='table') }}

with takes as (
    {%- for feed in feeds() %}
    select
        '{{ feed }}' as feed,
        max(_extracted_at) as extracted_at,
        max({{ known_at() }}) as known_at
    from {{ source('raw', feed) }}
    where {{ known_as_at() }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
)

select
    feed,
    cast({{ local_time('extracted_at') }} as date) as extracted_date,
    cast({{ local_time('known_at') }} as date) as known_date
from takes
where known_at is not null
