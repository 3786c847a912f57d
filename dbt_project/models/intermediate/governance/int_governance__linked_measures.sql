-- Which measures the rows of the workbook name, as written. One row per item and name.
with named as (
    select
        'risk' as item_kind,
        risk_id as item_id,
        {{ listed_in('linked_measures') }} as measure_pattern,
        'governance_risks' as feed,
        'linked_measures' as column_name,
        load_id,
        file_row
    from {{ ref('stg_governance__risks') }}
    where is_latest_version and row_state <> 'withdrawn'
    union all
    select
        'deliverable' as item_kind,
        deliverable_id as item_id,
        {{ listed_in('linked_measures') }} as measure_pattern,
        'governance_deliverables' as feed,
        'linked_measures' as column_name,
        load_id,
        file_row
    from {{ ref('stg_governance__deliverables') }}
    where is_latest_version and row_state <> 'withdrawn'
    union all
    select
        'outcome' as item_kind,
        outcome_id as item_id,
        {{ listed_in('linked_measures') }} as measure_pattern,
        'governance_outcomes' as feed,
        'linked_measures' as column_name,
        load_id,
        file_row
    from {{ ref('stg_governance__outcomes') }}
    where is_latest_version and row_state <> 'withdrawn'
    union all
    select
        'focus' as item_kind,
        focus_id as item_id,
        {{ listed_in('linked_measures') }} as measure_pattern,
        'governance_focus' as feed,
        'linked_measures' as column_name,
        load_id,
        file_row
    from {{ ref('stg_governance__focus') }}
    where is_latest_version and row_state <> 'withdrawn'
    union all
    select
        'event' as item_kind,
        event_id as item_id,
        {{ listed_in('linked_measures') }} as measure_pattern,
        'governance_events' as feed,
        'linked_measures' as column_name,
        load_id,
        file_row
    from {{ ref('stg_governance__events') }}
    where is_latest_version and row_state <> 'withdrawn'
    union all
    select
        'commentary' as item_kind,
        commentary_id as item_id,
        {{ listed_in('measure_id') }} as measure_pattern,
        'governance_commentary' as feed,
        'measure_id' as column_name,
        load_id,
        file_row
    from {{ ref('stg_governance__commentary') }}
    where is_latest_version and row_state <> 'withdrawn'
    union all
    select
        'series_break' as item_kind,
        break_id as item_id,
        lower(measure_pattern) as measure_pattern,
        'governance_series_breaks' as feed,
        'measure_pattern' as column_name,
        load_id,
        file_row
    from {{ ref('stg_governance__series_breaks') }}
    where is_latest_version and row_state <> 'withdrawn'
    union all
    select
        'rebase' as item_kind,
        rebase_id as item_id,
        lower(measure_pattern) as measure_pattern,
        'governance_rebases' as feed,
        'measure_pattern' as column_name,
        load_id,
        file_row
    from {{ ref('stg_governance__rebases') }}
    where is_latest_version and row_state <> 'withdrawn'
)

select * from named
