-- A card never silently drops a line: every line of the seed has its row on every card that it is for, in the table of the card's framework.
{{ config(meta={'dagster': {'ref': {'name': 'opcc'}}}) }}
with wanted as (
    select
        cards.scorecard_id,
        lines.line_id
    from {{ ref('scorecard_lines') }} as lines
    inner join {{ ref('int_scorecards') }} as cards on cards.scorecard_id glob lines.scorecard
),

printed as (
    {%- for card in card_tables() %}
    select
        scorecard_id,
        line_id,
        title
    from {{ ref(card) }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
)

select
    wanted.scorecard_id,
    wanted.line_id
from wanted
left join printed on
    wanted.scorecard_id = printed.scorecard_id
    and wanted.line_id = printed.line_id
where
    printed.line_id is null
    or printed.title is null
