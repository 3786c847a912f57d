-- Every operational measure by area and day, with its numerator and denominator. One row per measure, area and day that all its feeds cover.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ forget_changed_measures('int_day_inputs') }}",
) }}

with

recipes as (
    select
        *,
        len(feeds) as feed_count
    from {{ ref('int_measure_recipes') }}
    where
        is_operational
        and {{ is_changed_measure('int_day_inputs') }}
),

areas as (
    select * from {{ ref('dim_area') }}
),

covered_days as (
    select * from {{ ref('int_covered_days') }}
),

components as (
    select * from {{ ref('int_daily_components') }}
),

recipe_feeds as (
    select
        measure_id,
        feed_count,
        unnest(feeds) as feed
    from recipes
),

measure_days as (
    select
        recipe_feeds.measure_id,
        covered_days.force_code,
        covered_days.local_date
    from recipe_feeds
    inner join covered_days on recipe_feeds.feed = covered_days.feed
    group by recipe_feeds.measure_id, covered_days.force_code, covered_days.local_date, recipe_feeds.feed_count
    having count(*) = recipe_feeds.feed_count
)

select
    measure_days.measure_id,
    areas.area_id,
    {{ series_id('measure_days.measure_id', 'areas.area_id', "'all'") }} as series_id,
    measure_days.local_date,
    cast(coalesce(numerators.total, 0) as double) as numerator,
    case when recipes.denominator_component_id is not null then cast(coalesce(denominators.total, 0) as double) end as denominator,
    case
        when recipes.denominator_component_id is null then numerator
        else recipes.scale * numerator / nullif(denominator, 0)
    end as value,
    recipes.unit
from measure_days
inner join recipes on measure_days.measure_id = recipes.measure_id
inner join areas
    on
        measure_days.force_code = areas.force_code
        and list_contains(recipes.levels, areas.level)
left join components as numerators
    on
        recipes.numerator_component_id = numerators.component_id
        and areas.area_id = numerators.area_id
        and measure_days.local_date = numerators.local_date
left join components as denominators
    on
        recipes.denominator_component_id = denominators.component_id
        and areas.area_id = denominators.area_id
        and measure_days.local_date = denominators.local_date
