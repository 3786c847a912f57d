-- Deliverables of the plans: every row in every version of the sheet, as it stood then (macro every_version).
with versions as (
    {{ every_version('governance_deliverables') }}
)

select
    deliverable_id,
    framework,
    plan_priority,
    title,
    due,
    start_date,
    progress_pct,
    rag,
    owner,
    blockers,
    place,
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
