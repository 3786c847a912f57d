{%- set p_of_miss = normal_p('((beside.projected_value - beside.target) / beside.standard_error)') %}
-- Where the newest month of each operational measure of a force will end at the present pace, with an interval, beside its target, the same month of the
-- year before and its limits. One row per measure and force. Days that are not covered yet, or not at all, count as expected.
with

areas as (
    select area_id from {{ ref('dim_area') }} where level = 'force'
),

days as (
    select
        days.*,
        max(days.local_date) over (partition by days.measure_id, days.area_id) as newest_date
    from {{ ref('daily_values') }} as days
    semi join areas on days.area_id = areas.area_id
),

recipes as (
    select
        measure_id,
        statistic,
        scale
    from {{ ref('int_measure_recipes') }}
),

expectations as (
    select * from {{ ref('int_daily_expectations') }}
),

-- What there is of the month, and what an ordinary day of the last eight weeks divides by.
so_far as (
    select
        measure_id,
        area_id,
        any_value(newest_date) as local_date,
        any_value(unit) as unit,
        bool_or(denominator is not null) as is_quotient,
        count(*) filter (where date_trunc('month', local_date) = date_trunc('month', newest_date)) as day_count,
        -- as decimals, which add up alike in any order
        coalesce(sum(cast(numerator as decimal(18, 3))) filter (where date_trunc('month', local_date) = date_trunc('month', newest_date)), 0) as observed,
        coalesce(sum(cast(denominator as decimal(18, 3))) filter (where date_trunc('month', local_date) = date_trunc('month', newest_date)), 0) as exposure,
        avg(coalesce(denominator, 1)) filter (where local_date > newest_date - 56) as exposure_per_day
    from days
    group by measure_id, area_id
),

-- How days are expected by the newest of them.
pace as (
    select
        measure_id,
        area_id,
        arg_max(daily_level, local_date) as daily_level,
        arg_max(level_observed, local_date) as level_observed,
        arg_max(level_exposure, local_date) as level_exposure,
        arg_max(season_factor, local_date) as season_factor,
        arg_max(holiday_factor, local_date) filter (where holiday_title is not null) as holiday_factor,
        arg_max(scatter, local_date) as scatter
    from expectations
    group by measure_id, area_id
),

weekdays as (
    select
        measure_id,
        area_id,
        isodow(local_date) as weekday,
        arg_max(weekday_factor, local_date) as weekday_factor
    from expectations
    group by measure_id, area_id, isodow(local_date)
),

of_month as (
    select
        measure_id,
        area_id,
        cast(unnest(generate_series(date_trunc('month', local_date), last_day(local_date), interval 1 day)) as date) as local_date
    from so_far
),

to_come as (
    select
        of_month.measure_id,
        of_month.area_id,
        of_month.local_date,
        so_far.exposure_per_day as exposure,
        so_far.exposure_per_day * pace.daily_level * coalesce(weekdays.weekday_factor, 1) * pace.season_factor
        * case when bank_holidays.date is not null then coalesce(pace.holiday_factor, 1) else 1 end as expected
    from of_month
    inner join so_far on of_month.measure_id = so_far.measure_id and of_month.area_id = so_far.area_id
    inner join pace on of_month.measure_id = pace.measure_id and of_month.area_id = pace.area_id
    left join weekdays
        on
            of_month.measure_id = weekdays.measure_id
            and of_month.area_id = weekdays.area_id
            and isodow(of_month.local_date) = weekdays.weekday
    left join {{ ref('bank_holidays') }} as bank_holidays on of_month.local_date = bank_holidays.date
    anti join days
        on
            of_month.measure_id = days.measure_id
            and of_month.area_id = days.area_id
            and of_month.local_date = days.local_date
),

-- The month up to its newest day, and up to each day to come.
running as (
    select
        measure_id,
        area_id,
        local_date,
        0 as expected,
        0 as exposure
    from so_far
    union all
    select
        to_come.measure_id,
        to_come.area_id,
        greatest(to_come.local_date, so_far.local_date) as local_date,
        sum({{ spc_billionths('to_come.expected') }}) over up_to_the_day / 1e9 as expected,
        sum({{ spc_billionths('to_come.exposure') }}) over up_to_the_day / 1e9 as exposure
    from to_come
    inner join so_far on to_come.measure_id = so_far.measure_id and to_come.area_id = so_far.area_id
    window up_to_the_day as (partition by to_come.measure_id, to_come.area_id order by to_come.local_date)
),

rest as (
    select
        measure_id,
        area_id,
        -- whole billionths, so that the order of the days changes nothing
        sum({{ spc_billionths('expected') }}) / 1e9 as expected,
        sum({{ spc_billionths('exposure') }}) / 1e9 as exposure
    from to_come
    group by measure_id, area_id
),

