-- How often things happen, by month, weekday and local hour: the force's rows of each measure that has a profile. One scan per fact.
{{ config(schema='intermediate', materialized='table') }}
{%- set measures = catalogue().measures | selectattr('hourly_profile') | list %}

with

first_month as (
    select cast(min(event_month - to_months(window_months)) as date) as month from {{ ref('profile_events') }}
),

{% for fact in measures | map(attribute='fact') | unique -%}
{%- set of_fact = measures | selectattr('fact', 'equalto', fact) | list -%}
{{ fact }}_cells as (
    select
        force_area_id,
        month,
        cast(isodow(local_date) as integer) as local_weekday,
        local_hour,
        {%- for measure in of_fact %}
        count(*){{ ' filter (where ' ~ measure.where ~ ')' if measure.where != 'true' }} as "{{ measure.id }}"{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref(fact) }}
    where
        not is_excluded
        and month >= (select first_month.month from first_month)
    group by force_area_id, month, cast(isodow(local_date) as integer), local_hour
),

{{ fact }}_counts as (
    select
        measure_id,
        force_area_id,
        month,
        local_weekday,
        local_hour,
        row_count
    from {{ fact }}_cells
    unpivot (row_count for measure_id in (
        {%- for measure in of_fact %}
        "{{ measure.id }}"{{ ',' if not loop.last }}
        {%- endfor %}
    ))
    where row_count > 0
),

{% endfor -%}
counts as (
    {%- for fact in measures | map(attribute='fact') | unique %}
    select * from {{ fact }}_counts
    {{- ' union all' if not loop.last }}
    {%- endfor %}
)

select
    measure_id,
    force_area_id as area_id,
    month,
    local_weekday,
    local_hour,
    cast(row_count as bigint) as row_count
from counts
