-- Whether the profile changed with the event: chi-square and Cramér's V of the two sides over 7 weekdays and 6 blocks of four hours (methods.md 2.5),
-- and the share that falls into the working week and hours. One row per event, measure and area. V says it, not p: with large numbers any p is small;
-- with small ones V is large by chance, so chance has to be left behind too.
{{ config(schema='measures', materialized='table') }}

with

profiles as (
    select * from {{ ref('profiles') }}
),

measures as (
    select * from {{ ref('dim_measure') }}
),

events as (
    select * from {{ ref('profile_events') }}
),

blocks as (
    select
        event_id,
        measure_id,
        area_id,
        local_weekday,
        local_hour // 4 as hour_block,
        cast(coalesce(sum(row_count) filter (where window_name = 'before'), 0) as double) as n_before,
        cast(coalesce(sum(row_count) filter (where window_name = 'after'), 0) as double) as n_after
    from profiles
    group by event_id, measure_id, area_id, local_weekday, local_hour // 4
),

totals as (
    select
        event_id,
        measure_id,
        area_id,
        any_value(months_compared) as months_compared,
        min(window_start) filter (where window_name = 'before') as before_start,
        max(window_end) filter (where window_name = 'after') as after_end,
        cast(sum(row_count) filter (where window_name = 'before') as bigint) as n_before,
        cast(sum(row_count) filter (where window_name = 'after') as bigint) as n_after,
        100.0 * sum(row_count) filter (where window_name = 'before' and is_working_hours) / nullif(sum(row_count) filter (where window_name = 'before'), 0)
            as working_hours_before_pct,
        100.0 * sum(row_count) filter (where window_name = 'after' and is_working_hours) / nullif(sum(row_count) filter (where window_name = 'after'), 0)
            as working_hours_after_pct
    from profiles
    group by event_id, measure_id, area_id
),

-- Each block against what it would hold were both sides alike: (seen - expected)² / expected, of both sides at once.
departures as (
    select
        blocks.event_id,
        blocks.measure_id,
        blocks.area_id,
        blocks.local_weekday,
        blocks.hour_block,
        totals.n_before + totals.n_after as n,
        pow(blocks.n_before * totals.n_after - blocks.n_after * totals.n_before, 2)
        / (cast(totals.n_before as double) * totals.n_after * (blocks.n_before + blocks.n_after)) as chi_square
    from blocks
    inner join totals
        on
            blocks.event_id = totals.event_id
            and blocks.measure_id = totals.measure_id
            and blocks.area_id = totals.area_id
    where
        blocks.n_before + blocks.n_after > 0
        and totals.n_before > 0
        and totals.n_after > 0
),

tested as (
    select
        event_id,
        measure_id,
        area_id,
        list_sum(list(chi_square order by local_weekday, hour_block)) as chi_square,
        count(*) - 1 as degrees_of_freedom,
        sqrt(list_sum(list(chi_square order by local_weekday, hour_block)) / any_value(n)) as cramers_v
    from departures
    group by event_id, measure_id, area_id
),

judged as (
    select
        totals.*,
        tested.chi_square,
        tested.degrees_of_freedom,
        tested.cramers_v,
        -- Wilson and Hilferty: the cube root of chi-square over its degrees of freedom is nearly normal
        coalesce(
            (pow(tested.chi_square / nullif(tested.degrees_of_freedom, 0), 1.0 / 3) - 1 + 2.0 / (9 * tested.degrees_of_freedom))
            / sqrt(2.0 / (9 * tested.degrees_of_freedom)) > 1.645, false
        ) as is_beyond_chance,
        case
            when tested.cramers_v is null then 'nothing to compare'
            when tested.cramers_v < 0.05 then 'no change'
            when not is_beyond_chance then 'no change beyond chance'
            when tested.cramers_v < 0.1 then 'slight change'
            when tested.cramers_v < 0.3 then 'moderate change'
            else 'large change'
        end as words
    from totals
    left join tested
        on
            totals.event_id = tested.event_id
            and totals.measure_id = tested.measure_id
            and totals.area_id = tested.area_id
)

select
    judged.event_id,
    judged.measure_id,
    judged.area_id,
    events.event_month,
    events.title as event_title,
    cast(judged.months_compared as integer) as months_compared,
    judged.before_start,
    judged.after_end,
    judged.n_before,
    judged.n_after,
    cast(judged.chi_square as double) as chi_square,
    cast(judged.degrees_of_freedom as integer) as degrees_of_freedom,
    cast(judged.cramers_v as double) as cramers_v,
    judged.is_beyond_chance,
    judged.words,
    cast(judged.working_hours_before_pct as double) as working_hours_before_pct,
    cast(judged.working_hours_after_pct as double) as working_hours_after_pct,
    measures.title || ', ' || judged.months_compared || case judged.months_compared when 1 then ' month' else ' months' end || ' before and after '
    || strftime(events.event_month, '%B %Y') || ' (' || events.title || '): '
    || judged.words || ' by hour of the day and day of the week'
    || coalesce(format('; on weekdays from 9 to 5: {:.0f}% before, {:.0f}% after', judged.working_hours_before_pct, judged.working_hours_after_pct), '')
    || '.' as sentence
from judged
inner join measures on judged.measure_id = measures.measure_id
inner join events
    on
        judged.event_id = events.event_id
        and judged.measure_id = events.measure_id
