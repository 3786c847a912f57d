-- Every pattern of the column fits at least one measure of the catalogue: a mistyped one would silently do nothing.
{% test matches_a_measure(model, column_name) %}
    select patterns.{{ column_name }}
    from {{ model }} as patterns
    anti join {{ ref('dim_measure') }} as measures on measures.measure_id glob patterns.{{ column_name }}
{% endtest %}
