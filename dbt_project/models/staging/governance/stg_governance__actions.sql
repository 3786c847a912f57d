-- Actions on risks: every row in every version of the sheet, as it stood then (macro every_version).
with versions as (
    {{ every_version('governance_actions') }}
)

select
    action_id,
    risk_id,
    kind,
    title,
    owner,
    due,
    progress_pct,
    status,
    completed_on,
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
