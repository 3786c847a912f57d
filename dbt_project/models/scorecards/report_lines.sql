-- What stands on each slide of a card's highlight report: tiles, charts and lines of the data summary, with the measure's title and the area's name.
-- Data: seed highlight_lines; a line for `districts` is one row per district of the card's area. One row per card, topic, part, line and area.
with lines as (
    select * from {{ ref('highlight_lines') }}
),

topics as (
    select * from {{ ref('highlight_topics') }}
),

cards as (
    select * from {{ ref('cards') }}
),

measures as (
    select * from {{ ref('dim_measure') }}
),

areas as (
    select * from {{ ref('dim_area') }}
),

on_cards as (
    select
        cards.scorecard_id,
        cards.area_id as card_area_id,
        lines.*
    from lines
    inner join topics on lines.topic_id = topics.topic_id
    inner join cards on cards.scorecard_id glob topics.scorecard
),

-- incidents in no district are in the force's figure only
with_areas as (
    select
        on_cards.* exclude (area_id),
        case when on_cards.area_id = 'card' then on_cards.card_area_id else on_cards.area_id end as area_id
    from on_cards
    where on_cards.area_id <> 'districts'

    union all

    select
        on_cards.* exclude (area_id),
        areas.area_id
    from on_cards
    inner join areas on
        on_cards.card_area_id = areas.parent_area_id
        and areas.level = 'district'
        and not areas.is_unallocated
    where on_cards.area_id = 'districts'
)

select
    with_areas.scorecard_id,
    with_areas.topic_id,
    with_areas.part,
    with_areas.line_order,
    with_areas.area_id,
    areas.area_name,
    with_areas.area_id = with_areas.card_area_id as is_card_area,
    with_areas.measure_id,
    measures.title,
    measures.unit,
    measures.direction,
    with_areas.segment,
    with_areas.shows,
    measures.status,
    measures.status_reason
from with_areas
left join measures on with_areas.measure_id = measures.measure_id
left join areas on with_areas.area_id = areas.area_id
