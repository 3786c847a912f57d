-- Every name of the column is a parameter of the ruleset: a mistyped one would silently do nothing.
{% test spc_parameter(model, column_name) %}
    select {{ column_name }}
    from {{ model }}
    where {{ column_name }} not in ({% for parameter in spc_defaults() %}'{{ parameter.name }}'{{ ', ' if not loop.last }}{% endfor %})
{% endtest %}
