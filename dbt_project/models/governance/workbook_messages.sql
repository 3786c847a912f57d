-- What is wrong or remarkable in the newest version of each sheet of the governance workbook, named by sheet, row and column for the person who
-- keeps it. One row per message. `rejected`: the row was not taken (its last good version stands). `warning`: it was taken, something in it was not
-- understood. `note`: taken as meant, to be known. No message quotes a cell.
{%- set sheets = [] -%}
{%- for feed, known in feeds().items() if known.is_whole -%}
    {%- do sheets.append({'feed': feed, 'key': known.key[0]}) -%}
{%- endfor -%}
{%- set owned = ['risks', 'actions', 'deliverables', 'focus', 'commentary', 'statutory_items'] -%}
{%- set dated = ['actions', 'deliverables', 'focus', 'commentary'] -%}
{%- set placed = ['outcomes', 'focus', 'deliverables', 'risks', 'commentary', 'events', 'series_breaks', 'rebases'] -%}
{%- set prioritised = ['outcomes', 'focus', 'deliverables', 'risks', 'commentary', 'events', 'statutory_items', 'nodes', 'engagements'] %}

with loads as (
    select
        *,
        file_time as _extracted_at,
        loaded_at as _loaded_at,
        cast({{ local_time("coalesce(file_time, loaded_at)") }} as date) as as_of,
        masked(file_path) as shown_path,
        -- several paths may be shown alike
        row_number() over (partition by feed, masked(file_path) order by load_id) as path_number
    from {{ source('ingest', 'loads') }}
    where sheet is not null
),

latest as (
    select * from {{ ref('int_governance__versions') }}
    where is_latest_version
),

rejects as (
    select * from {{ source('ingest', 'rejects') }}
),

notes as (
    select * from {{ source('ingest', 'notes') }}
),

due_texts as (
    select * from {{ ref('int_governance__due_texts') }}
),

measures as (
    select * from {{ ref('dim_measure') }}
),

areas as (
    select * from {{ ref('dim_area') }}
),

priorities as (
    select * from {{ ref('plan_priorities') }}
),

named_measures as (
    select * from {{ ref('int_governance__linked_measures') }}
),

items as (
    select * from {{ ref('int_governance__items') }}
),

-- What each column may hold, in words, from the contracts.
allowed (feed, column_name, words) as (
    values
    {%- for sheet in sheets %}
    {%- for column, words in sheet_values()[sheet.feed].items() %}
    ('{{ sheet.feed }}', '{{ column }}', '{{ words }}'),
    {%- endfor %}
    {%- endfor %}
    (null, null, null)
),

-- What the newest version withdraws that the one before still had.
withdrawn as (
    select items.*
    from items
    inner join latest on items.feed = latest.feed
    inner join {{ ref('int_governance__versions') }} as earlier
        on items.feed = earlier.feed and latest.version_number - 1 = earlier.version_number
    -- outcomes, focus, commentary and engagements are the quarter's own: they come and go
    where
        items.row_state = 'withdrawn'
        and items.listed_as_of = earlier.as_of
        and items.feed not in ('governance_outcomes', 'governance_focus', 'governance_commentary', 'governance_engagements')
),

