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


-- The same of a fact that is incremental by month. In the months that stand, keys were unique when they were last built, or nothing behind the fact would
-- have been: on a night only keys of the touched months are looked for, in all months.
{% test unique_key_of_fact(model, fact, columns) %}
    {%- set months = touched_months(fact) -%}
    {%- set key = columns | join(', ') %}
    select {{ key }}, count(*) as row_count
    from {{ model }}
    {%- if not flags.FULL_REFRESH %}
    where hash({{ key }}) in (
        select hash({{ key }}) from {{ model }}
        where {% for month in months %}month = date '{{ month }}' or {% endfor %}false
    )
    {%- endif %}
    group by {{ key }}
    having count(*) > 1 {% for column in columns %}or {{ column }} is null {% endfor %}
{% endtest %}
