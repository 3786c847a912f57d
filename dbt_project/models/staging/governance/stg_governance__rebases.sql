-- Decisions on the limits of charts (rebase, leave): every row in every version of the sheet, as it stood then (macro every_version).
with versions as (
    {{ every_version('governance_rebases') }}
)

select
    rebase_id,
    measure_pattern,
    area_id,
    segment,
    effective_month,
    coalesce(decision, 'rebase') as decision,
    reason,
    evidence,
    approved_by,
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
