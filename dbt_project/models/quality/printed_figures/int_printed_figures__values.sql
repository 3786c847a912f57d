-- Every value that a printed figure may be held against: the force's own and its areas', and those of comparators under the comparator's id.
with measure_values as (
    select * from {{ ref('int_complete_values') }}
),

comparator_values as (
    select * from {{ ref('comparator_values') }}
)

select
    measure_id,
    area_id,
    segment,
    period_type,
    period_end,
    denominator,
    value,
    margin,
    unit
from measure_values

union all

select
    measure_id,
    comparator_id as area_id,
    segment,
    period_type,
    period_end,
    denominator,
    value,
    margin,
    unit
from comparator_values
