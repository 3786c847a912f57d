{# Months that a period holds, its last one among them. #}
{% macro months_in(period_type) -%}
    case {{ period_type }} when 'r12m' then 12 when 'year' then 12 when 'quarter' then 3 else 1 end
{%- endmacro %}


{# The rows of a table with the caveats of this run's warnings (int_publication__concerns): grade A becomes B. #}
{% macro with_caveats(model_name) %}
with concerns as (
    select * from {{ ref('int_publication__concerns') }}
),

rows_before as (
    select * from {{ ref(model_name) }}
),

periods as (
    select distinct measure_id, period_type, period_end
    from rows_before
),

warned as (
    select
        periods.measure_id,
        periods.period_type,
        periods.period_end,
        string_agg(distinct concerns.caveat, '; ' order by concerns.caveat) as caveat
    from periods
    inner join concerns
        on
            periods.measure_id = concerns.measure_id
            and concerns.month <= periods.period_end
            and concerns.month > periods.period_end - to_months({{ months_in('periods.period_type') }})
    group by periods.measure_id, periods.period_type, periods.period_end
)

select
    rows_before.* replace (
        nullif(concat_ws('; ', nullif(rows_before.caveat, ''), warned.caveat), '') as caveat,
        case when warned.caveat is not null and rows_before.quality_grade = 'A' then 'B' else rows_before.quality_grade end as quality_grade
    )
from rows_before
left join warned
    on
        rows_before.measure_id = warned.measure_id
        and rows_before.period_type = warned.period_type
        and rows_before.period_end = warned.period_end
{% endmacro %}
