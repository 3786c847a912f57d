-- Comments in the database are for readers of the marts, in whose tools they stand beside the columns: only published models have them.
{% macro duckdb__persist_docs(relation, model, for_relation, for_columns) -%}
    {%- if model.config.meta.get('published') -%}
        {%- call statement('comments') -%}
            {{ alter_relation_comment(relation, model.description) }}
            {%- for column in model.columns.values() %}
                comment on column {{ relation }}.{{ adapter.quote(column.name) }} is {{ duckdb_escape_comment(column.description) }};
            {%- endfor %}
        {%- endcall -%}
    {%- endif -%}
{%- endmacro %}
