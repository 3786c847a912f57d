-- Whatever does not match says why.
{% test reasons_are_given(model) %}
    select figure_id
    from {{ model }}
    where (outcome = 'match') <> (reason is null)
{% endtest %}
