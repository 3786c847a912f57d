-- The phases of each chart: the months that are judged with one set of limits, and the window of months that these are worked out from. The windows of
-- neighbouring phases overlap, unless a rebase lies between them. One row per series and phase.
{{ config(schema='intermediate', materialized='table') }}

with points as (
    select * from {{ ref('int_spc_points') }}
)

select
    series_id,
    phase,
    any_value(rebase_no) as rebase_no,
    min(month) as phase_start,
    any_value(window_start) as window_start,
    last_day(max(month)) as window_end,
    phase = max(phase) over (partition by series_id) as is_latest
from points
group by series_id, phase
