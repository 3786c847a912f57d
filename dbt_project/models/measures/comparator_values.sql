-- The value of a measure elsewhere: England and Wales, the national average, the most similar group, single forces. One row per measure,
-- comparator, segment and period. Which comparators belong together, and when, stands in seed comparator_sets.
with recipes as (
    select * from {{ ref('int_measure_recipes') }}
),

supplied as (
    select
        measure_id,
        comparator_id,
        segment,
        period_type,
        period_end,
        numerator,
        denominator,
        value,
        margin,
        supplied_by,
        1 as rank
    from {{ ref('fct_comparators') }}
    where not is_excluded

    union all

    select
        measure_id,
        comparator_id,
        segment,
        period_type,
        period_end,
        numerator,
        denominator,
        value,
        margin,
        supplied_by,
        2 as rank
    from {{ ref('fct_survey_estimates') }}
    where exclusion_code = 'comparator'
),

-- Where both say something, the feed of comparators counts.
first_said as (
    select *
    from supplied
    qualify row_number() over (partition by measure_id, comparator_id, segment, period_type, period_end order by rank) = 1
)

select
    first_said.measure_id,
    first_said.comparator_id,
    first_said.segment,
    first_said.period_type,
    first_said.period_end,
    first_said.numerator,
    first_said.denominator,
    first_said.value,
    first_said.margin,
    recipes.unit,
    first_said.supplied_by
from first_said
inner join recipes on first_said.measure_id = recipes.measure_id
