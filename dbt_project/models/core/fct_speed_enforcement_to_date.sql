-- Speed enforcement in the financial year to date: as it stood at each month's end that the feed covers, and on the last day that it covers. One
-- row a visit of the financial year up to that day; a day without one has an excluded row, so that it stands with nought. A financial year that
-- the feed does not cover from its beginning has none.
with visits as (
    select * from {{ ref('fct_speed_enforcement') }}
),

coverage as (
    select
        force_code,
        cast(date_trunc('month', first_date) as date) as first_month,
        covered_to
    from {{ ref('int_feed_coverage') }}
    where feed = 'speed_enforcement'
),

days as (
    select
        force_code,
        first_month,
        covered_to as local_date
    from coverage
    union
    select
        force_code,
        first_month,
        last_day(unnest(generate_series(first_month, covered_to, interval 1 month))) as local_date
    from coverage
),

covered as (
    select
        days.force_code,
        cast(days.local_date as date) as local_date,
        {{ financial_year_start('days.local_date') }} as financial_year_start
    from days
    inner join coverage
        on
            days.force_code = coverage.force_code
            and days.local_date <= coverage.covered_to
    where {{ financial_year_start('days.local_date') }} >= days.first_month
)

select
    visits.visit_id,
    covered.force_code,
    concat(covered.force_code, '_force') as force_area_id,
    coalesce(visits.district_area_id, concat(covered.force_code, '_unallocated')) as district_area_id,
    coalesce(visits.cpt_area_id, concat(covered.force_code, '_unallocated_cpt')) as cpt_area_id,
    {{ month_of('covered.local_date') }} as month,
    covered.local_date,
    visits.visit_id is null as is_excluded,
    visits.location,
    visits.courses_issued,
    visits.fines_and_points_issued,
    visits.court_appearances
from covered
left join visits
    on
        covered.force_code = visits.force_code
        and covered.financial_year_start = visits.financial_year_start
        and covered.local_date >= visits.local_date
