-- Street-level crime: the feed has no key, so an identical row met in two files counts once, and identical rows within one file are
-- distinct incidents. A row is its content and its number among the identical rows of its file.
with source as (
    select * from {{ source('raw', 'police_uk_street') }} where {{ known_as_at() }}
),

force_names as (
    select alias, target from {{ ref('area_aliases') }} where kind = 'force_name'
),

numbered as (
    select
        *,
        row_number() over (partition by _file_hash, _row_hash order by _file_row) as occurrence
    from source
),

versions as (
    select
        *,
        count(*) over (partition by _row_hash, occurrence) as version_count
    from numbered
    qualify row_number() over (partition by _row_hash, occurrence order by {{ newest_first() }}) = 1
)

select
    concat(versions._row_hash, '-', versions.occurrence) as row_id,
    versions.crime_id,
    versions.month,
    versions.reported_by,
    versions.falls_within,
    versions.longitude,
    versions.latitude,
    versions.location,
    versions.lsoa_code,
    versions.lsoa_name,
    versions.crime_type,
    versions.last_outcome_category,
    versions.context,
    coalesce(force_names.target, 'unknown') as force_code,
    versions._extracted_at as extracted_at,
    versions._loaded_at as loaded_at,
    versions._load_id as load_id,
    versions._file_hash as file_hash,
    versions._file_row as file_row,
    versions._clock_flags as clock_flags,
    versions.version_count
from versions
left join force_names on force_names.alias = lower(trim(versions.falls_within))
