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

{# Half hours are counted again from the first day of which a call has changed (measures.int_call_days): in a hook before, and of the days to work out,
   or of so many days before them. #}
{% macro forget_since_changed_day() -%}
    {%- if is_incremental() -%}
        delete from {{ this }} where {{ is_since_changed_day() }}
    {%- endif -%}
{%- endmacro %}

{% macro is_since_changed_day(local_date='local_date', days_before=0) -%}
    {%- if not execute or is_incremental() -%}
        {{ local_date }} >= (select min(local_date) from {{ ref('int_call_days') }} where is_changed) - {{ days_before }}
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}

{# The half hours (or hours) of a local day, as UTC starts: 46, 48 or 50. #}
{% macro starts_within_day(local_date, minutes=30) -%}
    unnest(generate_series(
        {{ utc_time('cast(' ~ local_date ~ ' as timestamp)') }},
        {{ utc_time('cast(' ~ local_date ~ ' + 1 as timestamp)') }} - interval {{ minutes }} minute,
        interval {{ minutes }} minute
    ))
{%- endmacro %}
