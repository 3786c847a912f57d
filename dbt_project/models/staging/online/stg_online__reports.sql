-- Online reports: one row per submission, in its latest version.
with versions as (
    {{ latest_version('online_reports') }}
)

select
    report_id,
    submitted_at,
    form_type,
    crime_ref,
    is_additional_information,
    force_code,
    extracted_at,
    force_key,
    _loaded_at as loaded_at,
    _load_id as load_id,
    _file_hash as file_hash,
    _file_row as file_row,
    _clock_flags as clock_flags,
    version_count
from versions
