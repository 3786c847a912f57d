-- Section 60 authorities of the last weeks (var section_60_window_weeks): those that began in the days up to each month's end that the
-- register covers. One row per authority and month's end, and an excluded row for every month's end, so that one without an authority stands
-- with nought. A month's end whose window begins before the register has none.
with authorities as (
    select * from {{ ref('fct_section_60') }}
),

coverage as (
    select
        force_code,
        cast(date_trunc('month', first_date) as date) as first_month,
        covered_to
    from {{ ref('int_feed_coverage') }}
    where feed = 'section_60'
),

ends as (
    select
        force_code,
        first_month,
        covered_to,
        cast(last_day(unnest(generate_series(first_month, covered_to, interval 1 month))) as date) as local_date
    from coverage
),

windows as (
    select
        force_code,
        local_date,
        local_date - {{ 7 * var('section_60_window_weeks') }} + 1 as first_date
    from ends
    where
        local_date <= covered_to
        and local_date - {{ 7 * var('section_60_window_weeks') }} + 1 >= first_month
)

select
    authorities.authority_id,
    windows.force_code,
    authorities.force_area_id,
    authorities.district_area_id,
    {{ month_of('windows.local_date') }} as month,
    windows.local_date,
    false as is_excluded
from windows
inner join authorities
    on
        windows.force_code = authorities.force_code
        and authorities.local_date between windows.first_date and windows.local_date

union all

select
    cast(null as varchar) as authority_id,
    force_code,
    concat(force_code, '_force') as force_area_id,
    concat(force_code, '_unallocated') as district_area_id,
    {{ month_of('local_date') }} as month,
    local_date,
    true as is_excluded
from windows
