-- Every approved rebase of a process behaviour chart: those of the seed and those of the governance workbook, whose row counts where both have
-- one. The charts read this model, never the seed.
with seeded as (
    select * from {{ ref('spc_rebases') }}
),

workbook as (
    select * from {{ ref('stg_governance__rebases') }}
    where
        is_latest_version
        and row_state <> 'withdrawn'
        and decision = 'rebase'
),

united as (
    select
        measure_pattern,
        area_id,
        segment,
        effective_month,
        reason,
        evidence,
        approved_by,
        'seed' as source
    from seeded
    union all
    select
        measure_pattern,
        area_id,
        segment,
        cast(date_trunc('month', effective_month) as date) as effective_month,
        reason,
        evidence,
        approved_by,
        'workbook' as source
    from workbook
),

shared as (
    {{ shared_in_process('united') }}
)

select *
from shared
qualify row_number() over (partition by measure_pattern, area_id, segment, effective_month order by source desc, reason asc) = 1
