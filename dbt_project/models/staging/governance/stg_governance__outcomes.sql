-- Outcomes achieved: every row in every version of the sheet, as it stood then (macro every_version).
with versions as (
    {{ every_version('governance_outcomes') }}
)

select
    outcome_id,
    framework,
    plan_priority,
    title,
    achieved_on,
    area_id,
    linked_measures,
    basis,
    source_ref,
    as_of,
    version_number,
    is_latest_version,
    row_state,
    listed_as_of,
    load_id,
    file_row
from versions
