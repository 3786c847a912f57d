-- What stands on each card: the lines of seed scorecard_lines, once for each card that they are for. One row per card and line.
{{ config(schema='intermediate') }}

with cards as (
    select * from {{ ref('int_scorecards') }}
),

frameworks as (
    select * from {{ ref('frameworks') }}
),

lines as (
    select * from {{ ref('scorecard_lines') }}
),

placed as (
    select
        cards.scorecard_id,
        lines.line_id,
        frameworks.card_table,
        cards.framework,
        frameworks.shows_items_of,
        cards.plan,
        cards.disclosure_tier as card_disclosure_tier,
        lines.plan_priority,
        lines.section,
        lines.line_order,
        lines.measure_id,
        case when lines.area_id = 'card' then cards.area_id else lines.area_id end as area_id,
        cards.force_code,
        lines.segment
    from lines
    inner join cards on cards.scorecard_id glob lines.scorecard
    left join frameworks on cards.framework = frameworks.framework
)

select
    *,
    {{ series_id() }} as series_id
from placed
