-- Governance map: boards, plans, scorecards, registers: every row in every version of the sheet, as it stood then (macro every_version).
with versions as (
    {{ every_version('governance_nodes') }}
)

select
    node_id,
    name,
    kind,
    framework,
    plan_priority,
    period,
    description,
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
