-- Stretches of half hours in which a line needs more operators than are rostered, in words. One row per force, line and stretch within a day.
with

short as (
    select
        *,
        interval_start_at
        - interval 30 minute * row_number() over (partition by area_id, line, local_date order by interval_start_at) as stretch
    from {{ ref('staffing') }}
    where shortfall_count > 0
),

stretches as (
    select
        area_id,
        line,
        local_date,
        min(interval_start_at) as interval_start_at,
        min(interval_start_local) as from_local,
        max(interval_start_local) + interval 30 minute as to_local,
        cast(max(shortfall_count) as bigint) as shortfall_count,
        min(shortfall_count) < max(shortfall_count) as is_uneven,
        cast(sum(shortfall_count) as double) / 2 as short_operator_hours
    from short
    group by area_id, line, local_date, stretch
)

select
    area_id,
    line,
    interval_start_at,
    local_date,
    from_local,
    to_local,
    shortfall_count,
    short_operator_hours,
    concat(
        strftime(local_date, '%A %-d %B'),
        ', ', strftime(from_local, '%H:%M'), '–', strftime(to_local, '%H:%M'),
        ', needs ', case when is_uneven then 'up to ' else '' end, shortfall_count, ' more ',
        upper(line),
        case when shortfall_count = 1 then ' operator' else ' operators' end,
        ' than rostered'
    ) as sentence
from stretches
