-- What cannot be is published nowhere: a share of one population outside 0 to 100, less than nothing. A rate over another population can pass 100,
-- with a caveat.
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
    {{ is_below_possible('measure_values.value', 'measure_values.unit') }}
    or {{ is_above_possible('measure_values.value', 'measure_values.unit', 'dim_measure.statistic') }}
    or (measure_values.unit = 'pct' and measure_values.value > 100 and measure_values.caveat is null)
