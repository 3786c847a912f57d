-- What was to be expected of each day of each operational measure of a force: the level of the last eight weeks, its weekday, the season
-- by last year, and what bank holidays did before; and how far the day lies from that. Methods: docs/demand.md.
with

days as (
    select
        daily_values.measure_id,
        daily_values.area_id,
        daily_values.local_date,
        daily_values.numerator as observed,
        coalesce(daily_values.denominator, 1) as exposure,
        daily_values.denominator is null as is_count,
        -- of a share above a half, the cases that are not in it are the counts to be judged
        recipes.statistic = 'share' as is_share,
        recipes.unit = 'seconds' as is_seconds,
        recipes.scale,
        bank_holidays.title as holiday
    from {{ ref('daily_values') }} as daily_values
    inner join {{ ref('dim_area') }} as areas on daily_values.area_id = areas.area_id
    inner join {{ ref('int_measure_recipes') }} as recipes on daily_values.measure_id = recipes.measure_id
    left join {{ ref('bank_holidays') }} as bank_holidays on daily_values.local_date = bank_holidays.date
    where areas.level = 'force'
),

plain as (
    select
        *,
        isodow(local_date) as weekday,
        case when holiday is null then observed end as plain_observed,
        case when holiday is null then exposure end as plain_exposure
    from days
),

-- The weekday against all days, over half a year.
weekdays as (
    select
        *,
        {{ drawn_towards_one(
            '(sum(plain_observed) over same_weekday / nullif(sum(plain_exposure) over same_weekday, 0))'
            ~ ' / nullif(sum(plain_observed) over half_year / nullif(sum(plain_exposure) over half_year, 0), 0)',
            '1 / nullif(case when is_seconds then sum(plain_exposure) over same_weekday else sum(plain_observed) over same_weekday end, 0)',
            0.15
        ) }} as weekday_factor
    from plain
    window
        half_year as (
            partition by measure_id, area_id order by local_date
            range between interval 182 day preceding and interval 1 day preceding
        ),
        same_weekday as (
            partition by measure_id, area_id, weekday order by local_date
            range between interval 182 day preceding and interval 1 day preceding
        )
),

-- The level of eight weeks, and what four weeks of last year were against the eight before them.
levels as (
    select
        *,
        count(plain_observed) over eight_weeks as level_days,
        sum(plain_observed) over eight_weeks as level_observed,
        sum(plain_exposure * weekday_factor) over eight_weeks as level_exposure,
        case
            when is_count and count(plain_observed) over weeks_before = 56 - count(holiday) over weeks_before
                then {{ drawn_towards_one(
                    'avg(plain_observed) over last_year / nullif(avg(plain_observed) over weeks_before, 0)',
                    '1 / nullif(sum(plain_observed) over last_year, 0) + 1 / nullif(sum(plain_observed) over weeks_before, 0)',
                    0.05
                ) }}
            else 1
        end as season_factor
    from weekdays
    window
        eight_weeks as (
            partition by measure_id, area_id order by local_date
            range between interval 56 day preceding and interval 1 day preceding
        ),
        last_year as (
            partition by measure_id, area_id order by local_date
            range between interval 378 day preceding and interval 351 day preceding
        ),
        weeks_before as (
            partition by measure_id, area_id order by local_date
            range between interval 420 day preceding and interval 365 day preceding
        )
),

ordinary as (
    select
        *,
        exposure * level_observed / nullif(level_exposure, 0) * weekday_factor * season_factor as ordinary_expected
    from levels
    where level_days >= 28
),

-- A bank holiday against an ordinary day: as the earlier ones were, an ordinary one counted among them.
holidays as (
    select
        *,
        case
            when holiday is null or not is_count then 1
            else
                (coalesce(sum(case when holiday is not null then observed end) over earlier, 0) + ordinary_expected)
                / nullif(coalesce(sum(case when holiday is not null then ordinary_expected end) over earlier, 0) + ordinary_expected, 0)
        end as holiday_factor,
        count(holiday) over earlier as earlier_holidays
    from ordinary
    window earlier as (
        partition by measure_id, area_id order by local_date
        range between unbounded preceding and interval 1 day preceding
    )
),

expected as (
    select
        *,
        ordinary_expected * holiday_factor as expected,
        case when is_count then ordinary_expected * holiday_factor else exposure end as scatter_base
    from holidays
),

-- How much days scatter about what was expected of them: never less than counts do by chance.
scattered as (
    select
        *,
        count(*) filter (where holiday is null and scatter_base > 0) over half_year as scatter_days,
        greatest(
            avg(pow(observed - expected, 2) / scatter_base) filter (where holiday is null and scatter_base > 0) over half_year,
            case when is_count then 1 else 0 end
        ) as scatter,
        avg(pow(observed - expected, 2) / scatter_base) filter (where holiday is not null and scatter_base > 0) over earlier as holiday_scatter
    from expected
    window
        half_year as (
            partition by measure_id, area_id order by local_date
            range between interval 182 day preceding and interval 1 day preceding
        ),
        earlier as (
            partition by measure_id, area_id order by local_date
            range between unbounded preceding and interval 1 day preceding
        )
),

-- The scatter of the day, and the error of the level that it is judged by. On a bank holiday, as many earlier ones as there are.
varied as (
    select
        *,
        case
            when is_count
                then scatter * expected * (1 + expected / nullif(level_observed, 0))
                    + case when holiday is not null then greatest(holiday_scatter - scatter, 0) * expected + pow(expected * 0.5, 2) / (1 + earlier_holidays) else 0 end
            else greatest(scatter, case when holiday is not null then holiday_scatter else 0 end) * exposure * (1 + exposure / nullif(level_exposure, 0))
        end as variance,
        is_share and expected > exposure / 2 as is_turned
    from scattered
    where
        scatter_days >= 28
        and exposure > 0
        and expected > 0
),

turned as (
    select
        *,
        case when is_turned then exposure - observed else observed end as counted,
        case when is_turned then exposure - expected else expected end as counted_expected
    from varied
),

judged as (
    select
        *,
        case when is_turned then -1 else 1 end * {{ surprise('counted', 'counted_expected', 'variance', 'not is_seconds') }} + 0.0 as z,
        {{ gamma_quantile('counted_expected', 'variance', 'case when is_turned then 1.96 else -1.96 end') }} as first_end,
        {{ gamma_quantile('counted_expected', 'variance', 'case when is_turned then -1.96 else 1.96 end') }} as second_end
    from turned
    where counted_expected > 0
)

select
    measure_id,
    area_id,
    local_date,
    holiday as holiday_title,
    case when is_count then observed else scale * observed / exposure end as value,
    case when is_count then expected else scale * expected / exposure end as expected_value,
    case
        when is_count then greatest(ceil(first_end - 0.5), 0) + 0.0  -- not -0.0
        else scale * case when is_turned then greatest(exposure - first_end, 0) else first_end end / exposure
    end as lower_value,
    case
        when is_count then floor(second_end + 0.5)
        else scale * case when is_turned then exposure - second_end when is_share then least(second_end, exposure) else second_end end / exposure
    end as upper_value,
    z,
    level_observed / nullif(level_exposure, 0) as daily_level,
    level_observed,
    level_exposure,
    weekday_factor,
    season_factor,
    holiday_factor,
    scatter
from judged
