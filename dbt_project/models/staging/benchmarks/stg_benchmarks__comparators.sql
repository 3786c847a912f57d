-- Comparators: one row per measure, comparator, segment and period as the supplier names them, in its latest version.
with versions as (
    {{ latest_version('force_comparators') }}
)

select
    measure_id,
    comparator,
    segment,
    period_type,
    period_end,
    numerator,
    denominator,
    value,
    coalesce(is_suppressed, false) as is_suppressed,
    margin,
    supplied_by,
    returned_at,
    extracted_at,
    _loaded_at as loaded_at,
    _load_id as load_id,
    _file_hash as file_hash,
    _file_row as file_row,
    _clock_flags as clock_flags,
    version_count
from versions
