-- The sheets of the governance workbook: every version of every row, and the rows as they stand now.

/* Every row in every version of a sheet from the first that lists it on. A row that a version lists is `listed`; one that it has but that
   could not be read is `rejected`, and its last good version stands; one that it no longer has is `withdrawn`, with its last content.
   Where a sheet has one key twice, the lower row counts. */
{% macro every_version(feed_name) -%}
    {%- set key = feeds()[feed_name].key[0] -%}
    with sheet_versions as (
        select * from {{ ref('int_governance__versions') }} where feed = '{{ feed_name }}'
    ),

    read_rows as (
        select raw_rows.*
        from {{ source('raw', feed_name) }} as raw_rows
        inner join sheet_versions on raw_rows._load_id = sheet_versions.load_id
        qualify row_number() over (partition by raw_rows._load_id, raw_rows.{{ key }} order by raw_rows._file_row desc) = 1
    ),

    rejected_rows as (
        select distinct
            load_id,
            row_key
        from {{ source('ingest', 'rejects') }}
        where feed = '{{ feed_name }}' and row_key is not null
    ),

    row_keys as (
        select
            read_rows.{{ key }} as row_key,
            min(sheet_versions.version_number) as first_version
        from read_rows
        inner join sheet_versions on read_rows._load_id = sheet_versions.load_id
        group by read_rows.{{ key }}
    ),

    states as (
        select
            row_keys.row_key,
            sheet_versions.as_of,
            sheet_versions.version_number,
            sheet_versions.is_latest_version,
            case
                when read_rows.{{ key }} is not null then 'listed'
                when rejected_rows.row_key is not null then 'rejected'
                else 'withdrawn'
            end as row_state,
            -- the version whose content stands
            last_value(case when read_rows.{{ key }} is not null then sheet_versions.version_number end ignore nulls) over (
                partition by row_keys.row_key
                order by sheet_versions.version_number
                rows between unbounded preceding and current row
            ) as content_version
        from row_keys
        inner join sheet_versions on row_keys.first_version <= sheet_versions.version_number
        left join read_rows on sheet_versions.load_id = read_rows._load_id and row_keys.row_key = read_rows.{{ key }}
        left join rejected_rows on sheet_versions.load_id = rejected_rows.load_id and row_keys.row_key = rejected_rows.row_key
    )

    select
        read_rows.*,
        states.as_of,
        states.version_number,
        states.is_latest_version,
        states.row_state,
        contents.as_of as listed_as_of,
        contents.load_id,
        read_rows._file_row as file_row
    from states
    inner join sheet_versions as contents on states.content_version = contents.version_number
    inner join read_rows on contents.load_id = read_rows._load_id and states.row_key = read_rows.{{ key }}
{%- endmacro %}

/* The rows of a sheet as its newest version leaves them, withdrawn ones included, with the first version that listed each and the first that
   no longer did. */
{% macro standing_rows(feed_name) -%}
    {%- set key = feeds()[feed_name].key[0] -%}
    select
        *,
        row_state = 'withdrawn' as is_withdrawn,
        min(as_of) over (partition by {{ key }}) as first_listed_as_of,
        case
            when row_state = 'withdrawn' then min(as_of) filter (where row_state = 'withdrawn') over (partition by {{ key }}, listed_as_of)
        end as withdrawn_as_of
    from {{ ref(feeds()[feed_name].staging) }}
    qualify is_latest_version
{%- endmacro %}

-- A list in a cell ("a; b, c") as one row per entry, in lower case.
{% macro listed_in(cell) -%}
    unnest(list_filter(string_split_regex(lower(coalesce({{ cell }}, '')), '[;,\s]+'), lambda entry: entry <> ''))
{%- endmacro %}

-- Whether a cell that should name one role seems to name several.
{% macro names_several(cell) -%}
    regexp_matches({{ cell }}, '[;/&+,\n]|\band\b', 'i')
{%- endmacro %}
