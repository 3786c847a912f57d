-- A hash of all that the daily values of a measure are worked out from, and whether it has changed since the last completed build. One row per operational
-- measure, and one for each that is gone since.
with

recipes as (
    select * from {{ ref('int_measure_recipes') }}
    where is_operational
),

components as (
    {{ content_by('int_daily_components', 'component_id') }}
),

-- Of a day's rows only that the feed covers it: how many there are say the components.
covered_days as (
    select
        feed,
        sum(hash(force_code, local_date)) as content
    from {{ ref('int_covered_days') }}
    group by feed
),

inputs as (
    select
        measure_id,
        hash('recipe', input) as content
    from recipes as input  -- noqa: AL05

    union all

    select
        recipes.measure_id,
        hash('components', components.component_id, components.content) as content
    from recipes
    inner join components on components.component_id in (recipes.numerator_component_id, recipes.denominator_component_id)

    union all

    select
        recipes.measure_id,
        hash('covered_days', covered_days.feed, covered_days.content) as content
    from recipes
    inner join covered_days on list_contains(recipes.feeds, covered_days.feed)
),

read_by_all as (
    select sum(hash(input)) as content from {{ ref('dim_area') }} as input  -- noqa: AL05
),

hashed as (
    {{ hashed_inputs('measure_id', 'read_by_all') }}
)

{{ changes_of_inputs('hashed', 'measure_id') }}
