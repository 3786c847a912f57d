-- Speed enforcement visits: one row per visit and force, in its latest version.
with versions as (
    {{ latest_version('speed_enforcement') }}
)

select
    visit_id,
    force_code,
    visit_date,
    location,
    courses_issued,
    fines_and_points_issued,
    court_appearances,
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
