-- Suspects in each snapshot: one row per suspect, crime, force and snapshot, in its latest version.
with versions as (
    {{ latest_version('suspects') }}
)

select
    snapshot_date,
    suspect_id,
    crime_ref,
    force_code,
    status,
    since_date,
    extracted_at,
    force_key,
    _loaded_at as loaded_at,
    _load_id as load_id,
    _file_hash as file_hash,
    _file_row as file_row,
    _clock_flags as clock_flags,
    version_count
from versions
