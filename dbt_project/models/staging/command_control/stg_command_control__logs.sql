-- Command-and-control logs: one row per log and force, in its latest version.
with versions as (
    {{ latest_version('incident_logs') }}
)

select
    log_number,
    force_code,
    created_at,
    source,
    initial_grade,
    final_grade,
    graded_at,
    opening_type,
    closing_type,
    cpt,
    deployed,
    first_dispatched_at,
    first_arrived_at,
    scene_cleared_at,
    closed_at,
    appointment_requested,
    duplicate_of,
    is_test,
    asb_type,
    lsoa_code,
    extracted_at,
    force_key,
    _loaded_at as loaded_at,
    _load_id as load_id,
    _file_hash as file_hash,
    _file_row as file_row,
    _clock_flags as clock_flags,
    version_count
from versions
