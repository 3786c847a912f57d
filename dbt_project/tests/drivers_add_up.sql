-- The effects of a change's drivers add up to the change: of the mean and the count, as measures.measure_comparisons has it; of a median, to the
-- change in the total time. Tolerance: the last digits of a double.
{{ config(meta={'dagster': {'ref': {'name': 'drivers'}}}) }}

with changes as (
    select
        measure_id,
        area_id,
        set_id,
        period_type,
        period_end,
        any_value(driver_kind) as driver_kind,
        any_value(change) as change,
        any_value(change_explained) as change_explained,
        sum(total_effect) as total_effect
    from {{ ref('drivers') }}
    group by measure_id, area_id, set_id, period_type, period_end
)

select *
from changes
where
    abs(total_effect - change_explained) > 1e-9 * greatest(abs(change_explained), 1)
    or (driver_kind <> 'median' and abs(change - change_explained) > 1e-6)
