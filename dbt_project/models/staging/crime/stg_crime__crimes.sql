-- Recorded crimes: one row per crime and force, in its latest version.
with versions as (
    {{ latest_version('crimes') }}
)

select
    crime_ref,
    force_code,
    recorded_at,
    committed_from,
    offence_code,
    offence_group,
    cpt,
    is_domestic_abuse,
    da_risk,
    is_csa,
    is_hate,
    is_knife,
    is_exploitation,
    is_rural,
    victim_age,
    cancelled_at,
    cancel_code,
    extracted_at,
    force_key,
    _loaded_at as loaded_at,
    _load_id as load_id,
    _file_hash as file_hash,
    _file_row as file_row,
    _clock_flags as clock_flags,
    version_count
from versions
