{#
  The days of rare events: for each fact whose entry in pipelines/catalogue/facts.yaml says `dated_events: true`, one scan that counts, by day, what its
  count measures count by month. Time between events can be had from days only.
#}
{% macro event_day_cells(read) %}
{%- for fact in event_day_facts(read) %}
    {%- set known = read.facts[fact] -%}
    {%- set components = event_day_components(read) | selectattr('fact', 'equalto', fact) | list -%}
    {%- set segments = components | map(attribute='segment_by') | reject('none') | unique | list -%}
{{ fact }}_cells as (
    select
        local_date,
        {%- for level in known.levels %}
        {{ level }}_area_id,
        {%- endfor %}
        {%- for segment in segments %}
        {{ segment }},
        {%- endfor %}
        {%- for component in components %}
        {{ component.sql }} as "{{ component.id }}"{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref(fact) }}
    where not is_excluded
    group by local_date, {{ prefixed(known.levels, segments) }}
),

{{ fact }}_days as (
    select
        component_id,
        local_date,
        [{% for level in known.levels %}{{ level }}_area_id{{ ', ' if not loop.last }}{% endfor %}] as area_ids,
        {{ segment_of(components, segments) }} as segment,
        value as event_count
    from {{ fact }}_cells
    unpivot (value for component_id in (
        {%- for component in components %}
        "{{ component.id }}"{{ ',' if not loop.last }}
        {%- endfor %}
    ))
    where value > 0
),
{% endfor -%}
{% endmacro %}


{# The components that count events: the numerators of count measures of facts with dated events. #}
{% macro event_day_components(read) %}
    {%- set ids = read.measures | selectattr('statistic', 'equalto', 'count') | map(attribute='numerator_id') | list -%}
    {%- set found = [] -%}
    {%- for component in read.components if component.id in ids and read.facts[component.fact].dated_events -%}
        {%- do found.append(component) -%}
    {%- endfor -%}
    {{ return(found) }}
{% endmacro %}


{% macro event_day_facts(read) %}
    {{ return(event_day_components(read) | map(attribute='fact') | unique | list) }}
{% endmacro %}
