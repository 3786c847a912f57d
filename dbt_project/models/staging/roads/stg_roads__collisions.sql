-- Injury collisions (STATS19): one row per collision, in its latest version.
with versions as (
    {{ latest_version('collisions') }}
)

select
    collision_index,
    force_code,
    date,
    time,
    collision_severity,
    number_of_vehicles,
    number_of_casualties,
    fatal_casualties,
    serious_casualties,
    longitude,
    latitude,
    local_authority_ons_district,
    lsoa_of_collision_location,
    speed_limit,
    extracted_at,
    force_key,
    _loaded_at as loaded_at,
    _load_id as load_id,
    _file_hash as file_hash,
    _file_row as file_row,
    _clock_flags as clock_flags,
    version_count
from versions
