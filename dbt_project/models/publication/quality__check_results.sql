-- Every result of every check of every run, as readers get it. What the pipeline keeps beside it for the caveats stays in the build database.
select
    run_id,
    checked_at,
    check_name,
    -- tests of the models have no title: their name, in words
    coalesce(check_title, upper(check_name[1]) || replace(check_name[2:], '_', ' ')) as check_title,
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
