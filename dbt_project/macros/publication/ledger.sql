{#
  A ledger of what was said: what the live marts say, and what this publication says differently.

  said_before  the ledger in the live marts; empty before the first publication
  says_now     SQL of what this publication says, one row per key
  key, content name -> type; a change of content is a row, and so is a key that is said no more (is_withdrawn)
#}
{% macro ledger(said_before, says_now, key, content) %}
{%- set columns = dict(key, **content) %}
with said_before as (
    select * from {{ said_before }}
),

says_now as (
    select
        {%- for name, type in columns.items() %}
        cast({{ name }} as {{ type }}) as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from ({{ says_now }}) as said
),

latest as (
    select *
    from said_before
    qualify change_no = max(change_no) over (partition by {{ key | join(', ') }})
),

changes as (
    select
        says_now.*,
        false as is_withdrawn,
        coalesce(latest.change_no, 0) + 1 as change_no
    from says_now
    left join latest on {% for name in key %}{{ 'and ' if not loop.first }}says_now.{{ name }} = latest.{{ name }} {% endfor %}
    where
        latest.change_no is null
        or latest.is_withdrawn
        {%- for name in content %}
        or says_now.{{ name }} is distinct from latest.{{ name }}
        {%- endfor %}

    union all by name

    select
        {%- for name in key %}
        latest.{{ name }},
        {%- endfor %}
        true as is_withdrawn,
        latest.change_no + 1 as change_no
    from latest
    anti join says_now on {% for name in key %}{{ 'and ' if not loop.first }}says_now.{{ name }} = latest.{{ name }} {% endfor %}
    where not latest.is_withdrawn
)

select * from said_before

union all by name

select
    changes.* replace (cast(changes.change_no as integer) as change_no),
    {{ published_at() }} as published_at,
    '{{ var("run_id") }}' as run_id
from changes
{% endmacro %}


{# When this publication speaks, UTC. #}
{% macro published_at() -%}
    cast('{{ var("published_at") }}' as timestamp)
{%- endmacro %}


{# A process may have published before: what it attached then is not what is live now. #}
{% macro detach_live_marts() -%}
    {%- if var('live_marts', none) -%}
        detach database if exists live
    {%- endif -%}
{%- endmacro %}


{# The live marts, attached read-only for a run of dbt that is given their path; other runs read nothing of them. #}
{% macro attach_live_marts() -%}
    {%- if var('live_marts', none) -%}
        attach '{{ var("live_marts") | replace("'", "''") }}' as live (read_only)
    {%- endif -%}
{%- endmacro %}
