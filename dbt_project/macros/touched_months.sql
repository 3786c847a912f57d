{# Only the months that new rows touch are recomputed; intermediate.int_touched_months says which.

   A fact deletes its touched months and appends them anew, in one transaction:
       config(materialized='incremental', incremental_strategy='append', on_schema_change='fail',
              pre_hook="{{ forget_touched_months('fct_logs') }}")
       select … from … where {{ in_touched_months('fct_logs') }}
   On a full refresh, or where the table does not exist yet, both stand aside. The watermark moves only when a run has succeeded, so that
   a killed run's months are touched again; doing it twice changes nothing. #}


{% macro touched_months(fact) %}
    {#- The months as a list of 'YYYY-MM-DD'. Asked at run time: an empty list costs the model nothing. -#}
    {%- set relation = ref('int_touched_months') -%}
    {%- if not execute -%}
        {{ return([]) }}
    {%- endif -%}
    {%- set found = run_query("select cast(month as varchar) from " ~ relation ~ " where fact = '" ~ fact ~ "'") -%}
    {{ return(found.columns[0].values() | list | sort) }}
{% endmacro %}

{% macro in_touched_months(fact, month='month') -%}
    {%- call(months) _of_touched_months(fact) -%}
        {{ month }} in ({% for touched in months %}date '{{ touched }}'{{ ', ' if not loop.last }}{% endfor %})
    {%- endcall -%}
{%- endmacro %}

{% macro around_touched_months(fact, moment) -%}
    {#- The same, asked of a moment in UTC before it is converted to local time, which costs more than anything else of a fact: a day on either side
        more than the months, so that the months themselves have to be asked for, too. -#}
    {%- call(months) _of_touched_months(fact) -%}
        (
            {%- for touched in months %}
            {{ moment }} between date '{{ touched }}' - interval 1 day and date '{{ touched }}' + interval 1 month + interval 1 day
            {{- ' or ' if not loop.last }}
            {%- endfor %}
        )
    {%- endcall -%}
{%- endmacro %}

{% macro _of_touched_months(fact) -%}
    {#- ref() stands outside the condition, so that dbt sees the dependency when it parses. -#}
    {%- set relation = ref('int_touched_months') -%}
    {%- if not is_incremental() -%}
        true
    {%- else -%}
        {%- set months = touched_months(fact) -%}
        {{ caller(months) if months else 'false' }}
    {%- endif -%}
{%- endmacro %}

{% macro forget_touched_months(fact) -%}
    {%- if is_incremental() -%}
        {%- set months = touched_months(fact) -%}
        {%- if months | length > 0 -%}
            delete from {{ this }} where {{ in_touched_months(fact) }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

{# True where everything is to be built: a full refresh, an earlier view, or no completed build yet. #}
{% macro is_full_rebuild() %}
    {%- set builds = source('ingest', 'builds') -%}
    {%- if flags.FULL_REFRESH or var('as_at', none) -%}
        {{ return(true) }}
    {%- elif not execute -%}
        {{ return(false) }}
    {%- endif -%}
    {{ return(run_query("select count(*) from " ~ builds).columns[0].values()[0] == 0) }}
{% endmacro %}
