{# Catalogue entries as rows of SQL. #}

{# A text, number or boolean of the catalogue as a SQL literal; nothing is null. #}
{% macro literal(value) -%}
    {%- if value is none or value is undefined -%} null
    {%- elif value is boolean -%} {{ 'true' if value else 'false' }}
    {%- elif value is number -%} {{ value }}
    {%- else -%} '{{ value | string | replace("'", "''") }}'
    {%- endif -%}
{%- endmacro %}


{# A list of texts as a SQL list. #}
{% macro literal_list(values) -%}
    [{% for value in values %}{{ literal(value) }}{{ ', ' if not loop.last }}{% endfor %}]
{%- endmacro %}


{# A measure's targets in words, such as "30 (SLA, wiltshire_force)". #}
{% macro targets_in_words(measure) %}
    {%- set words = [] -%}
    {%- for target in measure.targets -%}
        {%- do words.append(target.value ~ ' (' ~ target.type ~ (', from ' ~ target['from'] if target['from'] else '') ~ ', ' ~ (target.area or 'every area') ~ ')') -%}
    {%- endfor -%}
    {%- if measure.sla_grade -%}
        {%- do words.append('SLA of ' ~ measure.sla_grade ~ ' logs by area and date (seed sla)') -%}
    {%- endif -%}
    {{ return(words | join('; ') or none) }}
{% endmacro %}
