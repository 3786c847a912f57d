-- Seed spc_windows names 1 Aprils, one after the other, each with a day of its own financial year, and reaches beyond the latest judged month: where it has
-- run out, the last window would grow without end. The way out is a row for the next 1 April.
{{ config(meta={'dagster': {'ref': {'name': 'int_spc_phases'}}}) }}

with windows as (
    select
        window_year,
        moved_on,
        lead(window_year) over (order by window_year) as next_year
    from {{ ref('spc_windows') }}
),

mistaken as (
    select
        window_year,
        'a window begins on the 1 April of each year, and is moved on a day of that financial year' as problem
    from windows
    where
        month(window_year) <> 4
        or day(window_year) <> 1
        or moved_on < window_year
        or moved_on >= window_year + interval 1 year
        or next_year <> window_year + interval 1 year
),

run_out as (
    select
        max(windows.window_year) as window_year,
        'the seed has no row for the 1 April after the latest month' as problem
    from windows
    having max(windows.window_year) + interval 1 year <= (select max(phases.window_end) from {{ ref('int_spc_phases') }} as phases)
)

select * from mistaken
union all
select * from run_out
