-- Months of the latest window at which the limits of a series might begin anew: suggestions only. A rebase is made by a person, in seed spc_rebases, and
-- only if all four reasons of methods.md 1.2 (14) hold: a known, dated cause; a shift, or a change of definition; that it is expected to last; approval.
-- One row per series and month.
{{ config(schema='measures', materialized='table') }}

with

charts as (
    select * from {{ ref('measure_spc') }}
),

series_breaks as (
    select * from {{ ref('int_series_breaks') }}
),

events as (
    select * from {{ ref('stg_governance__events') }}
    where
        is_latest_version
        and row_state <> 'withdrawn'
),

links as (
    select * from {{ ref('int_governance__linked_measures') }}
    where item_kind = 'event'
),

-- A series break changes the definition; an event that names the measure is a cause only of a shift that it goes with.
changes as (
    select
        measure_pattern,
        area_id,
        break_month as change_month,
        reason as cause,
        true as is_definition_change
    from series_breaks

    union all

    select
        links.measure_pattern,
        coalesce(events.area_id, '*') as area_id,
        cast(date_trunc('month', events.event_date) as date) as change_month,
        events.title as cause,
        false as is_definition_change
    from events
    inner join links on events.event_id = links.item_id
),

latest_window as (
    select
        *,
        {{ spc_billionths('value_adjusted') }} as y,
        max(month) over (partition by series_id) as latest_month,
        max(window_start) over (partition by series_id) as first_month_of_window,
        rule_shift <> 0
        and (
            lag(rule_shift) over unbroken is distinct from rule_shift
            or lag(month) over unbroken <> month - interval 1 month
        ) as begins_shift
    from charts
    window unbroken as (partition by series_id, rebase_no order by month)
    qualify month >= max(window_start) over (partition by series_id)
),

numbered as (
    select
        *,
        sum(cast(begins_shift as integer)) over (
            partition by series_id
            order by month
            rows unbounded preceding
        ) as shift_no
    from latest_window
),

-- A shift that stands at the beginning of the window follows nothing.
shifts as (
    select
        series_id,
        min(month) as first_month,
        max(month) as last_month,
        any_value(latest_month) as latest_month,
        any_value(rule_shift) as shift,
        count(*) as shift_months
    from numbered
    where rule_shift <> 0
    group by series_id, shift_no
    having min(month) > any_value(first_month_of_window)
),

series as (
    select
        series_id,
        measure_id,
        area_id,
        segment,
        any_value(first_month_of_window) as first_month_of_window,
        any_value(latest_month) as latest_month
    from latest_window
    group by series_id, measure_id, area_id, segment
),

dated_changes as (
    select
        series.series_id,
        changes.change_month,
        string_agg(distinct changes.cause, '; ' order by changes.cause) as cause,
        bool_or(changes.is_definition_change) as is_definition_change
    from series
    inner join changes on
        series.measure_id glob changes.measure_pattern
        and changes.area_id in (series.area_id, '*')
        and changes.change_month > series.first_month_of_window
        and changes.change_month <= series.latest_month
    group by series.series_id, changes.change_month
),

-- A shift belongs to a dated change of the month before to the month after its first point; the new phase would begin at the change.
candidates as (
    select
        coalesce(shifts.series_id, dated_changes.series_id) as series_id,
        coalesce(dated_changes.change_month, shifts.first_month) as effective_month,
        max(shifts.shift) as shift,
        max(shifts.shift_months) as shift_months,
        any_value(dated_changes.cause) as cause,
        coalesce(bool_or(dated_changes.is_definition_change), false) as is_definition_change,
        coalesce(bool_or(shifts.last_month = shifts.latest_month), false) as is_lasting
    from shifts
    full join dated_changes on
        shifts.series_id = dated_changes.series_id
        and dated_changes.change_month between shifts.first_month - interval 1 month and shifts.first_month + interval 1 month
    group by
        coalesce(shifts.series_id, dated_changes.series_id),
        coalesce(dated_changes.change_month, shifts.first_month)
),

levels as (
    select
        candidates.series_id,
        candidates.effective_month,
        cast(sum(points.y) filter (where points.month < candidates.effective_month) as double)
        / nullif(count(*) filter (where points.month < candidates.effective_month), 0) / 1e9 as level_before,
        cast(sum(points.y) filter (where points.month >= candidates.effective_month) as double)
        / nullif(count(*) filter (where points.month >= candidates.effective_month), 0) / 1e9 as level_after
    from candidates
    inner join latest_window as points on candidates.series_id = points.series_id
    group by candidates.series_id, candidates.effective_month
)

-- A shift that is over and has no cause is not a candidate.
select
    series.series_id,
    series.measure_id,
    series.area_id,
    series.segment,
    candidates.effective_month,
    coalesce(candidates.shift, 0) as shift,
    cast(coalesce(candidates.shift_months, 0) as integer) as shift_months,
    levels.level_before,
    levels.level_after,
    candidates.cause,
    candidates.cause is not null as has_dated_cause,
    candidates.shift is not null or candidates.is_definition_change as has_shift_or_definition_change,
    candidates.is_lasting,
    false as is_approved,
    concat_ws(
        '; ',
        case when candidates.cause is null then 'a known, dated cause' end,
        case when not candidates.is_lasting then 'that the new level lasts' end,
        'approval'
    ) as missing
from candidates
inner join series on candidates.series_id = series.series_id
inner join levels on
    candidates.series_id = levels.series_id
    and candidates.effective_month = levels.effective_month
where
    candidates.is_lasting
    or candidates.is_definition_change
    or (candidates.shift is not null and candidates.cause is not null)
