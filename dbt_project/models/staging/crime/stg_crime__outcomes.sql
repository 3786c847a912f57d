-- Outcomes of crimes: one row per outcome and force, in its latest version.
with versions as (
    {{ latest_version('crime_outcomes') }}
)

select
    outcome_id,
    crime_ref,
    force_code,
    outcome_code,
    outcome_date,
    extracted_at,
    force_key,
    _loaded_at as loaded_at,
    _load_id as load_id,
    _file_hash as file_hash,
    _file_row as file_row,
    _clock_flags as clock_flags,
    version_count
from versions
