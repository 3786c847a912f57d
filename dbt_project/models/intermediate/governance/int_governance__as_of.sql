-- The day that overdue rules look from: the one asked for (var as_at), else that of the newest workbook. One row.
with versions as (
    select * from {{ ref('int_governance__versions') }}
)

select coalesce({{ "cast('" ~ (var('as_at') | string)[:10] ~ "' as date)" if var('as_at', none) else 'null' }}, max(as_of)) as as_of
from versions
