-- The months that the charts judge: complete, with a value, old enough; each with its phase and the window that its limits are worked out from, whether a
-- special event takes it out of the limits, and, for seasonal measures with enough history, its seasonal index. methods.md 1.2, steps 1 and 2, and 1.3.
-- A phase begins with a rebase, or where the window moves on (seed spc_windows). One row per series and month.
{{ config(
    schema='intermediate',
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ forget_changed_series('series_id', ['int_value_inputs']) }}",
) }}

with

measure_values as (
    select * from {{ ref('int_complete_values') }}
    where
        period_type = 'month'
        and {{ is_changed_series(inputs=['int_value_inputs']) }}
),

measures as (
    select * from {{ ref('dim_measure') }}
),

parameters as (
    select * from {{ ref('int_spc_parameters') }}
),

rebases as (
    select * from {{ ref('int_spc_rebases') }}
),

exclusions as (
    select * from {{ ref('spc_exclusions') }}
),

windows as (
    select
        window_year,
        moved_on,
        lead(moved_on) over (order by moved_on) as moved_on_next
    from {{ ref('spc_windows') }}
),

complete as (
    select
        measure_values.series_id,
        measure_values.measure_id,
        measure_values.area_id,
        measure_values.segment,
        cast(date_trunc('month', measure_values.period_end) as date) as month,
        measure_values.numerator,
        measure_values.denominator,
        measure_values.value,
        measures.is_seasonal,
        parameters.min_n_seasonal,
        parameters.window_years
    from measure_values
    inner join measures on measure_values.measure_id = measures.measure_id
    inner join parameters on measure_values.measure_id = parameters.measure_id
    where isfinite(measure_values.value)
    qualify
        date_trunc('month', measure_values.period_end)
        <= date_trunc('month', max(measure_values.period_end) over (partition by measure_values.series_id)) - to_months(parameters.immature_months)
),

series as (
    select
        series_id,
        measure_id,
        area_id,
        segment,
        min(month) as first_month
    from complete
    group by series_id, measure_id, area_id, segment
),

-- A rebase at or before the first month begins nothing.
rebased as (
    select
        series.series_id,
        list_sort(list(distinct rebases.effective_month)) as effective_months
    from series
    inner join rebases on
        series.measure_id glob rebases.measure_pattern
        and rebases.area_id in (series.area_id, '*')
        and rebases.segment in (series.segment, '*')
        and rebases.effective_month > series.first_month
    group by series.series_id
),

excluded as (
    select
        series.series_id,
        exclusions.month,
        string_agg(exclusions.reason, '; ' order by exclusions.reason) as exclusion_reason
    from series
    inner join exclusions on
        series.measure_id glob exclusions.measure_pattern
        and exclusions.area_id in (series.area_id, '*')
        and exclusions.segment in (series.segment, '*')
    group by series.series_id, exclusions.month
),

phased as (
    select
        complete.*,
        coalesce(len(list_filter(rebased.effective_months, lambda begun: begun <= complete.month)), 0) as rebase_no,
        excluded.exclusion_reason,
        excluded.month is not null as is_excluded,
        {{ spc_billionths('complete.value') }} as y
    from complete
    left join rebased on complete.series_id = rebased.series_id
    left join excluded on
        complete.series_id = excluded.series_id
        and complete.month = excluded.month
),

-- The window in force on the day after the month ends. It never reaches back beyond a rebase, or beyond the first month of the series.
windowed as (
    select
        phased.*,
        greatest(
            min(phased.month) over (partition by phased.series_id, phased.rebase_no),
            case when phased.window_years > 0 then cast(windows.window_year - to_years(phased.window_years - 1) as date) end
        ) as window_start
    from phased
    left join windows
        on
            last_day(phased.month) + 1 >= windows.moved_on
            and (last_day(phased.month) + 1 < windows.moved_on_next or windows.moved_on_next is null)
),

moved as (
    select
        series_id,
        month,
        window_start,
        window_start > lag(window_start) over (partition by series_id, rebase_no order by month) as is_moved
    from windowed
),

numbered as (
    select
        series_id,
        month,
        window_start,
        count(*) filter (where is_moved) over (partition by series_id order by month rows unbounded preceding) as moves
    from moved
),

{{ spc_seasonal_index('phased') }}

select
    phased.series_id,
    phased.measure_id,
    phased.area_id,
    phased.segment,
    phased.month,
    cast(12 * year(phased.month) + month(phased.month) as integer) as month_number,
    phased.numerator,
    phased.denominator,
    phased.value,
    cast(1 + phased.rebase_no + numbered.moves as integer) as phase,
    cast(phased.rebase_no as integer) as rebase_no,
    numbered.window_start,
    phased.is_excluded,
    phased.exclusion_reason,
    cast(count(*) over (partition by phased.series_id) as integer) as n_series,
    seasonal_index.seasonal_index is not null as is_seasonally_adjusted,
    seasonal_index.seasonal_index,
    phased.value / coalesce(seasonal_index.seasonal_index, 1) as value_adjusted,
    {{ spc_billionths('phased.value / coalesce(seasonal_index.seasonal_index, 1)') }} as y
from phased
inner join numbered
    on
        phased.series_id = numbered.series_id
        and phased.month = numbered.month
left join seasonal_index
    on
        phased.series_id = seasonal_index.series_id
        and month(phased.month) = seasonal_index.calendar_month
