/* A table that stands with the columns of its contract is filled anew on a lake, in one transaction. dbt makes another one beside it and puts that in its
   place, which is nothing to a file; of a lake each new, renamed or dropped table is another state of the catalogue, which everybody reads whole again:
   ten times the processor time of a small table (docs/decisions/0028). What other code made is made anew: other code builds with --full-refresh. */
{% materialization table, adapter='duckdb', supported_languages=['sql', 'python'] -%}
    {%- set standing = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type='table') -%}
    {%- if model.language == 'sql' and not may_be_filled_anew(standing) -%}
        {{ return(dbt.materialization_table_duckdb()) }}
    {%- endif -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- if model.language == 'sql' -%}
        {{ get_assert_columns_equivalent(sql) }}
        {%- call statement('main') -%}
            delete from {{ this }};
            insert into {{ this }} {{ get_column_names() }} {{ get_select_subquery(sql) }};
        {%- endcall -%}
    {%- else -%}
        {#- dbt takes a model in Python from its own materialization only -#}
        {%- set fresh = make_intermediate_relation(target) -%}
        {%- do drop_relation_if_exists(load_cached_relation(fresh)) -%}
        {%- call statement('main', language='python') -%}
            {{ create_table_as(False, fresh, model.compiled_code, 'python') }}
        {%- endcall -%}
        {%- do drop_relation_if_exists(standing) -%}
        {{ adapter.rename_relation(fresh, target) }}
        {%- do persist_docs(target, model) -%}
    {%- endif -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target]}) }}
{%- endmaterialization %}

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
