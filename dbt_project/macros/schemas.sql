-- Schemas are named as the models say, without a prefix: readers rely on core.fct_logs, not on <target>_core.fct_logs.
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ (custom_schema_name or target.schema) | trim }}
{%- endmacro %}