found as (
    select
        latest.feed,
        latest.load_id,
        rejects.file_row,
        rejects.column_name,
        -- the key of a row that was never taken may be anything
        coalesce(items.item_id, masked(rejects.row_key)) as item_id,
        'rejected' as severity,
        rejects.rule,
        case rejects.rule
            when 'required' then 'is empty, and must not be'
            when 'not_allowed' then 'is not ' || coalesce(allowed.words, 'a value of the contract')
            when 'below_minimum' then 'is not ' || coalesce(allowed.words, 'within its range')
            when 'above_maximum' then 'is not ' || coalesce(allowed.words, 'within its range')
            when 'repeated_header' then 'repeats the header'
            when 'formula' then 'begins with an equals sign: write the value'
            when 'too_long' then 'is longer than a cell may be'
            when 'pattern' then 'does not have the form of the contract'
            else 'is not ' || coalesce(allowed.words, 'readable')
        end
        || case
            when items.row_state = 'rejected' then '; what the version of ' || strftime(items.listed_as_of, '%-d %b %Y') || ' said of the row stands'
            else '; the row is left out'
        end as what
    from latest
    inner join rejects on latest.load_id = rejects.load_id
    left join allowed on rejects.feed = allowed.feed and rejects.column_name = allowed.column_name
    left join items on rejects.feed = items.feed and rejects.row_key = items.item_id

    union all
    select
        latest.feed,
        latest.load_id,
        notes.file_row,
        notes.column_name,
        items.item_id,
        'note' as severity,
        notes.rule,
        'belongs to a merged cell: merged downwards its value was taken for every row, merged sideways only for the first column' as what
    from latest
    inner join notes on latest.load_id = notes.load_id
    left join items on notes.feed = items.feed and notes.load_id = items.load_id and notes.file_row = items.file_row and items.row_state = 'listed'

    union all
    select
        latest.feed,
        latest.load_id,
        null as file_row,
        null as column_name,
        null as item_id,
        'note' as severity,
        'unexpected_column' as rule,
        'has columns that the contract does not know, which are not read: ' || loads.unexpected_columns as what
    from latest
    inner join loads on latest.load_id = loads.load_id
    where loads.unexpected_columns is not null

    {%- for sheet in sheets %}

    union all
    select
        '{{ sheet.feed }}' as feed,
        raw_rows._load_id as load_id,
        raw_rows._file_row as file_row,
        '{{ sheet.key }}' as column_name,
        raw_rows.{{ sheet.key }} as item_id,
        'warning' as severity,
        'repeated_key' as rule,
        'stands in a lower row too: that one counts' as what
    from {{ source('raw', sheet.feed) }} as raw_rows
    inner join items on items.feed = '{{ sheet.feed }}' and raw_rows._load_id = items.load_id and raw_rows.{{ sheet.key }} = items.item_id
    where items.row_state = 'listed' and raw_rows._file_row < items.file_row
    {%- endfor %}

    -- a workbook newer than the sheet's version that has no such sheet, or was refused for it
    union all
    select
        loads.feed,
        loads.load_id,
        null as file_row,
        null as column_name,
        null as item_id,
        'warning' as severity,
        case when loads.status = 'refused' then 'refused' else 'sheet_missing' end as rule,
        replace(loads.message, loads.shown_path || ' ', '') as what
    from loads
    left join latest on loads.feed = latest.feed
    where
        loads.rows_read = 0
        and loads.status <> 'deferred'
        and loads.message is not null
        and (latest.as_of is null or loads.as_of > latest.as_of or (loads.as_of = latest.as_of and loads.load_id > latest.load_id))
        and {{ known_as_at() }}

    union all
    select
        withdrawn.feed,
        latest.load_id,
        null as file_row,
        null as column_name,
        withdrawn.item_id,
        'note' as severity,
        'withdrawn' as rule,
        'is no longer listed: it counts as withdrawn, its history stays' as what
    from withdrawn
    inner join latest on withdrawn.feed = latest.feed

    union all
    select
        feed,
        load_id,
        file_row,
        column_name,
        item_id,
        'warning' as severity,
        'unknown_measure' as rule,
        'names a measure that the catalogue does not have: that link is left out' as what
    from named_measures
    where not exists (select measures.measure_id from measures where measures.measure_id glob named_measures.measure_pattern)
    {%- for name in dated %}

    union all
    select
        'governance_{{ name }}' as feed,
        sheet.load_id,
        sheet.file_row,
        'due' as column_name,
        {{ feeds()['governance_' ~ name].key[0] }} as item_id,
        'warning' as severity,
        'due_not_understood' as rule,
        'is not understood and kept as written, without a date: write 31/10/2023, Oct 2023, Q4 2023, or TBC' as what
    from {{ ref('stg_governance__' ~ name) }} as sheet
    inner join due_texts on sheet.due = due_texts.due_raw
    where sheet.is_latest_version and sheet.row_state = 'listed' and not due_texts.is_understood
    {%- endfor %}
    {%- for name in owned %}

    union all
    select
        'governance_{{ name }}' as feed,
        load_id,
        file_row,
        'owner' as column_name,
        {{ feeds()['governance_' ~ name].key[0] }} as item_id,
        'warning' as severity,
        'several_owners' as rule,
        'seems to name more than one owner: one role answers for a row' as what
    from {{ ref('stg_governance__' ~ name) }}
    where is_latest_version and row_state = 'listed' and {{ names_several('owner') }}
    {%- endfor %}
    {%- for name in placed %}

    union all
    select
        'governance_{{ name }}' as feed,
        load_id,
        file_row,
        'area_id' as column_name,
        {{ feeds()['governance_' ~ name].key[0] }} as item_id,
        'warning' as severity,
        'unknown_area' as rule,
        'is no area of core.dim_area' as what
    from {{ ref('stg_governance__' ~ name) }} as sheet
    where
        is_latest_version and row_state = 'listed' and area_id <> '*'
        and not exists (select areas.area_id from areas where areas.area_id = sheet.area_id)
    {%- endfor %}
    {%- for name in prioritised %}

    union all
    select
        'governance_{{ name }}' as feed,
        load_id,
        file_row,
        'plan_priority' as column_name,
        {{ feeds()['governance_' ~ name].key[0] }} as item_id,
        'warning' as severity,
        'unknown_priority' as rule,
        'is no priority of the plan' as what
    from {{ ref('stg_governance__' ~ name) }} as sheet
    where
        is_latest_version and row_state = 'listed' and plan_priority is not null
        and not exists (select priorities.priority from priorities where priorities.priority = sheet.plan_priority)
    {%- endfor %}

    union all
    select
        'governance_actions' as feed,
        load_id,
        file_row,
        'risk_id' as column_name,
        action_id as item_id,
        'warning' as severity,
        'unknown_risk' as rule,
        'names a risk that sheet risks does not list' as what
    from {{ ref('stg_governance__actions') }}
    where
        is_latest_version and row_state = 'listed'
        and risk_id not in (select items.item_id from items where items.feed = 'governance_risks' and items.row_state <> 'withdrawn')
    {%- for end in ['from_node', 'to_node'] %}

    union all
    select
        'governance_links' as feed,
        load_id,
        file_row,
        '{{ end }}' as column_name,
        link_id as item_id,
        'warning' as severity,
        'unknown_node' as rule,
        'names a box that sheet nodes does not list: the arrow is left out' as what
    from {{ ref('stg_governance__links') }}
    where
        is_latest_version and row_state = 'listed'
        and {{ end }} not in (select items.item_id from items where items.feed = 'governance_nodes' and items.row_state <> 'withdrawn')
    {%- endfor %}

    union all
    select
        'governance_risks' as feed,
        load_id,
        file_row,
        case when kind = 'issue' then 'current_likelihood' when current_impact is null then 'current_impact' else 'current_likelihood' end as column_name,
        risk_id as item_id,
        'warning' as severity,
        case when kind = 'issue' then 'issue_with_likelihood' else 'risk_without_score' end as rule,
        case
            when kind = 'issue' then 'is filled, but an issue has happened already: give its impact and its resolution date'
            else 'is empty: without likelihood and impact the risk has no score'
        end as what
    from {{ ref('stg_governance__risks') }}
    where
        is_latest_version and row_state = 'listed' and status <> 'closed'
        and ((kind = 'issue' and current_likelihood is not null) or (kind = 'risk' and (current_likelihood is null or current_impact is null)))
)

select
    md5(concat_ws('|', found.feed, loads.shown_path, loads.path_number, found.file_row, found.column_name, found.item_id, found.rule)) as message_id,
    loads.sheet,
    loads.shown_path as file_path,
    found.file_row,
    found.column_name,
    found.item_id,
    found.severity,
    found.rule,
    concat_ws(
        ', ',
        'sheet ' || loads.sheet,
        'row ' || found.file_row,
        case when found.item_id is not null then loads_key.key || ' ' || found.item_id end,
        'column ' || nullif(found.column_name, '_row')
    ) || ': ' || found.what as message,
    loads.as_of
from found
inner join loads on found.load_id = loads.load_id
inner join (
    values
    {%- for sheet in sheets %}
    ('{{ sheet.feed }}', '{{ sheet.key | replace("_", " ") }}'){{ ',' if not loop.last }}
    {%- endfor %}
) as loads_key (feed, key) on found.feed = loads_key.feed
qualify row_number() over (partition by found.feed, found.load_id, found.file_row, found.column_name, found.item_id, found.rule order by found.what) = 1
