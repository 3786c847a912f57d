-- Commentary: every row in every version of the sheet, as it stood then (macro every_version).
with versions as (
    {{ every_version('governance_commentary') }}
)

select
    commentary_id,
    framework,
    plan_priority,
    topic,
    measure_id,
    area_id,
    kind,
    type,
    sentence,
    evidence,
    owner,
    due,
    period_end,
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
