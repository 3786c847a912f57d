-- Every decision to leave the limits of a chart as they are: rows of sheet rebases of the governance workbook with decision `leave`.
select
    measure_pattern,
    area_id,
    segment,
    cast(date_trunc('month', effective_month) as date) as effective_month,
    reason,
    approved_by
from {{ ref('stg_governance__rebases') }}
where
    is_latest_version
    and row_state <> 'withdrawn'
    and decision = 'leave'
