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

{# Daily sums are worked out again of the months that new rows touch; of all of them where days are kept from an earlier month on than those that stand. #}
{% macro in_touched_days(fact) -%}
    month >= {{ first_daily_month() }}
    and {{ 'true' if is_incremental() and are_earlier_days_kept() else in_touched_months(fact) }}
{%- endmacro %}

{# Before they are appended: takes them out, and those of months whose days are kept no longer. #}
{% macro forget_touched_days() -%}
    {%- if is_incremental() -%}
        delete from {{ this }}
        {%- if not are_earlier_days_kept() %}
        where month < {{ first_daily_month() }}
            {%- for touched in of_touched_months(operational_catalogue()) %}
            or {{ touched }}
            {%- endfor %}
        {%- endif %}
    {%- endif -%}
{%- endmacro %}

{% macro are_earlier_days_kept() -%}
    {{ return(run_query("select coalesce(" ~ first_daily_month() ~ " < min(month), true) from " ~ this).columns[0].values()[0]) }}
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
