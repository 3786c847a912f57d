-- Every result of every check of every run, as readers get it. What the pipeline keeps beside it for the caveats stays in the build database.
select
    run_id,
    checked_at,
    check_name,
    coalesce(check_title, 'A test of the models') as check_title,
    engine,
    layer,
    table_name,
    column_name,
    feed,
    severity,
    status,
    checked_count,
    failed_count,
    observed,
    from_month,
    to_month,
    owner,
    message
from {{ source('quality', 'check_results') }}
