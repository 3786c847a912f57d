-- The rota of the control centre's operators: one row per line, half hour and force, in its latest version.
with versions as (
    {{ latest_version('ccc_operator_rota') }}
)

select
    line,
    starts_at,
    force_code,
    scheduled_count,
    present_count,
    extracted_at,
    force_key,
    _loaded_at as loaded_at,
    _load_id as load_id,
    _file_hash as file_hash,
    _file_row as file_row,
    _clock_flags as clock_flags,
    version_count
from versions
