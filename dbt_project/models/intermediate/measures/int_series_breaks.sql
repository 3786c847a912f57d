-- Every approved series break: those of the seed and those of the governance workbook, whose row counts where both have one. Comparisons and
-- caveats read this model, never the seed.
with seeded as (
    select * from {{ ref('series_breaks') }}
),

workbook as (
    select * from {{ ref('stg_governance__series_breaks') }}
    where is_latest_version and row_state <> 'withdrawn'
),

united as (
    select
        measure_pattern,
        area_id,
        break_month,
        reason,
        approved_by,
        'seed' as source
    from seeded
    union all
    select
        measure_pattern,
        area_id,
        cast(date_trunc('month', break_month) as date) as break_month,
        reason,
        approved_by,
        'workbook' as source
    from workbook
),

shared as (
    {{ shared_in_process('united') }}
)

select *
from shared
qualify row_number() over (partition by measure_pattern, area_id, break_month order by source desc, reason asc) = 1
