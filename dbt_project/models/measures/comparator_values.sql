-- The value of a measure elsewhere: England and Wales, the national average, the most similar group, single forces. One row per measure,
-- comparator, segment and period. Which comparators belong together, and when, stands in seed comparator_sets. Where the build reads the shares of
-- forces, their figures are no comparators, and together they are the nation.
with recipes as (
    select * from {{ ref('int_measure_recipes') }}
),

shares as (
    select * from {{ source('ingest', 'shares') }}
),

figures as (
    select
        *,
        comparator_id in (select force_code from shares) as is_shared
    from {{ ref('fct_comparators') }}
    where not is_excluded
),

-- Shares, rates and means of three forces or more, from all their numerators and denominators.
together as (
    select
        figures.measure_id,
        'national' as comparator_id,
        figures.segment,
        figures.period_type,
        figures.period_end,
        sum(figures.numerator) as numerator,
        sum(figures.denominator) as denominator,
        any_value(recipes.scale) * sum(figures.numerator) / sum(figures.denominator) as value,
        cast(null as double) as margin,
        count(*) || ' forces together' as supplied_by,
        3 as rank
    from figures
    inner join recipes on figures.measure_id = recipes.measure_id
    where
        figures.is_shared
        and figures.numerator is not null
        and figures.denominator > 0
        and recipes.made_of = 'components'
    group by figures.measure_id, figures.segment, figures.period_type, figures.period_end
    having count(*) >= 3
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
    from figures
    where not is_shared

    union all

    select * from together

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
