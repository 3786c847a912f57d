-- Whose figures are read where findings of a measure are made, in the same area: its own, those of the whole that it is a part of, and beside a mean the
-- median of the same rows and the share of logs over ten hours. One row per measure and measure that it reads.
{{ config(schema='intermediate', materialized='view') }}

with measures as (
    {{ measures_beside_means() }}
)

select
    measure_id,
    measure_id as read_measure_id
from measures

union

select
    measure_id,
    unnest([median_measure_id, over_10h_measure_id]) as read_measure_id
from measures
where median_measure_id is not null

union

select
    part_measure_id as measure_id,
    whole_measure_id as read_measure_id
from {{ ref('parts_of_wholes') }}
