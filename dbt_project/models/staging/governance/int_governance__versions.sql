-- The versions of each sheet of the governance workbook: one row per sheet and day that a file speaks of, as known (var as_at). Of several files
-- of one day the last one counts: by the time in its name, else by its load, else by its name. A file without a row of the sheet is no version.
{{ config(schema='intermediate') }}

with loads as (
    select
        *,
        file_time as _extracted_at,
        loaded_at as _loaded_at
    from {{ source('ingest', 'loads') }}
    where status = 'loaded' and rows_read > 0 and sheet is not null
),

dated as (
    select
        feed,
        sheet,
        load_id,
        file_path,
        loaded_at,
        {{ known_at() }} as known_at,
        cast({{ local_time(known_at()) }} as date) as as_of
    from loads
    where {{ known_as_at() }}
),

chosen as (
    select *
    from dated
    qualify row_number() over (partition by feed, as_of order by known_at desc, loaded_at desc, file_path desc, load_id desc) = 1
)

select
    feed,
    sheet,
    load_id,
    file_path,
    as_of,
    row_number() over (partition by feed order by as_of) as version_number,
    as_of = max(as_of) over (partition by feed) as is_latest_version
from chosen
