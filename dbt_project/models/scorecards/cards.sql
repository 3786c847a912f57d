-- The scorecards that there are: whose, of which area, in which table.
with cards as (
    select * from {{ ref('int_scorecards') }}
),

frameworks as (
    select * from {{ ref('frameworks') }}
),

areas as (
    select * from {{ ref('dim_area') }}
),

lines as (
    select
        scorecard_id,
        count(*) as line_count
    from {{ ref('int_scorecard_lines') }}
    group by scorecard_id
)

select
    cards.scorecard_id,
    cards.title,
    cards.framework,
    frameworks.title as framework_title,
    frameworks.body,
    frameworks.shows_items_of,
    'scorecards.' || frameworks.card_table as table_name,
    cards.area_id,
    areas.area_name,
    cards.force_code,
    cards.plan,
    cards.owner,
    cards.disclosure_tier,
    coalesce(lines.line_count, 0) as line_count
from cards
left join frameworks on cards.framework = frameworks.framework
left join areas on cards.area_id = areas.area_id
left join lines on cards.scorecard_id = lines.scorecard_id
