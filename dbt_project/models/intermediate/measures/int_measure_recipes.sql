-- How each measure is put together: which components are divided, or which population its quantile is of; and which segments it may be
-- supplied in: those of its entry, or of the column whose values they are.
{{ config(schema='measures', materialized='table') }}

{%- set read = catalogue() %}

select *  -- noqa: AM04
from (
    values
    {%- for measure in read.measures %}
    (
        {{ literal(measure.id) }},
        {{ literal(measure.statistic) }},
        {{ literal(measure.made_of) }},
        {{ literal(measure.unit) }},
        {{ measure.scale }},
        cast({{ literal(measure.numerator_id) }} as varchar),
        cast({{ literal(measure.denominator_id) }} as varchar),
        cast({{ literal(measure.population_id) }} as varchar),
        {{ literal(measure.segment_by is not none) }},
        {{ literal(measure.statistic == 'count' and (read.facts[measure.fact].dated_events)) }},
        {{ literal(measure.operational) }},
        cast({{ literal(measure.rolls_up) }} as varchar),
        {{ literal_list(measure.feeds) }},
        {{ literal_list(measure.levels) }},
        cast({{ literal_list(listed_segments(measure)) }} as varchar[])
    ){{ ',' if not loop.last }}
    {%- endfor %}
) as recipes (  -- noqa: AL05
    measure_id, statistic, made_of, unit, scale, numerator_component_id, denominator_component_id, population_id, has_segments, has_dated_events, is_operational,
    rolls_up, feeds, levels, segments
)
