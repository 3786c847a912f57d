-- Every row of every sheet of the workbook as it stands: where it was read, and whether the newest version lists it. One row per sheet and key.
{%- set sheets = [] -%}
{%- for feed, known in feeds().items() if known.is_whole -%}
    {%- do sheets.append({'feed': feed, 'key': known.key[0], 'staging': known.staging}) -%}
{%- endfor %}
{%- for sheet in sheets %}
select
    '{{ sheet.feed }}' as feed,
    {{ sheet.key }} as item_id,
    row_state,
    listed_as_of,
    load_id,
    file_row
from {{ ref(sheet.staging) }}
where is_latest_version
{{ 'union all' if not loop.last }}
{%- endfor %}
