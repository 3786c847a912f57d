-- The outcome of every file: rows read, accepted and rejected, or why it was refused. One row per load.
with loads as (
    select * from {{ source('ingest', 'loads') }}
)

select
    load_id,
    run_id,
    feed,
    masked(file_path) as file_path,
    layout,
    status,
    rows_read,
    rows_accepted,
    rows_rejected,
    clock_flagged_rows,
    unexpected_columns,
    message,
    loaded_at,
    sheet
from loads
