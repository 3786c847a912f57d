{#
  XmR charts of any number of series at once: methods.md 1.2, steps 3 to 8. The models, the property test and the benchmark run this same SQL.
  Values are taken as whole billionths (hugeint): sums, ties, "on the mean" and "on a limit" are then exact, whatever the order of the rows.

  `points`      one row per series, phase, and eligible period of the phase's window (the periods that its limits are worked out from):
                series_id, phase (integer), rebase_no (integer; runs cross from one window into the next, but never a rebase),
                period (whole number; a month: 12 * year + month), y (hugeint, billionths of the unit),
                is_excluded (a special event: drawn and tested, but in no limits), is_judged (the phase is the period's own: each period has one)
  `parameters`  one row per series: series_id and the columns of spc_defaults()

  Gives CTEs, among them `spc_limits`, one row per series and phase, and, last, `spc_zoned`, one row per judged point with its zone; spc_rules goes on
  from there.
  Limits stand apart, so that the rows that are sorted again and again stay narrow.
#}
{% macro spc_xmr(points, parameters) %}
-- A stretch is a run of periods without a gap: neither moving ranges nor runs cross a gap or a rebase.
spc_placed as (
    select
        series_id,
        period,
        phase,
        rebase_no,
        y,
        is_excluded,
        is_judged,
        row_number() over (partition by series_id, phase order by period) as position,
        period - row_number() over (partition by series_id, phase order by period) as stretch
    from {{ points }}
),

spc_based as (
    select
        placed.*,
        not placed.is_excluded and placed.position <= coalesce(parameters.baseline_n, placed.position) as is_in_limits
    from spc_placed as placed
    inner join {{ parameters }} as parameters on placed.series_id = parameters.series_id
),

spc_ranged as (
    select
        *,
        case when is_in_limits and lag(is_in_limits) over unbroken then abs(y - lag(y) over unbroken) end as mr
    from spc_based
    window unbroken as (partition by series_id, phase, stretch order by position)
),

spc_phases as (
    select
        series_id,
        phase,
        max(max(period)) over (partition by series_id) as latest_period,
        cast(count(*) filter (where not is_excluded) as integer) as n_phase,
        cast(count(*) filter (where is_in_limits) as integer) as n_limits,
        sum(y) filter (where is_in_limits) as y_sum,
        sum(mr) as mr_sum,
        cast(count(mr) as integer) as mr_count
    from spc_ranged
    group by series_id, phase
),

-- One pass of screening: a moving range at or above 3.267 times the mean of all is left out.
spc_screened as (
    select
        ranged.series_id,
        ranged.phase,
        sum(ranged.mr) as mr_sum,
        count(*) as mr_count
    from spc_ranged as ranged
    inner join spc_phases as phases
        on
            ranged.series_id = phases.series_id
            and ranged.phase = phases.phase
    inner join {{ parameters }} as parameters on ranged.series_id = parameters.series_id
    where ranged.mr < round(parameters.mr_screen_mult * cast(phases.mr_sum as double) / phases.mr_count)
    group by ranged.series_id, ranged.phase
),

-- Nothing kept, or nothing but ranges of 0, would give limits without width around values that do vary: the unscreened ones stand, as degenerate.
spc_spread as (
    select
        phases.*,
        parameters.sigma_mult,
        cast(phases.y_sum as double) / phases.n_limits / 1e9 as mean,
        cast(phases.mr_sum as double) / phases.mr_count / 1e9 as mr_bar_unscreened,
        coalesce(
            case when screened.mr_sum > 0 then cast(screened.mr_sum as double) / screened.mr_count / 1e9 end,
            cast(phases.mr_sum as double) / phases.mr_count / 1e9
        ) as mr_bar_screened,
        case when parameters.mr_screen then mr_bar_screened else mr_bar_unscreened end as mr_bar,
        case
            when phases.n_phase < parameters.min_n_limits then 'none'
            when phases.mr_count < parameters.min_n_limits - 1 then 'gap'
            when phases.mr_sum = 0 then 'degenerate'
            when parameters.mr_screen and coalesce(screened.mr_sum, 0) = 0 then 'degenerate'
            when phases.n_phase < parameters.min_n_icons then 'trial'
            when phases.n_phase < parameters.established_n then 'provisional'
            else 'established'
        end as limits_status
    from spc_phases as phases
    inner join {{ parameters }} as parameters on phases.series_id = parameters.series_id
    left join spc_screened as screened
        on
            phases.series_id = screened.series_id
            and phases.phase = screened.phase
),

spc_limits as (
    select
        *,
        limits_status not in ('none', 'gap') as has_limits,
        case when has_limits then mean - sigma_mult * mr_bar end as lpl,
        case when has_limits then mean + sigma_mult * mr_bar end as upl,
        case when has_limits then mean - sigma_mult * 2 / 3 * mr_bar end as lower_2s,
        case when has_limits then mean + sigma_mult * 2 / 3 * mr_bar end as upper_2s,
        case when has_limits then mean - sigma_mult * mr_bar_screened end as lpl_screened,
        case when has_limits then mean + sigma_mult * mr_bar_screened end as upl_screened,
        case when has_limits then mean - sigma_mult * mr_bar_unscreened end as lpl_unscreened,
        case when has_limits then mean + sigma_mult * mr_bar_unscreened end as upl_unscreened
    from spc_spread
),

-- Rules that rest on limits (outside, two of three) need limits; those that rest on the mean or on neighbours do not.
spc_zoned as (
    select
        ranged.series_id,
        ranged.period,
        ranged.phase,
        ranged.rebase_no,
        row_number() over (partition by ranged.series_id, ranged.rebase_no order by ranged.period) as position,
        ranged.period - row_number() over (partition by ranged.series_id, ranged.rebase_no order by ranged.period) as stretch,
        ranged.y,
        cast(ranged.mr as double) / 1e9 as mr,
        coalesce(sign(ranged.y * limits.n_limits - limits.y_sum), 0) as side,
        case
            when ranged.y > round(limits.upl * 1e9) then 1
            when ranged.y < round(limits.lpl * 1e9) then -1
            else 0
        end as outside,
        case
            when outside <> 0 then 0
            when ranged.y > round(limits.upper_2s * 1e9) then 1
            when ranged.y < round(limits.lower_2s * 1e9) then -1
            else 0
        end as near
    from spc_ranged as ranged
    inner join spc_limits as limits
        on
            ranged.series_id = limits.series_id
            and ranged.phase = limits.phase
    where ranged.is_judged
)
{% endmacro %}


{#
  The four rules, each -1, 0 or 1, on points that know their zone: methods.md 1.2, steps 8 and 9. Any chart whose points have zones uses them.

  `zoned`       one row per point: series_id, rebase_no, stretch, position (whole numbers without a gap in a stretch), y (hugeint; for the trend),
                side, outside, near (-1, 0 or 1; near is beyond two sigma and not outside), and whatever else
  `parameters`  one row per series: series_id and the columns of spc_defaults()

  Gives CTEs, the last of which is `spc_flagged`: the columns of `zoned`, rule_outside, rule_shift, rule_trend, rule_two_of_three, special_cause
  (outside > trend > two_of_three > shift) and special_cause_sign.
#}
{% macro spc_rules(zoned, parameters) %}
spc_stepped as (
    select
        zoned.*,
        parameters.shift_n,
        parameters.trend_n,
        parameters.trend_ties,
        sign(zoned.y - lag(zoned.y) over unbroken) as plain_step,
        parameters.two_of_three
        and (zoned.near <> 0 or (parameters.two_of_three_counts_beyond_3sigma and zoned.outside <> 0)) as is_beyond_2s
    from {{ zoned }} as zoned
    inner join {{ parameters }} as parameters on zoned.series_id = parameters.series_id
    window unbroken as (partition by zoned.series_id, zoned.rebase_no, zoned.stretch order by zoned.position)
),

-- With ties ignored, a point equal to its neighbour takes the direction of the last step before it, and counts for nothing.
spc_directed as (
    select
        *,
        case
            when trend_ties = 'ignore' and plain_step = 0 then last_value(nullif(plain_step, 0) ignore nulls) over (
                partition by series_id, rebase_no, stretch
                order by position
                rows unbounded preceding
            )
            else plain_step
        end as step
    from spc_stepped
),

-- Neighbours that are alike have the same difference of position and number among their like.
spc_runs as (
    select
        *,
        position - row_number() over (partition by series_id, rebase_no, stretch, side order by position) as side_run,
        position - row_number() over (partition by series_id, rebase_no, stretch, step order by position) as step_run,
        side <> 0
        and side = lag(side) over unbroken
        and side = lag(side, 2) over unbroken
        and cast(is_beyond_2s as integer) + cast(lag(is_beyond_2s) over unbroken as integer)
        + cast(lag(is_beyond_2s, 2) over unbroken as integer) >= 2 as closes_two_of_three
    from spc_directed
    window unbroken as (partition by series_id, rebase_no, stretch order by position)
),

spc_counted as (
    select
        *,
        case when count(*) over (partition by series_id, rebase_no, stretch, side, side_run) >= shift_n then side else 0 end as rule_shift,
        case
            when count(*) filter (where plain_step <> 0) over (partition by series_id, rebase_no, stretch, step, step_run) >= trend_n - 1 then step
        end as step_trend
    from spc_runs
),

-- A run of steps takes in the point before its first step; a point of two runs takes the sign of the later one.
spc_ruled as (
    select
        * exclude (shift_n, trend_n, trend_ties, plain_step, step, side_run, step_run, step_trend, closes_two_of_three, is_beyond_2s),
        outside as rule_outside,
        coalesce(nullif(lead(step_trend) over unbroken, 0), nullif(step_trend, 0), 0) as rule_trend,
        case
            when not is_beyond_2s then 0
            when closes_two_of_three or lead(closes_two_of_three) over unbroken or lead(closes_two_of_three, 2) over unbroken then side
            else 0
        end as rule_two_of_three
    from spc_counted
    window unbroken as (partition by series_id, rebase_no, stretch order by position)
),

spc_flagged as (
    select
        *,
        case
            when rule_outside <> 0 then 'outside'
            when rule_trend <> 0 then 'trend'
            when rule_two_of_three <> 0 then 'two_of_three'
            when rule_shift <> 0 then 'shift'
        end as special_cause,
        case special_cause
            when 'outside' then rule_outside
            when 'trend' then rule_trend
            when 'two_of_three' then rule_two_of_three
            when 'shift' then rule_shift
            else 0
        end as special_cause_sign
    from spc_ruled
)
{% endmacro %}


{# What a point says of the measure: the sign of its special cause against the direction of improvement. Null where no icon may be shown. #}
{% macro spc_variation(sign, direction, limits_status) %}
    case
        when {{ limits_status }} not in ('provisional', 'established') then null
        when {{ sign }} = 0 then 'common_cause'
        else
            case
                when {{ direction }} = 'neutral' then 'neutral'
                when ({{ sign }} = 1) = ({{ direction }} = 'increase') then 'improvement'
                else 'concern'
            end
            || case {{ sign }} when 1 then '_high' else '_low' end
    end
{% endmacro %}


{# Whether the process, left alone, will meet its target: raw limits, strict; a target on a limit is hit or miss. #}
{% macro spc_assurance(target, direction, lpl, upl, limits_status) %}
    case
        when {{ target }} is null or {{ direction }} = 'neutral' or {{ limits_status }} not in ('provisional', 'established') then null
        when {{ target }} > {{ upl }} then case {{ direction }} when 'increase' then 'fail' else 'pass' end
        when {{ target }} < {{ lpl }} then case {{ direction }} when 'increase' then 'pass' else 'fail' end
        else 'hit_or_miss'
    end
{% endmacro %}


{#
  Why the limits are not trusted to say whether the target will be met; null where they are. A forecast and the facts beside it never contradict:
  it is withheld where the target was missed (or met) against it for three months or more, where the latest month signals against it, and where a
  third of the months of the phase are flagged.
#}
{% macro spc_assurance_doubt(assurance, is_target_met, months_running, sign, direction, flagged_share) %}
    case
        when {{ assurance }} is null then null
        when {{ assurance }} = 'pass' and not {{ is_target_met }} and {{ months_running }} >= 3
            then 'target missed for ' || {{ months_running }} || ' months running'
        when {{ assurance }} = 'fail' and {{ is_target_met }} and {{ months_running }} >= 3
            then 'target met for ' || {{ months_running }} || ' months running'
        when {{ assurance }} = 'pass' and {{ sign }} = case {{ direction }} when 'increase' then -1 else 1 end then 'the latest month signals against the target'
        when {{ assurance }} = 'fail' and {{ sign }} = case {{ direction }} when 'increase' then 1 else -1 end then 'the latest month signals towards the target'
        when {{ flagged_share }} >= 1.0 / 3 then 'a third or more of the months are flagged'
    end
{% endmacro %}


{# A value in whole billionths, in which sums and comparisons are exact. #}
{% macro spc_billionths(value) -%}
    cast(round({{ value }} * 1e9) as hugeint)
{%- endmacro %}


{#
  Every month in each window that it lies in: the periods that the limits of a phase are worked out from, its own and those before.

  `points`  one row per series and period: series_id, rebase_no, phase, month, period, y, is_excluded, and whatever else
  `phases`  one row per series and phase (int_spc_phases)
#}
{% macro spc_windowed(points, phases) %}
    select
        points.* exclude (phase),
        phases.phase,
        points.phase = phases.phase as is_judged
    from {{ phases }} as phases
    inner join {{ points }} as points on
        phases.series_id = points.series_id
        and points.month between phases.window_start and phases.window_end
{% endmacro %}
