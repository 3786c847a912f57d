-- Rows that came in between two publications, by feed and month of the event: what measures.revisions gives as the reason of a revision.
with said_before as (
    select
        run_id,
        published_at,
        feed,
        arrival_no,
        month,
        late_rows,
        corrected_rows
    from {{ source('live_quality', 'arrivals') }}
    where not (run_id = '{{ var("run_id") }}' and published_at = {{ published_at() }})
),

publication_before as (
    select max(max_load_id) as max_load_id
    from {{ source('live_quality', 'publications') }}
    where not (run_id = '{{ var("run_id") }}' and published_at = {{ published_at() }})
),

fresh as (
    {%- for feed, known in feeds().items() if not known.is_whole %}
    {{ arrivals(feed, known, '(select max_load_id from publication_before)') }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select * from said_before

union all

select
    '{{ var("run_id") }}' as run_id,
    {{ published_at() }} as published_at,
    feed,
    cast(row_number() over (partition by feed order by month nulls last) as integer) as arrival_no,
    month,
    late_rows,
    corrected_rows
from fresh