-- Scatter of the days to come, and the error of the level, which they share.
projected as (
    select
        so_far.*,
        recipes.statistic = 'share' as is_share,
        recipes.scale,
        coalesce(rest.expected, 0) as rest_expected,
        coalesce(rest.exposure, 0) as rest_exposure,
        coalesce(
            case
                when so_far.is_quotient then pace.scatter * rest.exposure * (1 + rest.exposure / nullif(pace.level_exposure, 0))
                else pace.scatter * rest.expected * (1 + rest.expected / nullif(pace.level_observed, 0))
            end,
            0
        ) as variance
    from so_far
    inner join pace on so_far.measure_id = pace.measure_id and so_far.area_id = pace.area_id
    inner join recipes on so_far.measure_id = recipes.measure_id
    left join rest on so_far.measure_id = rest.measure_id and so_far.area_id = rest.area_id
),

valued as (
    select
        *,
        case when is_quotient then scale * observed / nullif(exposure, 0) else observed end as value_so_far,
        case when is_quotient then scale * (observed + rest_expected) / nullif(exposure + rest_exposure, 0) else observed + rest_expected end as projected_value,
        case when is_quotient then scale * sqrt(variance) / nullif(exposure + rest_exposure, 0) else sqrt(variance) end as standard_error
    from projected
),

bounded as (
    select
        *,
        case
            when variance = 0 then projected_value
            when is_quotient then greatest(projected_value - 1.96 * standard_error, 0)
            else observed + {{ gamma_quantile('rest_expected', 'variance', '-1.96') }}
        end as lower_value,
        case
            when variance = 0 then projected_value
            when is_quotient then least(projected_value + 1.96 * standard_error, case when is_share then 100 else cast('infinity' as double) end)
            else observed + {{ gamma_quantile('rest_expected', 'variance', '1.96') }}
        end as upper_value
    from valued
    where projected_value is not null
),

charts as (
    select
        measure_id,
        area_id,
        lpl_display,
        upl_display
    from {{ ref('measure_spc') }}
    where
        segment = 'all'
        and not is_seasonally_adjusted
        and is_latest
),

beside as (
    select
        bounded.*,
        year_before.value as year_before_value,
        targets.target,
        targets.target_type,
        case dim_measure.direction when 'increase' then -1 when 'decrease' then 1 end as worse,
        charts.lpl_display as lpl,
        charts.upl_display as upl
    from bounded
    inner join {{ ref('dim_measure') }} as dim_measure on bounded.measure_id = dim_measure.measure_id
    left join {{ ref('measure_values') }} as year_before
        on
            bounded.measure_id = year_before.measure_id
            and bounded.area_id = year_before.area_id
            and year_before.segment = 'all'
            and year_before.period_type = 'month'
            and year_before.is_complete
            and year_before.period_end = last_day(bounded.local_date - interval 1 year)
    left join {{ ref('int_measure_targets') }} as targets
        on
            bounded.measure_id = targets.measure_id
            and bounded.area_id = targets.area_id
            and bounded.local_date between targets.valid_from and targets.valid_to
    left join charts
        on bounded.measure_id = charts.measure_id and bounded.area_id = charts.area_id
),

-- A count that is to be high is on the wrong side until it is reached: only the month's end says that it was missed.
breaches as (
    select
        beside.measure_id,
        beside.area_id,
        min(running.local_date) as likely_breach_date
    from beside
    inner join running on beside.measure_id = running.measure_id and beside.area_id = running.area_id
    where
        (beside.is_quotient or beside.worse > 0 or running.local_date = last_day(running.local_date))
        and beside.worse * (
            case
                when beside.is_quotient then beside.scale * (beside.observed + running.expected) / nullif(beside.exposure + running.exposure, 0)
                else beside.observed + running.expected
            end - beside.target
        ) > 0
    group by beside.measure_id, beside.area_id
)

select
    beside.measure_id,
    beside.area_id,
    {{ month_of('beside.local_date') }} as month,
    beside.local_date,
    cast(beside.day_count as bigint) as day_count,
    beside.value_so_far,
    beside.projected_value,
    beside.lower_value,
    beside.upper_value,
    beside.unit,
    beside.year_before_value,
    beside.target,
    beside.target_type,
    case
        when beside.target is null or beside.worse is null then null
        when beside.standard_error = 0 then case when beside.worse * (beside.projected_value - beside.target) > 0 then 100 else 0 end
        when beside.worse * (beside.projected_value - beside.target) > 0 then 100 - 50 * {{ p_of_miss }}
        else 50 * {{ p_of_miss }}
    end as breach_pct,
    breaches.likely_breach_date,
    beside.lpl,
    beside.upl
from beside
left join breaches on beside.measure_id = breaches.measure_id and beside.area_id = breaches.area_id
