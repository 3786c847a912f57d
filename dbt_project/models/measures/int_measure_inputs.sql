-- A hash of all that the values of a measure are worked out from, and whether it has changed since the last completed build. One row per measure, and one
-- for each that is gone since.
with

recipes as (
    select * from {{ ref('int_measure_recipes') }}
),

components as (
    {{ content_by('int_measure_components', 'component_id') }}
),

quantiles as (
    {{ content_by('int_measure_quantiles', 'population_id') }}
),

-- Of a month's rows only whether they are all there: how many there are say the components.
feed_months as (
    select
        feed,
        sum(hash(force_code, month, is_complete)) as content
    from {{ ref('int_feed_months') }}
    group by feed
),

recipe_feeds as (
    select
        measure_id,
        unnest(feeds) as feed
    from recipes
),

{%- set of_measure = ['int_measure_recipes', 'int_measure_snapshots', 'int_measure_returns', 'int_incomplete_periods'] %}
{%- set read_by_all = ['dim_area', 'populations'] %}

inputs as (
    {%- for name in of_measure %}
    select
        measure_id,
        hash('{{ name }}', input) as content
    from {{ ref(name) }} as input  -- noqa: AL05

    union all
    {% endfor %}
    select
        recipes.measure_id,
        hash('components', components.component_id, components.content) as content
    from recipes
    inner join components on components.component_id in (recipes.numerator_component_id, recipes.denominator_component_id)

    union all

    select
        recipes.measure_id,
        hash('quantiles', quantiles.content) as content
    from recipes
    inner join quantiles on recipes.population_id = quantiles.population_id

    union all

    select
        recipe_feeds.measure_id,
        hash('feed_months', feed_months.feed, feed_months.content) as content
    from recipe_feeds
    inner join feed_months on recipe_feeds.feed = feed_months.feed

    union all

    select
        recipe_feeds.measure_id,
        hash('bt_adjustment', input) as content
    from recipe_feeds
    inner join {{ ref('bt_adjustment') }} as input on recipe_feeds.feed = 'bt_999_calls'  -- noqa: AL05

    union all

    select
        recipes.measure_id,
        hash('series_breaks', input) as content
    from recipes
    inner join {{ ref('int_series_breaks') }} as input on recipes.measure_id glob input.measure_pattern  -- noqa: AL05
),

read_by_all as (
    {%- for name in read_by_all %}
    select hash('{{ name }}', input) as content from {{ ref(name) }} as input  -- noqa: AL05
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

all_together as (
    select sum(content) as content from read_by_all
),

hashed as (
    {{ hashed_inputs('measure_id', 'all_together') }}
)

{{ changes_of_inputs('hashed', 'measure_id') }}
