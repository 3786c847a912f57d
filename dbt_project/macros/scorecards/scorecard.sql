{#
  The cards of one published table: every line of the frameworks whose cards stand there (seed frameworks). The number of the series serves the joins
  between models; readers of a card know a series by its measure, area and segment.
#}
{% macro scorecard(card_table) %}
select card_rows.* exclude (card_table, series_id)
from {{ ref('int_scorecard_rows') }} as card_rows
where card_rows.card_table = '{{ card_table }}'
{% endmacro %}


{# The tables of cards: what a test asks of every card it asks of each of these. #}
{% macro card_tables() %}
    {{ return(['opcc', 'csp', 'wcjb', 'national']) }}
{% endmacro %}
