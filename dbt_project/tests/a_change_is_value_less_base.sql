-- On every card, for every reader: the change beside a value is that value less the one before it, and the change of twelve months likewise.
{{ config(meta={'dagster': {'ref': {'name': 'opcc'}}}) }}
{%- for card in card_tables() + ['partner', 'public'] %}
{%- for value, base, change in [('value', 'year_before_value', 'yoy_change'), ('r12m_value', 'r12m_year_before_value', 'r12m_change')] %}
select
    '{{ card }}' as card,
    scorecard_id,
    line_id,
    '{{ change }}' as change_column,
    {{ value }} as value,
    {{ base }} as base_value,
    {{ change }} as change
from {{ ref(card) }}
where abs({{ value }} - {{ base }} - {{ change }}) > 1e-6 * greatest(1, abs({{ value }}))
{{ 'union all' if not (loop.last and card == 'public') }}
{%- endfor %}
{%- endfor %}
