-- The topics of each card's highlight report: a slide each, in the order of the plan's priorities. Data: seed highlight_topics.
-- One row per card and topic.
with topics as (
    select * from {{ ref('highlight_topics') }}
),

cards as (
    select * from {{ ref('cards') }}
),

priorities as (
    select * from {{ ref('plan_priorities') }}
)

select
    cards.scorecard_id,
    topics.topic_id,
    cards.force_code,
    cards.plan,
    topics.plan_priority,
    priorities.title as plan_priority_title,
    topics.topic_order,
    topics.title,
    topics.commentary_topic
from topics
inner join cards on cards.scorecard_id glob topics.scorecard
left join priorities on
    cards.plan = priorities.plan
    and topics.plan_priority = priorities.priority
