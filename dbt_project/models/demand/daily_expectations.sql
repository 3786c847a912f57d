-- The last days of each operational measure of a force against what they would have had. One row per measure, force and day that can be judged.
with

expectations as (
    select * from {{ ref('int_daily_expectations') }}
    where z is not null  -- days that were all alike say nothing of how far from them another may lie
),

areas as (
    select * from {{ ref('dim_area') }}
),

latest as (
    select
        *,
        max(local_date) over (partition by area_id) as latest_date,
        count(*) over (partition by area_id, local_date) as judged_count
    from expectations
),

-- The false flags expected per day are those of the variable, whatever the number of measures (Bonferroni).
flagged as (
    select
        *,
        coalesce({{ normal_p('z') }} * judged_count <= {{ var('false_flags_per_day') }}, false) as is_flagged
    from latest
    where local_date > latest_date - {{ var('judged_days') }}
),

-- What drove it: the community policing team whose day differs most from its last eight days of that weekday, in the direction of the flag.
team_days as (
    select
        days.measure_id,
        days.local_date,
        areas.force_code,
        areas.area_name,
        days.numerator - avg(days.numerator) over (
            partition by days.measure_id, days.area_id, isodow(days.local_date) order by days.local_date
            range between interval 56 day preceding and interval 1 day preceding
        ) as difference
    from {{ ref('daily_values') }} as days
    inner join areas on days.area_id = areas.area_id
    where
        areas.level = 'cpt'
        and days.denominator is null
),

drivers as (
    select
        flagged.measure_id,
        flagged.area_id,
        flagged.local_date,
        -- of teams that differ alike, the first by name
        first(team_days.area_name order by team_days.difference * sign(flagged.z) desc, team_days.area_name asc) as driver_area_name,
        first(team_days.difference order by team_days.difference * sign(flagged.z) desc, team_days.area_name asc) as driver_difference
    from flagged
    inner join areas on flagged.area_id = areas.area_id
    inner join team_days
        on
            flagged.measure_id = team_days.measure_id
            and flagged.local_date = team_days.local_date
            and areas.force_code = team_days.force_code
    where flagged.is_flagged and team_days.difference * sign(flagged.z) > 0
    group by flagged.measure_id, flagged.area_id, flagged.local_date
)

select
    flagged.measure_id,
    flagged.area_id,
    flagged.local_date,
    flagged.local_date = flagged.latest_date as is_latest,
    flagged.holiday_title,
    flagged.value,
    flagged.expected_value,
    flagged.lower_value,
    flagged.upper_value,
    flagged.z,
    flagged.is_flagged,
    drivers.driver_area_name,
    drivers.driver_difference,
    cast(flagged.judged_count as bigint) as judged_count
from flagged
left join drivers
    on
        flagged.measure_id = drivers.measure_id
        and flagged.area_id = drivers.area_id
        and flagged.local_date = drivers.local_date
