-- Charts beside XmR, for series that it suits badly: P′ and U′ (Laney) where denominators vary by more than a quarter, T and G (days between events) for
-- rare events. methods.md 1.3. One row per series, chart and point: a month, or an event (of which the month is told, not the day).
{{ config(
    schema='measures',
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ forget_changed_series() }}",
) }}

with

series_points as (
    select *, month_number as period from {{ ref('int_spc_points') }}
    where {{ is_changed_series() }}
),

phases as (
    select * from {{ ref('int_spc_phases') }}
),

kinds as (
    select * from {{ ref('int_spc_kinds') }}
),

charts as (
    select * from {{ ref('int_spc_charts') }}
),

events as (
    select *, event_no as period from {{ ref('int_spc_events') }}
    where {{ is_changed_series() }}
),

windowed_months as (
    {{ spc_windowed('series_points', 'phases') }}
),

windowed_events as (
    {{ spc_windowed('events', 'phases') }}
),

measures as (
    select * from {{ ref('dim_measure') }}
),

measure_parameters as (
    select * from {{ ref('int_spc_parameters') }}
),

-- Every chart is a series of its own for the macros: the number of the series, times ten, and which chart.
divided as (
    select
        months.series_id,
        months.series_id * 10 + case kinds.kind when 'p_prime' then 1 else 2 end as chart_id,
        kinds.kind as chart,
        months.phase,
        months.rebase_no,
        months.is_judged,
        months.period,
        months.month,
        months.is_excluded,
        months.value,
        months.numerator,
        months.denominator
    from windowed_months as months
    inner join kinds on months.series_id = kinds.series_id
    where
        kinds.kind in ('p_prime', 'u_prime')
        and months.denominator > 0
),

centres as (
    select
        chart_id,
        phase,
        cast(sum(cast(round(numerator * 1e3) as hugeint)) as double) / cast(sum(cast(round(denominator * 1e3) as hugeint)) as double) as centre
    from divided
    where not is_excluded
    group by chart_id, phase
),

-- The standard error that the denominator alone would give.
sized as (
    select
        divided.*,
        centres.centre,
        sqrt(centres.centre * case divided.chart when 'p_prime' then 1 - centres.centre else 1 end / divided.denominator) as standard_error
    from divided
    inner join centres
        on
            divided.chart_id = centres.chart_id
            and divided.phase = centres.phase
    where
        centres.centre > 0
        and (divided.chart = 'u_prime' or centres.centre < 1)
),

timed as (
    select
        events.series_id,
        events.series_id * 10 + wanted.number as chart_id,
        wanted.chart,
        events.phase,
        events.rebase_no,
        events.is_judged,
        events.period,
        events.month,
        events.is_excluded,
        cast(events.days_since as double) as value,
        wanted.chart = 't' as is_transformed
    from windowed_events as events
    cross join (values (3, 't'), (4, 'g')) as wanted (number, chart)
),

-- What the moving ranges are taken of: standard scores, the days as they are, or made symmetric by a power (T).
points as (
    select
        series_id,
        chart_id,
        chart,
        phase,
        rebase_no,
        is_judged,
        period,
        month,
        is_excluded,
        value,
        numerator,
        denominator,
        centre,
        standard_error,
        {{ spc_billionths('(numerator / denominator - centre) / standard_error') }} as y
    from sized

    union all by name

    select
        * exclude (is_transformed),
        {{ spc_billionths('case when is_transformed then pow(value, 1 / 3.6) else value end') }} as y
    from timed
),

chart_points as (
    select
        chart_id as series_id,
        period,
        phase,
        rebase_no,
        y,
        is_excluded,
        is_judged
    from points
),

parameters as (
    select
        charted.chart_id as series_id,
        measure_parameters.* exclude (baseline_n),
        cast(null as integer) as baseline_n
    from (select distinct series_id, chart_id from points) as charted
    inner join kinds on charted.series_id = kinds.series_id
    inner join measure_parameters on kinds.measure_id = measure_parameters.measure_id
),

{{ spc_xmr('chart_points', 'parameters') }},

medians as (
    select
        chart_id,
        phase,
        median(value) as median_days,
        cast(sum(cast(value as hugeint)) as double) / count(*) as mean_days
    from points
    where
        chart = 'g'
        and not is_excluded
    group by chart_id, phase
),

