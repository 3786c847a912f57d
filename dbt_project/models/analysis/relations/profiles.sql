-- When things happen before and after a dated event (seed profile_events): counts and shares by weekday and local hour. Both sides have as many
-- months, complete ones only: as many as there are on the shorter side, at most those of the seed.
-- One row per event, measure, side, weekday and hour.
{{ config(schema='measures', materialized='table') }}

with

events as (
    select * from {{ ref('profile_events') }}
),

cells as (
    select * from {{ ref('int_profile_cells') }}
),

-- Months of each series around its event, counted away from it: 1, 2, 3 … on either side, without a gap.
months as (
    select
        events.event_id,
        events.measure_id,
        measure_values.area_id,
        case when measure_values.period_end < events.event_month then 'before' else 'after' end as window_name,
        cast(date_trunc('month', measure_values.period_end) as date) as month,
        abs(date_diff('month', events.event_month, measure_values.period_end) + case when measure_values.period_end < events.event_month then 0 else 1 end)
            as distance,
        events.window_months
    from events
    inner join {{ ref('int_complete_values') }} as measure_values
        on
            events.measure_id = measure_values.measure_id
            and measure_values.period_type = 'month'
            and measure_values.segment = 'all'
    inner join {{ ref('dim_area') }} as areas
        on
            measure_values.area_id = areas.area_id
            and areas.level = 'force'
),

unbroken as (
    select *
    from months
    where distance <= window_months
    qualify distance = row_number() over (partition by event_id, measure_id, area_id, window_name order by distance)
),

sides as (
    select
        event_id,
        measure_id,
        area_id,
        least(max(distance) filter (where window_name = 'before'), max(distance) filter (where window_name = 'after')) as months_compared
    from unbroken
    group by event_id, measure_id, area_id
    having count(distinct window_name) = 2
),

compared as (
    select
        unbroken.event_id,
        unbroken.measure_id,
        unbroken.area_id,
        unbroken.window_name,
        unbroken.month,
        sides.months_compared
    from unbroken
    inner join sides
        on
            unbroken.event_id = sides.event_id
            and unbroken.measure_id = sides.measure_id
            and unbroken.area_id = sides.area_id
            and unbroken.distance <= sides.months_compared
),

-- Every weekday and hour of either side, busy or not.
frame as (
    select
        event_id,
        measure_id,
        area_id,
        window_name,
        min(month) as window_start,
        last_day(max(month)) as window_end,
        any_value(months_compared) as months_compared
    from compared
    group by event_id, measure_id, area_id, window_name
),

slots as (
    select
        frame.*,
        cast(weekdays.local_weekday as integer) as local_weekday,
        cast(hours.local_hour as integer) as local_hour
    from frame
    cross join range(1, 8) as weekdays (local_weekday)
    cross join range(24) as hours (local_hour)
),

counted as (
    select
        compared.event_id,
        compared.measure_id,
        compared.area_id,
        compared.window_name,
        cells.local_weekday,
        cells.local_hour,
        sum(cells.row_count) as row_count
    from compared
    inner join cells
        on
            compared.measure_id = cells.measure_id
            and compared.area_id = cells.area_id
            and compared.month = cells.month
    group by compared.event_id, compared.measure_id, compared.area_id, compared.window_name, cells.local_weekday, cells.local_hour
)

select
    slots.event_id,
    slots.measure_id,
    slots.area_id,
    slots.window_name,
    slots.local_weekday,
    slots.local_hour,
    slots.window_start,
    slots.window_end,
    cast(slots.months_compared as integer) as months_compared,
    cast(coalesce(counted.row_count, 0) as bigint) as row_count,
    cast(
        100 * coalesce(counted.row_count, 0)
        / nullif(sum(counted.row_count) over (partition by slots.event_id, slots.measure_id, slots.area_id, slots.window_name), 0) as double
    ) as share_pct,
    slots.local_weekday <= 5 and slots.local_hour between 9 and 16 as is_working_hours
from slots
left join counted
    on
        slots.event_id = counted.event_id
        and slots.measure_id = counted.measure_id
        and slots.area_id = counted.area_id
        and slots.window_name = counted.window_name
        and slots.local_weekday = counted.local_weekday
        and slots.local_hour = counted.local_hour
