-- The parameters of every measure's chart: the defaults of the ruleset, and what seed spc_parameters overrides. The longest pattern wins. Of crimes with
-- an outcome to date, the latest months are not judged: their outcomes still come in.
{{ config(schema='intermediate', materialized='view') }}

with

measures as (
    select
        measure_id,
        statistic
    from {{ ref('dim_measure') }}
),

overrides as (
    select * from {{ ref('spc_parameters') }}
),

overridden as (
    select
        measures.measure_id,
        overrides.name,
        arg_max(overrides.value, row(length(overrides.measure_pattern), overrides.measure_pattern)) as value
    from measures
    inner join overrides on measures.measure_id glob overrides.measure_pattern
    group by measures.measure_id, overrides.name
),

filled as (
    select
        measures.measure_id,
        {%- for parameter in spc_defaults() %}
        coalesce(
            cast(max(overridden.value) filter (where overridden.name = '{{ parameter.name }}') as {{ parameter.type }}),
            {%- if parameter.name == 'immature_months' %}
            case when any_value(measures.statistic) = 'cohort_rate' then {{ var('cohort_maturity_months') }} end,
            {%- endif %}
            cast({{ literal(parameter.value) }} as {{ parameter.type }})
        ) as {{ parameter.name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from measures
    left join overridden on measures.measure_id = overridden.measure_id
    group by measures.measure_id
)

select
    measure_id,
    '{{ spc_ruleset() }}' as ruleset_id,
    left(md5(concat_ws('|'{% for parameter in spc_defaults() %}, '{{ parameter.name }}', coalesce(cast({{ parameter.name }} as varchar), ''){% endfor %})), 12) as param_hash,
    {%- for parameter in spc_defaults() %}
    {{ parameter.name }}{{ ',' if not loop.last }}
    {%- endfor %}
from filled