-- Centre and reach of three sigma, in the unit of the value: Laney's is the denominator's own, widened by how much the scores really vary; that of G
-- is geometric around the mean, with the median for a centre; that of T is turned back from the power.
reaching as (
    select
        zoned.*,
        points.series_id as plain_series_id,
        points.chart,
        points.month,
        points.value,
        points.numerator,
        points.denominator,
        points.is_excluded,
        limits.n_phase,
        limits.limits_status,
        limits.mr_bar / 1.128 as sigma_z,
        case points.chart
            when 't' then pow(greatest(limits.mean, 0), 3.6)
            when 'g' then medians.median_days
            else 100 * points.centre
        end as centre,
        case points.chart
            when 't' then case when limits.lpl > 0 then pow(limits.lpl, 3.6) end
            when 'g' then null
            else 100 * (points.centre - 3 * points.standard_error * limits.mr_bar / 1.128)
        end as lower_limit,
        case points.chart
            when 't' then pow(limits.upl, 3.6)
            when 'g' then medians.mean_days + 3 * sqrt(medians.mean_days * (medians.mean_days + 1))
            else 100 * (points.centre + 3 * points.standard_error * limits.mr_bar / 1.128)
        end as upper_limit,
        case points.chart
            when 'g' then medians.mean_days + 2 * sqrt(medians.mean_days * (medians.mean_days + 1))
            else 100 * (points.centre + 2 * points.standard_error * limits.mr_bar / 1.128)
        end as upper_2s,
        case
            when points.chart in ('p_prime', 'u_prime') then 100 * (points.centre - 2 * points.standard_error * limits.mr_bar / 1.128)
        end as lower_2s,
        limits.limits_status not in ('none', 'gap') as has_limits
    from spc_zoned as zoned
    inner join points
        on
            zoned.series_id = points.chart_id
            and zoned.phase = points.phase
            and zoned.period = points.period
    inner join spc_limits as limits
        on
            zoned.series_id = limits.series_id
            and zoned.phase = limits.phase
    left join medians
        on
            points.chart_id = medians.chart_id
            and points.phase = medians.phase
),

-- The zones of T are those of its powers; the others are judged by the limits of the point.
limited as (
    select
        * exclude (side, outside, near, lower_limit, upper_limit, upper_2s, lower_2s, has_limits),
        case when has_limits then lower_limit end as lpl,
        case when has_limits then upper_limit end as upl,
        case chart when 'g' then sign(value - centre) else side end as side,
        case
            when chart = 't' then outside
            when has_limits and value > upper_limit then 1
            when has_limits and value < lower_limit then -1
            else 0
        end as outside,
        case
            when chart = 't' then near
            when not has_limits or value > upper_limit or value < lower_limit then 0
            when value > upper_2s then 1
            when value < lower_2s then -1
            else 0
        end as near
    from reaching
),

{{ spc_rules('limited', 'parameters') }},

-- More days between events are fewer events, so the better direction turns round.
judged as (
    select
        flagged.*,
        kinds.measure_id,
        kinds.area_id,
        kinds.segment,
        measures.unit,
        measures.statistic,
        charts.recommended_chart,
        case
            when flagged.chart in ('t', 'g') then case measures.direction when 'decrease' then 'increase' when 'increase' then 'decrease' else 'neutral' end
            else measures.direction
        end as direction,
        parameters.ruleset_id,
        parameters.param_hash
    from spc_flagged as flagged
    inner join kinds on flagged.plain_series_id = kinds.series_id
    inner join charts on flagged.plain_series_id = charts.series_id
    inner join measures on kinds.measure_id = measures.measure_id
    inner join parameters on flagged.series_id = parameters.series_id
)

select
    measure_id,
    area_id,
    segment,
    plain_series_id as series_id,
    chart,
    cast(row_number() over (partition by series_id order by period) as integer) as point_no,
    month,
    value,
    numerator,
    denominator,
    phase,
    rebase_no,
    n_phase,
    is_excluded,
    centre,
    case when chart in ('p_prime', 'u_prime') then sigma_z end as sigma_z,
    lpl,
    upl,
    {{ possible_lower('lpl', 'unit') }} as lpl_display,
    {{ possible_upper('upl', 'unit', 'statistic') }} as upl_display,
    cast(side as integer) as side,
    cast(rule_outside as integer) as rule_outside,
    cast(rule_shift as integer) as rule_shift,
    cast(rule_trend as integer) as rule_trend,
    cast(rule_two_of_three as integer) as rule_two_of_three,
    special_cause,
    cast(special_cause_sign as integer) as special_cause_sign,
    {{ spc_variation('special_cause_sign', 'direction', 'limits_status') }} as variation,
    limits_status,
    period = max(period) over (partition by series_id) as is_latest,
    chart = recommended_chart as is_recommended,
    ruleset_id,
    param_hash
from judged
