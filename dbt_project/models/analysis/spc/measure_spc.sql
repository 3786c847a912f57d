-- Process behaviour (XmR) charts of every monthly series, ruleset mdc7 (docs/spc.md): limits by phase, worked out from its window of months, the four
-- rules, what they mean, and whether the target will be met. One row per measure, area, segment and judged month; an incomplete month has none.
{{ config(
    schema='measures',
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ forget_changed_series() }}",
) }}

with

points as (
    select *, month_number as period from {{ ref('int_spc_points') }}
    where {{ is_changed_series() }}
),

phases as (
    select * from {{ ref('int_spc_phases') }}
    where {{ is_changed_series() }}
),

measures as (
    select * from {{ ref('dim_measure') }}
),

measure_parameters as (
    select * from {{ ref('int_spc_parameters') }}
),

charts as (
    select * from {{ ref('int_spc_charts') }}
),

parameters as (
    select
        series.series_id,
        measure_parameters.*
    from (select distinct series_id, measure_id from points) as series
    inner join measure_parameters on series.measure_id = measure_parameters.measure_id
),

windowed as (
    {{ spc_windowed('points', 'phases') }}
),

{{ spc_xmr('windowed', 'parameters') }},

{{ spc_rules('spc_zoned', 'parameters') }},

targeted as (
    {{ targets_in_force('points', 'period', 'last_day(figures.month)') }}
),

met as (
    select
        targeted.series_id,
        targeted.period,
        targeted.target,
        case measures.direction
            when 'increase' then points.value >= targeted.target
            when 'decrease' then points.value <= targeted.target
        end as is_target_met
    from targeted
    inner join points on
        targeted.series_id = points.series_id
        and targeted.period = points.period
    inner join measures on points.measure_id = measures.measure_id
),

-- Months in a row with the same answer begin anew where the answer changes or a month is missing.
met_in_turn as (
    select
        *,
        count(*) filter (where is_new_run) over (partition by series_id order by period) as run
    from (
        select
            *,
            coalesce(is_target_met <> lag(is_target_met) over (partition by series_id order by period), true)
            or coalesce(period > 1 + lag(period) over (partition by series_id order by period), true) as is_new_run
        from met
    ) as compared
),

met_by_year as (
    select
        *,
        case
            when is_target_met is not null
                then cast(row_number() over (partition by series_id, run order by period) as integer)
        end as target_months_running,
        case
            when is_target_met is not null then cast(count(*) filter (where is_target_met) over (
                partition by series_id
                order by period
                range between 11 preceding and current row
            ) as integer)
        end as months_met_last_12
    from met_in_turn
),

flagged_shares as (
    select
        phases.series_id,
        phases.phase,
        count(*) filter (where flagged.special_cause is not null) / count(*) as flagged_share
    from phases
    inner join points on
        phases.series_id = points.series_id
        and points.month between phases.window_start and phases.window_end
    inner join spc_flagged as flagged on
        points.series_id = flagged.series_id
        and points.period = flagged.period
    group by phases.series_id, phases.phase
),

judged as (
    select
        points.measure_id,
        points.area_id,
        points.segment,
        points.month,
        points.numerator,
        points.denominator,
        points.value,
        points.value_adjusted,
        points.is_seasonally_adjusted,
        points.seasonal_index,
        points.n_series,
        points.exclusion_reason,
        points.is_excluded,
        flagged.*,
        limits.* exclude (series_id, phase, sigma_mult, y_sum, mr_sum, mr_count, has_limits, n_limits),
        phases.phase_start,
        phases.window_start,
        phases.window_end,
        (points.value_adjusted - limits.mean) / (nullif(limits.mr_bar, 0) / 1.128) as z,
        measures.unit,
        measures.statistic,
        measures.direction,
        measures.is_seasonal,
        parameters.ruleset_id,
        parameters.param_hash,
        parameters.min_n_seasonal,
        charts.recommended_chart,
        charts.chart_reason,
        met_by_year.target,
        met_by_year.is_target_met,
        met_by_year.months_met_last_12,
        met_by_year.target_months_running,
        flagged_shares.flagged_share
    from spc_flagged as flagged
    inner join points on
        flagged.series_id = points.series_id
        and flagged.period = points.period
    inner join spc_limits as limits on
        flagged.series_id = limits.series_id
        and flagged.phase = limits.phase
    inner join phases on
        flagged.series_id = phases.series_id
        and flagged.phase = phases.phase
    inner join flagged_shares on
        flagged.series_id = flagged_shares.series_id
        and flagged.phase = flagged_shares.phase
    inner join measures on points.measure_id = measures.measure_id
    inner join parameters on flagged.series_id = parameters.series_id
    inner join charts on flagged.series_id = charts.series_id
    left join met_by_year on
        flagged.series_id = met_by_year.series_id
        and flagged.period = met_by_year.period
),

forecast as (
    select
        *,
        {{ spc_assurance('target', 'direction', 'lpl', 'upl', 'limits_status') }} as limits_assurance
    from judged
),

doubted as (
    select
        *,
        {{ spc_assurance_doubt('limits_assurance', 'is_target_met', 'target_months_running', 'special_cause_sign', 'direction', 'flagged_share') }}
            as assurance_doubt
    from forecast
)

select
    measure_id,
    area_id,
    segment,
    series_id,
    month,
    value,
    value_adjusted,
    is_seasonally_adjusted,
    seasonal_index,
    numerator,
    denominator,
    phase,
    rebase_no,
    phase_start,
    window_start,
    window_end,
    n_phase,
    100 * flagged_share as flagged_pct,
    is_excluded,
    mean,
    mr,
    mr_bar,
    lpl,
    upl,
    lower_2s,
    upper_2s,
    {{ possible_lower('lpl', 'unit') }} as lpl_display,
    {{ possible_upper('upl', 'unit', 'statistic') }} as upl_display,
    mr_bar_screened,
    lpl_screened,
    upl_screened,
    mr_bar_unscreened,
    lpl_unscreened,
    upl_unscreened,
    z,
    cast(side as integer) as side,
    cast(rule_outside as integer) as rule_outside,
    cast(rule_shift as integer) as rule_shift,
    cast(rule_trend as integer) as rule_trend,
    cast(rule_two_of_three as integer) as rule_two_of_three,
    special_cause,
    cast(special_cause_sign as integer) as special_cause_sign,
    {{ spc_variation('special_cause_sign', 'direction', 'limits_status') }} as variation,
    target,
    is_target_met,
    months_met_last_12,
    target_months_running,
    case when assurance_doubt is null then limits_assurance end as assurance,
    assurance_doubt,
    limits_status,
    period = latest_period as is_latest,
    recommended_chart,
    -- methods.md 1.3: durations are headed by their median and their share within the SLA, rare events by the time between them
    limits_status in ('provisional', 'established')
    and not (statistic = 'mean' and unit = 'seconds')
    and recommended_chart not in ('t', 'g', 'none') as has_headline_icon,
    nullif(concat_ws(
        '; ',
        'special event, in no limits: ' || exclusion_reason,
        chart_reason,
        case
            when is_seasonal and not is_seasonally_adjusted
                then 'seasonality not removed: it takes ' || min_n_seasonal || ' months without gaps, there are ' || n_series
        end,
        case limits_status
            when 'none' then 'too few months for limits'
            when 'gap' then 'too many gaps for limits'
            when 'trial' then 'trial limits: too few months for icons'
            when 'degenerate' then 'the values hardly vary from month to month: no icons'
        end
    ), '') as note,
    ruleset_id,
    param_hash
from doubted
