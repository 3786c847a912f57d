-- The values of series that have changed since the last completed build: only their comparisons are worked out again. Forces that are compared with each
-- other change together.
{{ config(materialized='view') }}

select
    measure_id,
    area_id,
    segment,
    series_id,
    period_type,
    period_end,
    numerator,
    denominator,
    value,
    margin,
    is_complete
from {{ ref('measure_values') }}
where series_id in (select series_id from {{ ref('int_series_inputs') }} where is_changed)
