-- Rejected rows counted by reason; a row with several reasons counts in each. One row per load, column and rule. No values.
with rejects as (
    select * from {{ source('ingest', 'rejects') }}
),

loads as (
    select * from {{ source('ingest', 'loads') }}
),

counted as (
    select
        load_id,
        feed,
        column_name,
        rule,
        count(*) as row_count
    from rejects
    group by load_id, feed, column_name, rule
)

select
    counted.load_id,
    counted.feed,
    masked(loads.file_path) as file_path,
    loads.sheet,
    counted.column_name,
    counted.rule,
    counted.row_count
from counted
inner join loads on loads.load_id = counted.load_id
