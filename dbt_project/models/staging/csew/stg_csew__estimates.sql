-- Estimates of the Crime Survey: one row per question, area and release, in its latest version.
with versions as (
    {{ latest_version('csew_estimates') }}
)

select
    question,
    area,
    release_quarter,
    estimate,
    margin,
    effective_sample,
    extracted_at,
    _loaded_at as loaded_at,
    _load_id as load_id,
    _file_hash as file_hash,
    _file_row as file_row,
    _clock_flags as clock_flags,
    version_count
from versions
