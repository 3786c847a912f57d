/* The key of a table of over two hundred thousand rows is looked up by the test unique_key and not by an index, which would cost twenty times as much
   (meta key_is_tested; the marts have the key all the same, made when they are published). */
{% macro duckdb__get_table_columns_and_constraints() -%}
    {%- set constraints = model.constraints -%}
    {%- if (config.get('meta') or {}).get('key_is_tested') -%}
        {%- set constraints = constraints | rejectattr('type', 'equalto', 'primary_key') | list -%}
    {%- endif -%}
    {%- set parts = adapter.render_raw_columns_constraints(raw_columns=model.columns) + adapter.render_raw_model_constraints(raw_constraints=constraints) -%}
    ({{ parts | join(',\n    ') }})
{%- endmacro %}
