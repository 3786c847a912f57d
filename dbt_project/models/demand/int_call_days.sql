-- A hash of all that the half hours of a day are counted from, and whether it has changed since the last completed build. A call is of the day on which it
-- was offered, or of an earlier one on which its times say that it was answered: it is at work in no half hour before that. One row per local day, and
-- one for each that is gone since.
with

calls as (
    select * from {{ ref('fct_force_calls') }}
    where
        not is_excluded
        and month >= {{ first_daily_month() }}
),

inputs as (
    select
        least(local_date, cast(answered_at as date) - 1) as local_date,
        hash(
            force_area_id, line, local_date, interval_start_at, is_resolved, is_answered, is_abandoned, wait_seconds, answered_at, ended_at, handling_seconds
        ) as content
    from calls

    union all

    select
        local_date,
        hash('covered', force_code) as content
    from {{ ref('int_covered_days') }}
    where feed = 'force_calls'
),

read_by_all as (
    select hash('line', force_area_id, line) as content
    from calls
    group by force_area_id, line

    union all

    select hash('service_levels', input) as content from {{ ref('service_levels') }} as input  -- noqa: AL05

    union all

    select hash('first month', {{ first_daily_month() }}) as content
),

all_together as (
    select sum(content) as content from read_by_all
),

hashed as (
    {{ hashed_inputs('local_date', 'all_together') }}
)

{{ changes_of_inputs('hashed', 'local_date') }}
