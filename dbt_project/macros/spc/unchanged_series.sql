{# A chart is worked out again only where what it is worked out from has changed; intermediate.int_spc_inputs has a hash of all of it, per series.

   A table keeps the hash beside its rows, takes out the series whose hash is another one, or that are gone, and appends them anew, in one transaction:
       config(materialized='incremental', incremental_strategy='append', on_schema_change='fail', pre_hook="{{ forget_changed_series() }}")
       select … from … where {{ is_changed_series('series_id') }}
   A killed run leaves rows with the hash that they were worked out from, so that the next one does what is left. Other code builds everything anew. #}


{% macro forget_changed_series() -%}
    {%- set inputs = ref('int_spc_inputs') -%}
    {%- if is_incremental() -%}
        delete from {{ this }} as built
        where not exists (select 1 from {{ inputs }} as hashed where hashed.series_id = built.series_id and hashed.inputs_hash = built.inputs_hash)
    {%- endif -%}
{%- endmacro %}


{% macro is_changed_series(series_id) -%}
    {%- set inputs = ref('int_spc_inputs') -%}
    {%- if is_incremental() -%}
        {{ series_id }} in (
            select hashed.series_id
            from {{ inputs }} as hashed
            anti join {{ this }} as built on hashed.series_id = built.series_id and hashed.inputs_hash = built.inputs_hash
        )
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}
