-- Street-level crime: the feed has no key, so an identical row met in two files counts once, and identical rows within one file are
-- distinct incidents, unless they have a crime id: one record that was written several times is one. A row is its content and, without a
-- crime id, its number among the identical rows of its file.
-- A later download of a force and month replaces the earlier one: outcomes change, incidents come and go. Later is what the path says
-- (the folder of the download), else the time of the file, where two files share half of their crime ids; files that do neither are parts.
with source as (
    select * from {{ source('raw', 'police_uk_street') }} where {{ known_as_at() }}
),

force_names as (
    select alias, target from {{ ref('area_aliases') }} where kind = 'force_name'
),

downloads as (
    select
        _file_hash,
        reported_by,
        month,
        max({{ version_at() }}) as version_at,
        max(_dated_at) as dated_at,
        max(_modified_at) as modified_at,
        count(distinct crime_id) as crime_ids
    from source
    group by _file_hash, reported_by, month
    qualify count(*) over (partition by reported_by, month) > 1
),

shared as (
    select
        earlier._file_hash,
        later._file_hash as later_file_hash,
        earlier.reported_by,
        earlier.month,
        count(distinct earlier.crime_id) as crime_ids
    from source as earlier
    inner join source as later
        on
            later.crime_id = earlier.crime_id
            and later.reported_by = earlier.reported_by
            and later.month = earlier.month
            and later._file_hash <> earlier._file_hash
    where (earlier.reported_by, earlier.month) in (select (downloads.reported_by, downloads.month) from downloads)
    group by all
),

superseded as (
    select distinct earlier._file_hash, earlier.reported_by, earlier.month
    from downloads as earlier
    inner join downloads as later
        on
            later.reported_by = earlier.reported_by
            and later.month = earlier.month
            and (later.version_at, coalesce(later.modified_at, later.version_at), later._file_hash)
            > (earlier.version_at, coalesce(earlier.modified_at, earlier.version_at), earlier._file_hash)
    left join shared
        on
            shared._file_hash = earlier._file_hash
            and shared.later_file_hash = later._file_hash
            and shared.reported_by = earlier.reported_by
            and shared.month = earlier.month
    where
        later.dated_at > earlier.dated_at
        or coalesce(shared.crime_ids, 0) * 2 >= greatest(least(earlier.crime_ids, later.crime_ids), 1)
),

numbered as (
    select
        source.*,
        case
            when source.crime_id is null then row_number() over (partition by source._file_hash, source._row_hash order by source._file_row)
            else 1
        end as occurrence,
        superseded._file_hash is not null as is_superseded
    from source
    left join superseded
        on
            superseded._file_hash = source._file_hash
            and superseded.reported_by = source.reported_by
            and superseded.month = source.month
),

counted as (
    select
        *,
        count(*) over (partition by _row_hash, occurrence) as version_count,
        bool_and(is_superseded) over (partition by _row_hash, occurrence) as is_withdrawn
    from numbered
),

-- Rows whose content the later download does not repeat are counted with the first row of its force and month, so that none is lost.
withdrawn as (
    select reported_by, month, count(*) as row_count
    from counted
    where is_withdrawn
    group by reported_by, month
),

first_rows as (
    select counted.reported_by, counted.month, min(concat(counted._row_hash, '-', counted.occurrence)) as row_id
    from counted
    semi join withdrawn on withdrawn.reported_by = counted.reported_by and withdrawn.month = counted.month
    where not counted.is_superseded
    group by counted.reported_by, counted.month
),

versions as (
    select *
    from counted
    where not is_superseded
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
    {{ listed_value(feeds()['police_uk_street'], 'crime_type', 'versions.crime_type') }} as crime_type,
    versions.last_outcome_category,
    versions.context,
    coalesce(force_names.target, 'unknown') as force_code,
    versions._extracted_at as extracted_at,
    versions._loaded_at as loaded_at,
    versions._load_id as load_id,
    versions._file_hash as file_hash,
    versions._file_row as file_row,
    versions._clock_flags as clock_flags,
    versions.version_count + coalesce(withdrawn.row_count, 0) as version_count
from versions
left join force_names on force_names.alias = lower(trim(versions.falls_within))
left join first_rows on first_rows.row_id = concat(versions._row_hash, '-', versions.occurrence)
left join withdrawn on withdrawn.reported_by = first_rows.reported_by and withdrawn.month = first_rows.month
