-- Every kind of the column is that of a rule of pipelines/catalogue/findings.yaml: a mistyped one would silently do nothing.
{% test finding_kind(model, column_name) %}
    select {{ column_name }}
    from {{ model }}
    where {{ column_name }} not in (
        {%- for kind in findings_catalogue().rules | map(attribute='kind') | unique %}'{{ kind }}'{{ ', ' if not loop.last }}{% endfor -%}
    )
{% endtest %}
