{#
  From the catalogue to medians and percentiles. They cannot be summed, so each is taken from the rows of its period;
  <population>_rows are the rows of one population, which its median and its 90th percentile share. Whole thousandths sort almost twice as fast as
  doubles, and seconds and days have no more digits.
#}
{% macro quantile_rows(read) %}
{%- for population in read.populations %}
{{ population.id }}_rows as (
    select
        '{{ population.id }}' as population_id,
        '{{ population.fact }}' as fact,
        month,
        [{% for level in read.facts[population.fact].levels %}{{ level }}_area_id{{ ', ' if not loop.last }}{% endfor %}] as area_ids,
        cast({{ population.of }} * 1000 as bigint) as thousandths
    from {{ ref(population.fact) }}
    where
        not is_excluded
        and {{ population.where }}
        and {{ near_touched_months(population.fact) }}
        and {{ is_of_batch("'" ~ population.id ~ "'") }}
),
{% endfor -%}
{% endmacro %}


{# A quantile holds each row of its period, for every period and area that the row is of, and DuckDB's memory limit does not count that: many rows
   (rows_at_once) are worked out one population after the other. #}
{% macro quantile_batches() %}
    {%- set populations = catalogue().populations -%}
    {%- set facts = populations | map(attribute='fact') | unique | list -%}
    {%- set counts = [] -%}
    {%- for fact in facts -%}
        {%- do counts.append('(select count(*) from ' ~ ref(fact) ~ ')') -%}
    {%- endfor -%}
    {%- set rows = run_query('select ' ~ counts | join(' + ')).columns[0].values()[0] -%}
    {{ return(populations | map(attribute='id') | list if rows > var('rows_at_once') else []) }}
{% endmacro %}


{# The quantile statistics, each a column: [{name, fraction}]. #}
{% macro quantile_statistics() %}
    {%- set statistics = [] -%}
    {%- for name, fraction in catalogue().quantiles.items() -%}
        {%- do statistics.append({'name': name, 'fraction': fraction}) -%}
    {%- endfor -%}
    {{ return(statistics) }}
{% endmacro %}


{# The rows that a period with a touched month may hold: no quarter, year or r12m window reaches further than eleven months. #}
{% macro near_touched_months(fact) -%}
    {%- set relation = ref('int_touched_months') -%}
    {%- if not is_incremental() -%}
        true
    {%- else -%}
        {%- set months = touched_months(fact) -%}
        {%- if months -%}
            month between date '{{ months | first }}' - interval 11 month and date '{{ months | last }}' + interval 11 month
        {%- else -%}
            false
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}


{# Every period that holds a touched month: fact, period_type, period_end. #}
{% macro touched_periods() -%}
    select distinct
        touched.fact,
        periods.period_type,
        periods.period_end
    from {{ ref('int_touched_months') }} as touched
    inner join ({{ periods_of('(select distinct month from ' ~ ref('int_touched_months') ~ ')') }}) as periods
        on touched.month = periods.month
{%- endmacro %}


{# Before new periods are appended: takes the touched ones out of this table. #}
{% macro forget_touched_periods() -%}
    {%- if is_incremental() -%}
        delete from {{ this }} where (fact, period_type, period_end) in ({{ touched_periods() }})
    {%- endif -%}
{%- endmacro %}
