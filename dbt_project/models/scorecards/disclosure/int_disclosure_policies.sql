-- What the policy says of each measure on a card that leaves the force: from which kind of area on its counts may be shown, and which counts its figures
-- are made of. Two measures of one count (a volume and its rate) have its key in common. One row per measure.
{{ config(schema='intermediate') }}

with

lines as (
    select * from {{ ref('int_scorecard_lines') }}
    where card_disclosure_tier in ('partner', 'public')
),

measures as (
    select * from {{ ref('dim_measure') }}
),

recipes as (
    select * from {{ ref('int_measure_recipes') }}
),

topics as (
    select * from {{ ref('disclosure_topics') }}
),

areas as (
    select * from {{ ref('int_disclosure_areas') }}
),

rolled as (
    select distinct measure_id
    from {{ ref('measure_values') }}
    where period_type = 'r12m'
),

-- The strictest topic counts.
decided as (
    select
        measures.measure_id,
        measures.is_sensitive,
        measures.statistic,
        measures.unit,
        measures.headline_period,
        max({{ area_rank('topics.public_from') }}) as public_rank,
        max({{ area_rank('topics.partner_from') }}) as partner_rank
    from measures
    inner join topics on
        measures.measure_id glob topics.measure_pattern
        and measures.is_sensitive = topics.is_sensitive
    group by measures.measure_id, measures.is_sensitive, measures.statistic, measures.unit, measures.headline_period
),

on_cards as (
    select
        lines.measure_id,
        min(areas.area_rank) as smallest_rank
    from lines
    inner join areas on lines.area_id = areas.area_id
    group by lines.measure_id
)

select
    decided.measure_id,
    decided.is_sensitive,
    decided.statistic,
    decided.unit,
    greatest(decided.public_rank, decided.partner_rank) as public_rank,
    decided.partner_rank,
    on_cards.smallest_rank < greatest(decided.public_rank, decided.partner_rank) as is_protection_needed,
    -- what rolls up is shown as twelve months: months and quarters would give each other away
    case when rolled.measure_id is not null then 'r12m' else decided.headline_period end as shown_period,
    case
        when decided.statistic in ('mean', 'median', 'p90', 'estimate') then null
        else coalesce(recipes.numerator_component_id, decided.measure_id)
    end as numerator_key,
    case
        when decided.statistic = 'population_rate' then null
        else coalesce(recipes.denominator_component_id, recipes.population_id, decided.measure_id || ': denominator')
    end as denominator_key,
    case when decided.statistic = 'share_of_total' then 'all' end as denominator_segment,
    case
        when decided.unit = 'pct' then {{ var('disclosure_pct_denominator') }} - 1
        else {{ var('disclosure_rate_denominator') }} - 1
    end as small_denominator
from decided
inner join on_cards on decided.measure_id = on_cards.measure_id
inner join recipes on decided.measure_id = recipes.measure_id
left join rolled on decided.measure_id = rolled.measure_id
