/* How models are put in place: by one statement to DuckDB, in one transaction. dbt's own materializations make another relation, rename both and drop the
   old one in six, each with a context of its own, which took a quarter of the processor time of a small build (docs/decisions/0031). A build that ends
   before the commit leaves what stood. No model here has indexes, grants or foreign keys, which dbt's own look after. */

{% materialization table, adapter='duckdb', supported_languages=['sql', 'python'] -%}
    {%- set standing = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type='table') -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- if model.language == 'python' -%}
        {#- dbt takes a model in Python from a materialization itself only, from no macro that it calls -#}
        {%- set fresh = without_leftover(make_intermediate_relation(target)) -%}
        {%- call statement('main', language='python') -%}
            {{ create_table_as(False, fresh, model.compiled_code, 'python') }}
        {%- endcall -%}
        {{ put_in_place(fresh, standing, target) }}
    {%- elif may_be_filled_anew(standing) -%}
        {{ append_rows(sql, 'delete from ' ~ this) }}
    {%- else -%}
        {{ make_anew(standing, target, sql) }}
    {%- endif -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target]}) }}
{%- endmaterialization %}

{% materialization view, adapter='duckdb' -%}
    {%- set target = this.incorporate(type='view') -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {{ make_anew(load_cached_relation(this), target, sql) }}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target]}) }}
{%- endmaterialization %}

/* A model in SQL takes out what its new rows replace itself, in a hook before (strategy `append`); the rows of one in Python replace those with the same
   key. `batches` names a macro that gives the parts in which a model in SQL is worked out, one after the other in the same transaction: DuckDB's memory
   limit does not count what some aggregates hold. The SQL asks is_of_batch() which part it is of. */
{% materialization incremental, adapter='duckdb', supported_languages=['sql', 'python'] -%}
    {%- set standing = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type='table') -%}
    {%- set is_made_anew = standing is none or not standing.is_table or should_full_refresh() -%}
    {%- set strategy = 'append' if model.language == 'sql' else 'delete+insert' -%}
    {%- if config.get('incremental_strategy') != strategy -%}
        {{ exceptions.raise_compiler_error("an incremental model in " ~ model.language ~ " has incremental_strategy='" ~ strategy ~ "' here") }}
    {%- endif -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- if model.language == 'python' -%}
        {%- set fresh = without_leftover(make_intermediate_relation(target)) -%}
        {%- call statement('main', language='python') -%}
            {{ create_table_as(False, fresh, model.compiled_code, 'python') }}
        {%- endcall -%}
        {{ put_in_place(fresh, standing, target) if is_made_anew else replace_rows(fresh, config.require('unique_key')) }}
    {%- else -%}
        {%- set batches = context[config.get('batches')]() if config.get('batches') else [] -%}
        {%- do set_batch(batches[0]) if batches -%}
        {{ make_anew(standing, target, sql) if is_made_anew else append_rows(sql) }}
        {%- for batch in batches[1:] -%}
            {%- do set_batch(batch) -%}
            {{ append_rows(sql) }}
        {%- endfor -%}
        {%- do set_batch(none) if batches -%}
    {%- endif -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target]}) }}
{%- endmaterialization %}

{% macro set_batch(batch) -%}
    {%- do run_query("set variable batch = " ~ ("'" ~ batch ~ "'" if batch else 'null')) -%}
{%- endmacro %}

-- Whether rows are of the part that is worked out; of a model that is not worked out in parts, all are.
{% macro is_of_batch(batch) -%}
    coalesce({{ batch }} = getvariable('batch'), true)
{%- endmacro %}

{% macro without_leftover(relation) -%}
    {%- do drop_relation_if_exists(load_cached_relation(relation)) -%}
    {{ return(relation) }}
{%- endmacro %}

{% macro put_in_place(fresh, standing, target) -%}
    {%- do drop_relation_if_exists(standing) -%}
    {%- do adapter.rename_relation(fresh, target) -%}
    {%- do persist_docs(target, model) -%}
{%- endmacro %}

{% macro replace_rows(fresh, key) -%}
    {%- call statement('replace_rows') -%}
        delete from {{ this }} where ({{ key | join(', ') }}) in (select ({{ key | join(', ') }}) from {{ fresh }});
        insert into {{ this }} by name select * from {{ fresh }};
    {%- endcall -%}
    {%- do adapter.drop_relation(fresh) -%}
{%- endmacro %}

/* A table or view in the place of what stands, with its comments. It has a name of its own until it is made, for it may be made of what stood
   (int_series_inputs tells what has changed since). */
{% macro make_anew(standing, target, sql) -%}
    {%- if standing is not none and standing.type != target.type -%}
        {#- by dbt, which remembers what sort of relation stands -#}
        {%- do adapter.drop_relation(standing) -%}
        {%- set standing = none -%}
    {%- endif -%}
    {%- set made = target if standing is none else without_leftover(make_intermediate_relation(target)) -%}
    {%- call statement('main') -%}
        {{ create_table_as(False, made, sql) if target.is_table else get_create_view_as_sql(made, sql) }}
        {%- if standing is not none %}
            drop {{ target.type }} {{ target }};
            alter {{ target.type }} {{ made }} rename to {{ adapter.quote(target.identifier) }};
        {%- endif %}
    {%- endcall -%}
    {%- do persist_docs(target, model) -%}
{%- endmacro %}

-- The rows of `sql` into the table that stands, which has the columns of the contract; `before` is a statement that comes first.
{% macro append_rows(sql, before=none) -%}
    {{ get_assert_columns_equivalent(sql) }}
    {%- call statement('main') -%}
        {%- if before %}
            {{ before }};
        {%- endif %}
        insert into {{ this }} {{ get_column_names() }} {{ get_select_subquery(sql) }};
    {%- endcall -%}
{%- endmacro %}

/* Of a lake, a table that stands with the columns of its contract is filled anew: each new, renamed or dropped table is another state of the catalogue,
   which everybody reads whole again, ten times the processor time of a small table (docs/decisions/0028). What other code made is made anew: other code
   builds with --full-refresh. */
{% macro may_be_filled_anew(standing) -%}
    {%- if standing is none or not standing.is_table or not adapter.is_ducklake(this) or should_full_refresh() -%}
        {{ return(false) }}
    {%- endif -%}
    {#- the publication is built without --full-refresh: it has other columns and comments when its code changes -#}
    {%- if not config.get('contract').enforced or this.schema == 'publication' -%}
        {{ return(false) }}
    {%- endif -%}
    {{ return(adapter.get_columns_in_relation(standing) | map(attribute='name') | list == model.columns.keys() | list) }}
{%- endmacro %}

/* Does a query give the columns of the contract? Types are written as DuckDB writes them, so that one look at the query is enough; where something differs
   dbt compares them in its own way, and says what is wrong. */
{% macro duckdb__get_assert_columns_equivalent(sql) -%}
    {%- set found = [] -%}
    {%- for column in get_column_schema_from_query(sql, config.get('sql_header')) -%}
        {%- do found.append((column.name | lower, column.dtype | lower)) -%}
    {%- endfor -%}
    {%- set expected = [] -%}
    {%- for column in model.columns.values() -%}
        {%- do expected.append((column.name | lower, column.data_type | lower)) -%}
    {%- endfor -%}
    {%- if found | sort != expected | sort -%}
        {{ return(default__get_assert_columns_equivalent(sql)) }}
    {%- endif -%}
{%- endmacro %}
