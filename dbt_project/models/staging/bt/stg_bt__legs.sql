-- Legs as BT presented them: one row per leg, in its latest version.
with versions as (
    {{ latest_version('bt_999_calls') }}
)

select
    bt_leg_id,
    bt_call_ref,
    force_code,
    presented_at,
    answered_at,
    cleared_at,
    outcome,
    cli,
    bt_centre,
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
