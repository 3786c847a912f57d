-- Calls on the force's own telephony: one row per call and line, in its latest version.
with versions as (
    {{ latest_version('force_calls') }}
)

select
    call_id,
    force_code,
    line,
    offered_at,
    answered_at,
    abandoned_at,
    ended_at,
    cli,
    bt_call_ref,
    is_test,
    extracted_at,
    force_key,
    _loaded_at as loaded_at,
    _load_id as load_id,
    _file_hash as file_hash,
    _file_row as file_row,
    _clock_flags as clock_flags,
    version_count
from versions
