-- Community Speedwatch sessions: one row per session and force, in its latest version.
with versions as (
    {{ latest_version('speedwatch_sessions') }}
)

select
    session_id,
    force_code,
    session_date,
    location,
    speedwatch_group,
    checks,
    vehicles_observed,
    vehicles_speeding,
    cpt,
    extracted_at,
    force_key,
    _loaded_at as loaded_at,
    _load_id as load_id,
    _file_hash as file_hash,
    _file_row as file_row,
    _clock_flags as clock_flags,
    version_count
from versions
