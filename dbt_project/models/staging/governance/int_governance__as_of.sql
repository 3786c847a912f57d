-- The day that overdue rules look from: that of the newest workbook known, so that the same knowledge gives the same answer whenever it is asked.
-- One row.
{{ config(schema='intermediate') }}

with versions as (
    select * from {{ ref('int_governance__versions') }}
)

select max(as_of) as as_of
from versions
