-- Focus of the next quarter: every row in every version of the sheet, as it stood then (macro every_version).
with versions as (
    {{ every_version('governance_focus') }}
)

select
    focus_id,
    framework,
    plan_priority,
    title,
    owner,
    due,
    area_id,
    linked_deliverables,
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
