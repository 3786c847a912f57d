/* The feeds whose raw tables hold a load that quality.reconciliation has not counted, each with what it has counted so far: up to which load
   (`max_load_id`), and how many superseded rows. On a full refresh every feed, with nothing counted. */
{% macro feeds_grown() %}
    {%- set grown = {} -%}
    {%- for feed, known in feeds().items() if not known.is_whole %}{% do grown.update({feed: {'max_load_id': 0, 'superseded_rows': 0}}) %}{% endfor -%}
    {%- if not execute or not is_incremental() -%}
        {{ return(grown) }}
    {%- endif -%}
    {%- set sql -%}
        with loads as (
            {%- for feed in grown %}
            select '{{ feed }}' as feed, coalesce(max(_load_id), 0) as max_load_id from {{ source('raw', feed) }}
            {{ 'union all' if not loop.last }}
            {%- endfor %}
        )
        select loads.feed, coalesce(counted.max_load_id, 0) as max_load_id, coalesce(counted.superseded_rows, 0) as superseded_rows
        from loads left join {{ this }} as counted on counted.feed = loads.feed
        where counted.max_load_id is distinct from loads.max_load_id
    {%- endset -%}
    {%- set found = {} -%}
    {%- for feed, max_load_id, superseded_rows in run_query(sql).rows %}
        {%- do found.update({feed: {'max_load_id': max_load_id | int, 'superseded_rows': superseded_rows | int}}) -%}
    {%- endfor -%}
    {{ return(found) }}
{% endmacro %}

{# Their earlier counts go, in the transaction that brings the new ones. #}
{% macro forget_feeds_grown() -%}
    {%- if is_incremental() -%}
        delete from {{ this }} where feed in ('none'{% for feed in feeds_grown() %}, '{{ feed }}'{% endfor %})
    {%- endif -%}
{%- endmacro %}
