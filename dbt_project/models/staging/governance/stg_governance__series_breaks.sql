-- Series breaks: every row in every version of the sheet, as it stood then (macro every_version).
with versions as (
    {{ every_version('governance_series_breaks') }}
)

select
    break_id,
    measure_pattern,
    area_id,
    break_month,
    reason,
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
