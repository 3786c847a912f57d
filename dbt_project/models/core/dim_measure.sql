-- Every measure of the catalogue (macros/catalogue), as readers see it.
{%- set read = catalogue() %}

with

catalogued as (
    select *
    from (
        values
        {%- for measure in read.measures %}
        (
            {{ literal(measure.id) }},
            {{ literal(measure.title) }},
            {{ literal(measure.definition) }},
            {{ literal(measure.domain) }},
            {{ literal(measure.population) }},
            {{ literal(measure.statistic) }},
            {{ literal(measure.numerator) }},
            {{ literal(measure.denominator) }},
            {{ literal(measure.segment_by) }},
            {{ literal(measure.levels | join(', ')) }},
            {{ literal(measure.unit) }},
            {{ literal(measure.direction) }},
            {{ literal(measure.headline_period) }},
            {{ literal(measure.yoy_basis) }},
            {{ literal(targets_in_words(measure)) }},
            {{ literal(measure.seasonal) }},
            {{ literal(measure.sensitive) }},
            {{ literal(measure.basis) }},
            {{ literal(measure.feeds | join(',')) }},
            {{ literal(measure.owner) }}
        ){{ ',' if not loop.last }}
        {%- endfor %}
    ) as entries (
        measure_id, title, definition, domain, population, statistic, numerator, denominator, segment_by, area_levels, unit, direction,
        headline_period, yoy_basis, target, is_seasonal, is_sensitive, basis, source_feeds, owner
    )
),

cards as (
    select
        measure_id,
        string_agg(distinct scorecard, ', ' order by scorecard) as scorecards
    from {{ ref('scorecard_lines') }}
    group by measure_id
)

select
    catalogued.measure_id,
    catalogued.title,
    catalogued.definition,
    catalogued.domain,
    catalogued.population,
    catalogued.statistic,
    catalogued.numerator,
    catalogued.denominator,
    catalogued.segment_by,
    catalogued.area_levels,
    catalogued.unit,
    catalogued.direction,
    catalogued.headline_period,
    catalogued.yoy_basis,
    catalogued.target,
    catalogued.is_seasonal,
    catalogued.is_sensitive,
    catalogued.basis,
    catalogued.source_feeds,
    catalogued.owner,
    cards.scorecards
from catalogued
left join cards on catalogued.measure_id = cards.measure_id
