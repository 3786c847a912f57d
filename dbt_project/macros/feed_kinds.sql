-- The feeds of which a month without rows is a month in which nothing happened, as a list of SQL literals (contract: `sparse`).
{% macro sparse_feeds() -%}
    {{ _feeds_that('is_sparse') }}
{%- endmacro %}

-- The feeds of which each date is a whole picture of its day (contract: `snapshot`).
{% macro snapshot_feeds() -%}
    {{ _feeds_that('is_snapshot') }}
{%- endmacro %}

{% macro _feeds_that(property) -%}
    {%- set names = [] -%}
    {%- for feed, known in feeds().items() if known[property] %}{% do names.append("'" ~ feed ~ "'") %}{% endfor -%}
    {{ names | join(', ') }}
{%- endmacro %}
