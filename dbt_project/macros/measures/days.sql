{# What is counted by day (docs/demand.md): the measures that the catalogue marks operational, over the last var daily_months months. #}

{# The catalogue with its operational measures alone, and the sums that they are made of. #}
{% macro operational_catalogue() %}
    {%- set read = catalogue() -%}
    {%- set measures = read.measures | selectattr('operational') | list -%}
    {%- set parts = (measures | map(attribute='numerator_id') | list) + (measures | map(attribute='denominator_id') | list) -%}
    {%- do read.update({'measures': measures, 'components': read.components | selectattr('id', 'in', parts) | list}) -%}
    {{ return(read) }}
{% endmacro %}

{# The first month whose days are kept. #}
{% macro first_daily_month() -%}
    (select min(month) from {{ ref('int_covered_days') }})
{%- endmacro %}

{# The half hours (or hours) of a local day, as UTC starts: 46, 48 or 50. #}
{% macro starts_within_day(local_date, minutes=30) -%}
    unnest(generate_series(
        {{ utc_time('cast(' ~ local_date ~ ' as timestamp)') }},
        {{ utc_time('cast(' ~ local_date ~ ' + 1 as timestamp)') }} - interval {{ minutes }} minute,
        interval {{ minutes }} minute
    ))
{%- endmacro %}
