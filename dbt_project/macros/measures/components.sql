{#
  From the catalogue to monthly sums. For each fact two steps, whatever the number of measures:
    <fact>_cells   one scan: every sum of the fact, side by side, at its finest grain of month, area and segment
    <fact>_sums    the same, one row per sum that is not zero, with the segment where the measure has one
  The model then counts each cell once in every area and segment it belongs to. By day, the cells are those of the days that are kept, without segments.
#}
{% macro component_cells(read, by_day=false) %}
{%- for fact, known in read.facts.items() -%}
    {%- set components = read.components | selectattr('fact', 'equalto', fact) | list -%}
    {%- if components -%}
        {%- set segments = [] if by_day else components | map(attribute='segment_by') | reject('none') | unique | list -%}
        {%- set times = ['month', 'local_date'] if by_day else ['month'] -%}
{{ fact }}_cells as (
    select
        {%- for time in times %}
        {{ time }},
        {%- endfor %}
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
    where
        not is_excluded
        and {{ in_touched_days(fact) if by_day else in_touched_months(fact) }}
    group by {{ times | join(', ') }}, {{ prefixed(known.levels, segments) }}
),

{{ fact }}_sums as (
    select
        '{{ fact }}' as fact,
        component_id,
        {%- for time in times %}
        {{ time }},
        {%- endfor %}
        {%- for level in ['force', 'district', 'cpt'] %}
        {{ level ~ '_area_id' if level in known.levels else 'cast(null as varchar) as ' ~ level ~ '_area_id' }},
        {%- endfor %}
        {%- if not by_day %}
        {{ segment_of(components, segments) }} as segment,
        {%- endif %}
        cast(value as decimal(18, 3)) as value
    from {{ fact }}_cells
    unpivot (value for component_id in (
        {%- for component in components %}
        "{{ component.id }}"{{ ',' if not loop.last }}
        {%- endfor %}
    ))
    where value <> 0
),

{% endif -%}
{%- endfor -%}
{% endmacro %}


{# The facts that hold at least one component, for the union of their sums. #}
{% macro component_facts(read) %}
    {{ return(read.components | map(attribute='fact') | unique | list) }}
{% endmacro %}


{% macro prefixed(levels, segments) -%}
    {%- set names = [] -%}
    {%- for level in levels %}{% do names.append(level ~ '_area_id') %}{% endfor -%}
    {{ (names + segments) | join(', ') }}
{%- endmacro %}


{# Null for a component without segments; a row without a value stands under 'not recorded'. #}
{% macro segment_of(components, segments) -%}
    {%- if not segments -%}
        cast(null as varchar)
    {%- else -%}
        case
        {%- for segment in segments %}
            when component_id in (
                {%- for component in components | selectattr('segment_by', 'equalto', segment) -%}
                    '{{ component.id }}'{{ ', ' if not loop.last }}
                {%- endfor -%}
            ) then coalesce(cast({{ segment }} as varchar), 'not recorded')
        {%- endfor %}
        end
    {%- endif -%}
{%- endmacro %}


{# Before new months are appended: takes the touched months of each fact out of this table. #}
{% macro forget_touched_components() -%}
    {%- if is_incremental() -%}
        {%- set touched = of_touched_months(catalogue()) -%}
        {%- if touched -%}
            delete from {{ this }} where {{ touched | join(' or ') }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}


{# For each fact of the catalogue of which months are touched, a condition that is true of their sums. #}
{% macro of_touched_months(read) -%}
    {%- set touched = [] -%}
    {%- for fact in component_facts(read) if touched_months(fact) -%}
        {%- do touched.append("(fact = '" ~ fact ~ "' and " ~ in_touched_months(fact) ~ ")") -%}
    {%- endfor -%}
    {{ return(touched) }}
{%- endmacro %}
