-- Comments in the database are for readers of the marts, in whose tools they stand beside the columns: only published models have them.
{% macro duckdb__persist_docs(relation, model, for_relation, for_columns) -%}
    {%- if model.config.meta.get('published') -%}
        {{ default__persist_docs(relation, model, for_relation, for_columns) }}
    {%- endif -%}
{%- endmacro %}
