{#
  The measure catalogue (pipelines/catalogue) as its compiler resolved it: {measures, components, populations, facts, units, units_per_residents, quantiles, driver_sets}.
    measures     one dict per entry, every field filled in; `numerator_id`, `denominator_id` name components, `population_id` a population;
                 snapshots and estimates carry `fact`, `of`, `where` (and `margin`) themselves
    components   {id, fact, sql, segment_by}: monthly sums; two measures that count the same thing share one
    populations  {id, fact, where, of}: rows with a value, which quantiles are taken from, shared likewise
  Variable only_measures leaves those measures alone, with what they are made of.
#}
{% macro catalogue() %}
    {%- set read = fromjson(catalogue_data()) -%}
    {%- set wanted = var('only_measures', none) -%}
    {%- if wanted is none -%}
        {{ return(read) }}
    {%- endif -%}
    {%- set measures = read.measures | selectattr('id', 'in', wanted) | list -%}
    {%- set parts = (measures | map(attribute='numerator_id') | list) + (measures | map(attribute='denominator_id') | list) -%}
    {%- set populations = measures | map(attribute='population_id') | list -%}
    {%- set driver_sets = [] -%}
    {%- for set in read.driver_sets -%}
        {%- set of_set = set.measures | selectattr('id', 'in', wanted) | list -%}
        {%- if of_set and (not set.parts or set.parts[0] in wanted) -%}
            {%- do set.update({'measures': of_set}) -%}
            {%- do driver_sets.append(set) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- do read.update({
        'measures': measures,
        'components': read.components | selectattr('id', 'in', parts) | list,
        'populations': read.populations | selectattr('id', 'in', populations) | list,
        'driver_sets': driver_sets,
    }) -%}
    {{ return(read) }}
{% endmacro %}
