-- Every measure of the catalogue (pipelines/catalogue), as readers see it.
{%- set read = catalogue() %}
{%- set returned = read.measures | selectattr('not_collected') | list %}

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
            {{ literal(measure.in_words) }},
            {{ literal(measure.domain) }},
            {{ literal(measure.population) }},
            {{ literal(measure.exclusions) }},
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
            {{ literal(measure.owner) }},
            {{ literal(measure.frameworks | join(', ') or none) }},
            {{ literal(measure.plan_priority) }},
            {{ literal(measure.themes | join(', ') or none) }},
            {{ literal(measure.lag_months) }},
            {{ literal(measure.not_collected) }}
        ){{ ',' if not loop.last }}
        {%- endfor %}
    ) as entries (  -- noqa: AL05
        measure_id, title, definition, in_words, domain, population, exclusions, statistic, numerator, denominator, segment_by, area_levels, unit, direction,
        headline_period, yoy_basis, target, is_seasonal, is_sensitive, basis, source_feeds, owner, frameworks, plan_priority, themes, lag_months,
        not_collected
    )
),

cards as (
    select
        lines.measure_id,
        string_agg(distinct scorecards.scorecard_id, ', ' order by scorecards.scorecard_id) as scorecards
    from {{ ref('scorecard_lines') }} as lines
    inner join {{ ref('int_scorecards') }} as scorecards on scorecards.scorecard_id glob lines.scorecard
    group by lines.measure_id
),

-- A measure that nobody collects yet is collected from its first return on.
arrived as (
    {%- if returned %}
    select distinct measure_id
    from {{ ref('fct_measure_returns') }}
    where not is_excluded
    {%- else %}
    select cast(null as varchar) as measure_id
    where false
    {%- endif %}
)

select
    catalogued.measure_id,
    catalogued.title,
    catalogued.definition,
    cast(catalogued.in_words as varchar) as in_words,
    catalogued.domain,
    catalogued.population as population_text,
    cast(catalogued.exclusions as varchar) as exclusions,
    catalogued.statistic,
    catalogued.numerator as numerator_text,
    catalogued.denominator as denominator_text,
    catalogued.segment_by,
    catalogued.area_levels,
    catalogued.unit,
    catalogued.direction,
    catalogued.headline_period,
    catalogued.yoy_basis,
    catalogued.target as target_text,
    catalogued.is_seasonal,
    catalogued.is_sensitive,
    catalogued.basis,
    catalogued.source_feeds,
    catalogued.owner,
    cast(catalogued.frameworks as varchar) as frameworks,
    cast(catalogued.plan_priority as bigint) as plan_priority,
    cast(catalogued.themes as varchar) as themes,
    cast(catalogued.lag_months as integer) as lag_months,
    case when catalogued.not_collected is not null and arrived.measure_id is null then 'not_collected' else 'collected' end as status,
    case when arrived.measure_id is null then cast(catalogued.not_collected as varchar) end as status_reason,
    cards.scorecards
from catalogued
left join cards on catalogued.measure_id = cards.measure_id
left join arrived on catalogued.measure_id = arrived.measure_id
