-- Protection notices and orders: one row per notice or order and force, in its latest version.
with versions as (
    {{ latest_version('protection_orders') }}
)

select
    order_id,
    force_code,
    kind,
    applied_at,
    authorised_at,
    expires_at,
    status,
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
