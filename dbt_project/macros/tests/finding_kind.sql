-- Every kind of the column is that of a rule of macros/analysis/finding_rules.sql: a mistyped one would silently do nothing.
{% test finding_kind(model, column_name) %}
    select {{ column_name }}
    from {{ model }}
    where {{ column_name }} not in (
        {%- for kind in finding_rules() | map(attribute='kind') | unique %}'{{ kind }}'{{ ', ' if not loop.last }}{% endfor -%}
    )
{% endtest %}
