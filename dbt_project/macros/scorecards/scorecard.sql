{# The cards of one published table: every line of the frameworks whose cards stand there (seed frameworks). #}
{% macro scorecard(card_table) %}
select card_rows.* exclude (card_table)
from {{ ref('int_scorecard_rows') }} as card_rows
where card_rows.card_table = '{{ card_table }}'
{% endmacro %}
