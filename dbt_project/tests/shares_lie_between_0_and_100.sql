-- A share of one population cannot leave 0 to 100. A rate over another population can, and is not tested.
{{ config(meta={'dagster': {'ref': {'name': 'measure_values'}}}) }}

select
    measure_values.measure_id,
    measure_values.area_id,
    measure_values.segment,
    measure_values.period_type,
    measure_values.period_end,
    measure_values.value
from {{ ref('measure_values') }} as measure_values
inner join {{ ref('dim_measure') }} as dim_measure on measure_values.measure_id = dim_measure.measure_id
where
    dim_measure.statistic in ('share', 'share_of_total', 'cohort_rate')
    and measure_values.value not between 0 and 100
