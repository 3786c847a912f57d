-- Statutory items: every row in every version of the sheet, as it stood then (macro every_version).
with versions as (
    {{ every_version('governance_statutory_items') }}
)

select
    item_code,
    framework,
    plan_priority,
    title,
    duty,
    owner,
    review_cycle_months,
    last_published,
    url,
    status,
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
