-- The terms and abbreviations. One row per term.
with standing as (
    {{ standing_rows('governance_glossary') }}
),

today as (
    select * from {{ ref('int_governance__as_of') }}
)

select
    standing.term,
    standing.meaning,
    standing.source_ref,
    standing.first_listed_as_of,
    standing.listed_as_of,
    standing.is_withdrawn,
    standing.withdrawn_as_of,
    today.as_of
from standing
cross join today
