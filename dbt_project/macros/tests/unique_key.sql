-- No two rows share the values of `columns`, by default those of the primary key that the model's contract names, and none of them is null.
{% test unique_key(model, columns=none) %}
    {%- set key = columns or contract_key(model.identifier) %}
    select {{ key | join(', ') }}, count(*) as row_count
    from {{ model }}
    group by {{ key | join(', ') }}
    having count(*) > 1 {% for column in key %}or {{ column }} is null {% endfor %}
{% endtest %}


{# The columns of the primary key in a model's contract. #}
{% macro contract_key(name) -%}
    {%- if not execute -%}
        {{ return(['null']) }}
    {%- endif -%}
    {%- set node = graph.nodes.values() | selectattr('resource_type', 'equalto', 'model') | selectattr('name', 'equalto', name) | first -%}
    {{ return((node.constraints | selectattr('type', 'equalto', 'primary_key') | first).columns) }}
{%- endmacro %}
