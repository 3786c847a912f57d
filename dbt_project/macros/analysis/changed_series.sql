{# What is said of a series is worked out again only where what it is worked out from has changed. Tables of inputs (intermediate.int_series_inputs, and
   int_driver_inputs behind it) have a hash of all of it, one row per series, and whether it has changed since the last completed build. Values, which come
   before, are worked out again for whole measures (measures.int_measure_inputs and, by day, int_day_inputs, one row per measure).

   A table takes out the series that have changed, or are gone, and appends them anew, in one transaction:
       config(materialized='incremental', incremental_strategy='append', on_schema_change='fail', pre_hook="{{ forget_changed_series() }}")
       select … from … where {{ is_changed_series() }}
   Other code builds everything anew. #}


{% macro forget_changed_series(series_id='series_id', inputs=['int_series_inputs'], key='series_id') -%}
    {%- set changed = is_changed_series(series_id, inputs, key) -%}
    {%- if is_incremental() -%}
        delete from {{ this }} where {{ changed }}
    {%- endif -%}
{%- endmacro %}


{% macro is_changed_series(series_id='series_id', inputs=['int_series_inputs'], key='series_id') -%}
    {%- if not execute or is_incremental() -%}
        {{ series_id }} in (
            {%- for name in inputs %}
            select {{ key }} from {{ ref(name) }} where is_changed
            {%- if not loop.last %} union all{% endif %}
            {%- endfor %}
        )
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}


{# The same for tables of measures: in a hook before, and of the measures to work out. #}
{% macro forget_changed_measures(inputs='int_measure_inputs') -%}
    {{ forget_changed_series('measure_id', [inputs], 'measure_id') }}
{%- endmacro %}


{% macro is_changed_measure(inputs='int_measure_inputs') -%}
    {{ is_changed_series('measure_id', [inputs], 'measure_id') }}
{%- endmacro %}


{# Figures that findings of a changed series are made of: those of its area that intermediate.int_read_measures names. #}
{% macro is_read_for_changed_series(table='') -%}
    {%- if not execute or is_incremental() -%}
        ({{ table }}measure_id, {{ table }}area_id) in (
            select
                reads.read_measure_id,
                figures.area_id
            from {{ ref('measure_values') }} as figures
            inner join {{ ref('int_read_measures') }} as reads on figures.measure_id = reads.measure_id
            where {{ is_changed_series('figures.series_id') }}
        )
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}


{# Whole rows of tables as hashes, one per row and series that reads it. `inputs`: by name of a model or of a query of the statement, the columns that it
   shares with query `series`; of none, every series reads it. #}
{% macro input_hashes(inputs, queries=[]) -%}
    {%- for name, columns in inputs.items() %}
    {%- set relation = name if name in queries else ref(name) %}
    select
        {{ '' if columns == ['series_id'] else 'series.' }}series_id,
        hash('{{ name }}', input) as content
    {%- if columns == ['series_id'] %}
    from {{ relation }} as input  -- noqa: AL05
    {%- else %}
    from series
    inner join {{ relation }} as input on  -- noqa: AL05
        {%- for column in columns %}
        {{ 'and ' if not loop.first }}series.{{ column }} = input.{{ column }}
        {%- endfor %}
    {%- endif %}
    {{- '\n\n    union all\n' if not loop.last }}
    {%- endfor %}
{%- endmacro %}


{# A table as one hash per value of a column. A sum does not depend on the order of the rows. #}
{% macro content_by(name, column) -%}
    select
        {{ column }},
        sum(hash(input)) as content
    from {{ ref(name) }} as input  -- noqa: AL05
    group by {{ column }}
{%- endmacro %}


{# One hash per key of query `inputs`, and of what all of them read: query `read_by_all`, of one row. #}
{% macro hashed_inputs(key, read_by_all) -%}
    select
        inputs.{{ key }},
        format('{:016x}', hash(sum(inputs.content), any_value({{ read_by_all }}.content))) as inputs_hash
    from inputs
    cross join {{ read_by_all }}
    group by inputs.{{ key }}
{%- endmacro %}


{# The hashes of query `hashed` beside those of the build before. A series stays changed until a build that saw it has completed: a killed run has worked
   out some tables and not others. A series that is gone is told once, without a hash, so that its rows are taken out. #}
{% macro changes_of_inputs(hashed, key='series_id') -%}
    {%- set builds = source('ingest', 'builds') -%}
    {%- if is_built_before() %}
    select
        coalesce({{ hashed }}.{{ key }}, before.{{ key }}) as {{ key }},
        {{ hashed }}.inputs_hash,
        ({{ hashed }}.inputs_hash = before.inputs_hash and not before.is_pending) is not true as is_changed,
        (select max(built_at) from {{ builds }}) as last_built_at
    from {{ hashed }}
    full outer join (
        select
            {{ key }},
            inputs_hash,
            is_changed and (select max(built_at) from {{ builds }}) is not distinct from last_built_at as is_pending
        from {{ this }}
    ) as before on {{ hashed }}.{{ key }} = before.{{ key }}
    where {{ hashed }}.{{ key }} is not null or before.inputs_hash is not null or before.is_pending
    {%- else %}
    select
        {{ key }},
        inputs_hash,
        true as is_changed,
        (select max(built_at) from {{ builds }}) as last_built_at
    from {{ hashed }}
    {%- endif %}
{%- endmacro %}


{# Whether the table stands as an earlier build left it, and is to be read. #}
{% macro is_built_before() -%}
    {{ return(execute and not flags.FULL_REFRESH and load_relation(this) is not none) }}
{%- endmacro %}
