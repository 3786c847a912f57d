-- Returns of partners and departments: one row per measure, area, segment and period as the supplier names them, in its latest version.
with versions as (
    {{ latest_version('measure_returns') }}
)

select
    measure_id,
    area_id,
    segment,
    period_type,
    period_end,
    numerator,
    denominator,
    value,
    margin,
    supplied_by,
    returned_at,
    coalesce(is_suppressed, false) as is_suppressed,
    extracted_at,
    _loaded_at as loaded_at,
    _load_id as load_id,
    _file_hash as file_hash,
    _file_row as file_row,
    _clock_flags as clock_flags,
    version_count
from versions
