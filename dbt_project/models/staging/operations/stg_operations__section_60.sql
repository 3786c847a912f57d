-- Section 60 authorities: one row per authority and force, in its latest version.
with versions as (
    {{ latest_version('section_60') }}
)

select
    authority_id,
    force_code,
    area,
    from_at,
    to_at,
    extracted_at,
    force_key,
    _loaded_at as loaded_at,
    _load_id as load_id,
    _file_hash as file_hash,
    _file_row as file_row,
    _clock_flags as clock_flags,
    version_count
from versions
