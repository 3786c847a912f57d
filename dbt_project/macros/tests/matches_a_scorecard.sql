-- Every pattern of the column fits at least one card of seed scorecards: a mistyped one would silently do nothing.
{% test matches_a_scorecard(model, column_name) %}
    select patterns.{{ column_name }}
    from {{ model }} as patterns
    anti join {{ ref('scorecards') }} as cards on cards.scorecard_id glob patterns.{{ column_name }}
{% endtest %}
