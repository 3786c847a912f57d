-- Declared BT incidents: one row per incident, in its latest version.
with versions as (
    {{ latest_version('bt_incidents') }}
)

select
    bt_incident_id,
    started_at,
    ended_at,
    kind,
    reference,
    approved_by,
    extracted_at,
    _loaded_at as loaded_at,
    _load_id as load_id,
    _file_hash as file_hash,
    _file_row as file_row,
    _clock_flags as clock_flags,
    version_count
from versions
