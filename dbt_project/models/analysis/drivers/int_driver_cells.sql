-- Rows and their summed seconds by month, area and the values of the declared dimensions: one scan per fact serves all its sets.
{{ config(schema='intermediate', materialized='table') }}
{%- set sets = catalogue().driver_sets | selectattr('dimensions') | list %}
{%- set facts = sets | map(attribute='fact') | unique | list %}

with

first_month as (
    select cast(min(date_trunc('month', base_period_end) - to_months(months_in_period - 1)) as date) as month from {{ ref('int_driver_periods') }}
),
{%- for fact in facts %}
{%- set of_fact = sets | selectattr('fact', 'equalto', fact) | list %}
{%- set areas = ['force_area_id'] + (['district_area_id'] if 'district' in of_fact[0].levels else []) %}
{%- set columns = [] %}
{%- for one in of_fact %}{%- for dimension in one.dimensions %}{%- do columns.append(dimension.column) %}{%- endfor %}{%- endfor %}

{{ fact }}_cells as (
    select
        month,
        {{ (areas + columns) | unique | join(', ') }},
        {%- for one in of_fact %}
        count({{ one.of or '*' }}) filter (where {{ one.where }}) as "{{ one.set_id }}.n",
        {{ 'sum(' ~ one.of ~ ') filter (where ' ~ one.where ~ ')' if one.of else 'cast(null as decimal(18, 3))' }} as "{{ one.set_id }}.total"{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref(fact) }}
    where
        not is_excluded
        and month >= (select first_month.month from first_month)
    group by month, {{ (areas + columns) | unique | join(', ') }}
),
{%- endfor %}

cells as (
    {%- for one in sets %}
    select
        {{ literal(one.set_id) }} as set_id,
        month,
        unnest([force_area_id{{ ', district_area_id' if 'district' in one.levels }}]) as area_id,
        coalesce(cast({{ one.dimensions[0].column }} as varchar), 'not recorded') as value_1,
        {{ "coalesce(cast(" ~ one.dimensions[1].column ~ " as varchar), 'not recorded')" if one.dimensions | length > 1 else "'all'" }} as value_2,
        "{{ one.set_id }}.n" as n,
        "{{ one.set_id }}.total" as total
    from {{ one.fact }}_cells
    where "{{ one.set_id }}.n" > 0
    {{ 'union all' if not loop.last }}
    {%- else %}
    select
        cast(null as varchar) as set_id,
        cast(null as date) as month,
        cast(null as varchar) as area_id,
        cast(null as varchar) as value_1,
        cast(null as varchar) as value_2,
        0 as n,
        cast(null as decimal(18, 3)) as total
    where false
    {%- endfor %}
)

select
    set_id,
    area_id,
    month,
    value_1,
    value_2,
    cast(sum(n) as bigint) as row_count,
    cast(sum(total) as decimal(18, 3)) as total
from cells
group by set_id, area_id, month, value_1, value_2
