-- The feeds of which a month without rows is a month in which nothing happened, as a list of SQL literals (contract: `sparse`).
{% macro sparse_feeds() -%}
    {%- set names = [] -%}
    {%- for feed, known in feeds().items() if known.is_sparse %}{% do names.append("'" ~ feed ~ "'") %}{% endfor -%}
    {{ names | join(', ') }}
{%- endmacro %}
