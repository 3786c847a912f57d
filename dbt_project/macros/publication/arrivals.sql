{#
  Rows that came in for a feed since the publication before, by month: late where their key was in no load before, corrected where it was there
  with other content. The extract time is no content, so a row that comes again as it was is neither. The force's spelling is no part of the key,
  and rows without a key are known by their content alone.

  since  SQL of the last load that the publication before holds; null before the first publication, which revises nothing
#}
{% macro arrivals(feed, known, since) %}
{#- Columns of the key that may be empty cannot be matched; without them a few more rows count as known. -#}
{%- set key = known.key | reject('in', known.optional_key) | list or ['_row_hash'] -%}
{%- set time = ("cast(null as date)" if not known.time else known.time if known.is_date else local_time(known.time)) -%}
{%- set content = 'hash(' ~ content_columns(feed) | join(', ') ~ ')' -%}
select
    '{{ feed }}' as feed,
    fresh.month,
    count(distinct ({{ 'fresh.' ~ key | join(', fresh.') }})) filter (where before.contents is null) as late_rows,
    count(distinct ({{ 'fresh.' ~ key | join(', fresh.') }})) filter (where not list_contains(before.contents, fresh.content)) as corrected_rows
from (
    select
        {{ key | join(', ') }},
        {{ content }} as content,
        {{ month_of(time) }} as month
    from {{ source('raw', feed) }}
    where _load_id > {{ since }}
) as fresh
left join (
    select
        {{ key | join(', ') }},
        list(distinct {{ content }}) as contents
    from {{ source('raw', feed) }}
    semi join (
        select distinct {{ key | join(', ') }}
        from {{ source('raw', feed) }}
        where _load_id > {{ since }}
    ) as wanted using ({{ key | join(', ') }})
    where _load_id <= {{ since }}
    group by {{ key | join(', ') }}
) as before using ({{ key | join(', ') }})
group by fresh.month
having late_rows + corrected_rows > 0
{% endmacro %}


{# The columns of a raw table that the supplier gives, without the extract time. #}
{% macro content_columns(feed) -%}
    {%- if not execute -%}
        {{ return(['null']) }}
    {%- endif -%}
    {%- set columns = [] -%}
    {%- for node in graph.sources.values() if node.source_name == 'raw' and node.name == feed -%}
        {%- for name in node.columns if not name.startswith('_') and name != 'extracted_at' -%}
            {%- do columns.append('"' ~ name ~ '"') -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(columns) }}
{%- endmacro %}
