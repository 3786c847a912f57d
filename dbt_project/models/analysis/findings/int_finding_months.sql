-- What the chart to be trusted (P′ or U′ where it is recommended, else XmR) says of each month that findings may speak of: how long a run has lasted by
-- then, how the month lies to those before it, and to its target. One row per series and month: the last 24, and the latest of every series.
{{ config(
    schema='intermediate',
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ forget_changed_series() }}",
) }}

with

alternatives as (
    select * from {{ ref('spc_alternatives') }}
    where
        is_recommended
        and chart in ('p_prime', 'u_prime')
        and {{ is_changed_series() }}
),

{%- set of_the_chart = ['phase', 'side', 'rule_outside', 'rule_shift', 'rule_trend', 'rule_two_of_three', 'special_cause_sign', 'limits_status', 'lpl', 'upl'] %}

charts as (
    select
        spc.* replace (
            {%- for name in of_the_chart %}
            if(alternatives.month is null, spc.{{ name }}, alternatives.{{ name }}) as {{ name }},
            {%- endfor %}
            coalesce(alternatives.centre, spc.mean) as mean,
            coalesce(alternatives.centre - (alternatives.centre - alternatives.lpl) / 3 * 2, spc.lower_2s) as lower_2s,
            coalesce(alternatives.centre + (alternatives.upl - alternatives.centre) / 3 * 2, spc.upper_2s) as upper_2s
        ),
        cast(12 * year(spc.month) + month(spc.month) as integer) as period,
        cast(sign(
            coalesce(alternatives.rule_outside, spc.rule_outside) + coalesce(alternatives.rule_two_of_three, spc.rule_two_of_three)
        ) as integer) as exceptional
    from {{ ref('measure_spc') }} as spc
    left join alternatives on
        spc.series_id = alternatives.series_id
        and spc.month = alternatives.month
    where {{ is_changed_series('spc.series_id') }}
),

trends as (
    select * from {{ ref('int_finding_trends') }}
    where {{ is_changed_series() }}
),

parameters as (
    select * from {{ ref('int_spc_parameters') }}
),

tones as (
    select * from {{ ref('measure_tones') }}
),

-- The step from the month before, if there was one and no rebase in between; a gap or a rebase ends every run.
stepped as (
    select
        *,
        case when lag(period) over since_rebase = period - 1 then cast(sign(value - lag(value) over since_rebase) as integer) end as step,
        max(value) over (since_rebase range between 1 preceding and 1 preceding) as value_before,
        max(value_adjusted) over (since_rebase range between 1 preceding and 1 preceding) as adjusted_before,
        max(special_cause_sign) over (since_rebase range between 3 preceding and 1 preceding) as highest_sign_before,
        min(special_cause_sign) over (since_rebase range between 3 preceding and 1 preceding) as lowest_sign_before,
        avg(value) over (since_rebase range between 3 preceding and 1 preceding) as mean_before,
        count(*) over (since_rebase range between 3 preceding and 1 preceding) as months_before,
        max(abs(special_cause_sign)) over (since_rebase range between 5 preceding and current row) as any_signal_last_6,
        row_number() over since_rebase as position,
        sum(abs(rule_outside)) over (since_rebase rows unbounded preceding) as outside_so_far,
        -- a run begins where the month before is not there, or is not like this one
        coalesce(lag(period) over since_rebase <> period - 1, true) as is_after_gap,
        coalesce(lag(exceptional) over since_rebase <> exceptional, true) as is_otherwise_exceptional,
        coalesce(lag(side) over since_rebase <> side, true) as is_other_side
    from charts
    window since_rebase as (partition by series_id, rebase_no order by period)
),

stepped_again as (
    select
        *,
        is_after_gap or coalesce(lag(step) over since_rebase <> step, true) as is_other_step
    from stepped
    window since_rebase as (partition by series_id, rebase_no order by period)
),

-- How long each run has lasted: from the latest place where one began.
counted as (
    select
        *,
        position + 1 - max(case when is_after_gap or is_otherwise_exceptional then position end) over so_far as exceptional_k,
        outside_so_far - max(case when is_after_gap or is_otherwise_exceptional then outside_so_far - abs(rule_outside) end) over so_far as outside_k,
        position + 1 - max(case when is_after_gap or is_other_side then position end) over so_far as side_k,
        position + 1 - max(case when is_other_step then position end) over so_far as step_k
    from stepped_again
    window so_far as (partition by series_id, rebase_no order by period rows unbounded preceding)
),

recent as (
    select * from counted
    where
        is_latest
        or period > (select max(12 * year(month) + month(month)) from {{ ref('measure_spc') }}) - {{ var('findings_months') }}
),

targeted as (
    {{ targets_in_force('recent', 'month', 'last_day(figures.month)') }}
)

select
    recent.measure_id,
    recent.area_id,
    recent.segment,
    recent.series_id,
    recent.month,
    last_day(recent.month) as period_end,
    recent.value,
    recent.mean,
    recent.mr_bar,
    recent.lpl,
    recent.upl,
    recent.lower_2s,
    recent.upper_2s,
    recent.is_seasonally_adjusted,
    recent.limits_status,
    recent.exceptional,
    cast(recent.exceptional_k as integer) as exceptional_k,
    cast(recent.outside_k as integer) as outside_k,
    case when recent.rule_shift <> 0 and recent.side_k >= parameters.shift_n then recent.side else 0 end as shift,
    cast(recent.side_k as integer) as shift_k,
    recent.rule_shift,
    recent.rule_trend,
    recent.special_cause_sign,
    recent.highest_sign_before,
    recent.lowest_sign_before,
    recent.any_signal_last_6,
    recent.step,
    cast(recent.step_k as integer) as step_k,
    recent.value_before,
    recent.value_adjusted,
    recent.adjusted_before,
    case when recent.months_before = 3 then recent.mean_before end as mean_before,
    recent.target,
    targeted.target_type,
    recent.is_target_met,
    recent.target_months_running,
    recent.assurance,
    tones.is_too_few,
    recent.is_latest,
    trends.trend_n,
    trends.z,
    trends.p,
    trends.slope_pct,
    trends.trend_sign,
    trends.trend_sign_before,
    trends.long_trend_n,
    trends.long_z,
    trends.long_p,
    trends.long_slope_pct,
    trends.long_trend_sign
from recent
inner join parameters on recent.measure_id = parameters.measure_id
inner join tones on
    recent.series_id = tones.series_id
    and last_day(recent.month) = tones.period_end
left join trends on
    recent.series_id = trends.series_id
    and recent.month = trends.month
left join targeted on
    recent.series_id = targeted.series_id
    and recent.month = targeted.month
