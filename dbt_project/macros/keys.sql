/* A table's primary key, named in its contract, is looked up by the test unique_key and is no index of the build database, which would cost twenty times
   as much; the marts have it, made when they are published (docs/decisions/0019). A lake takes no checks either (docs/decisions/0028). */
{% macro duckdb__get_table_columns_and_constraints() -%}
    {%- set left_out = ['primary_key', 'check'] if adapter.is_ducklake(this) else ['primary_key'] -%}
    {%- set constraints = model.constraints | rejectattr('type', 'in', left_out) | list -%}
    {%- set parts = adapter.render_raw_columns_constraints(raw_columns=model.columns) + adapter.render_raw_model_constraints(raw_constraints=constraints) -%}
    ({{ parts | join(',\n    ') }})
{%- endmacro %}
