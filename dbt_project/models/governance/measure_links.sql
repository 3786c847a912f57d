-- Which measures each item of governance concerns: risks, deliverables, outcomes, focus, events, commentary, breaks, rebases. One row per item and
-- measure; a name that no measure has is in governance.workbook_messages instead.
with named as (
    select * from {{ ref('int_governance__linked_measures') }}
),

measures as (
    select * from {{ ref('dim_measure') }}
)

select distinct
    named.item_kind,
    named.item_id,
    measures.measure_id
from named
inner join measures on measures.measure_id glob named.measure_pattern
