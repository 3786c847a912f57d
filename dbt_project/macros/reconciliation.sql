{# Which feeds' raw tables hold a load that quality.reconciliation has not counted; all of them on a full refresh. #}
{% macro feeds_grown() %}
    {%- set names = [] -%}
    {%- for feed, known in feeds().items() if not known.is_whole %}{% do names.append(feed) %}{% endfor -%}
    {%- if not execute or not is_incremental() -%}
        {{ return(names) }}
    {%- endif -%}
    {%- set sql -%}
        with loads as (
            {%- for feed in names %}
            select '{{ feed }}' as feed, coalesce(max(_load_id), 0) as max_load_id from {{ source('raw', feed) }}
            {{ 'union all' if not loop.last }}
            {%- endfor %}
        )
        select loads.feed from loads left join {{ this }} as counted on counted.feed = loads.feed
        where counted.max_load_id is distinct from loads.max_load_id
    {%- endset -%}
    {{ return(run_query(sql).columns[0].values() | list) }}
{% endmacro %}

{# Their earlier counts go, in the transaction that brings the new ones. #}
{% macro forget_feeds_grown() -%}
    {%- if is_incremental() -%}
        delete from {{ this }} where feed in ('none'{% for feed in feeds_grown() %}, '{{ feed }}'{% endfor %})
    {%- endif -%}
{%- endmacro %}
