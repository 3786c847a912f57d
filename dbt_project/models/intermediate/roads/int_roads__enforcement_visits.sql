-- Speed enforcement visits with their areas and the financial year that they count towards.
with visits as (
    select * from {{ ref('stg_roads__enforcement_visits') }}
),

teams as (
    select * from {{ ref('int_geography__teams') }}
)

select
    visits.visit_id,
    visits.force_code,
    concat(visits.force_code, '_force') as force_area_id,
    coalesce(teams.district_area_id, concat(visits.force_code, '_unallocated')) as district_area_id,
    coalesce(teams.cpt_area_id, concat(visits.force_code, '_unallocated_cpt')) as cpt_area_id,
    {{ month_of('visits.visit_date') }} as month,
    visits.visit_date as local_date,
    false as is_excluded,
    {{ financial_year_start('visits.visit_date') }} as financial_year_start,
    {{ plain_place('visits.location') }} as location,
    visits.courses_issued,
    visits.fines_and_points_issued,
    visits.court_appearances
from visits
left join teams
    on
        teams.force_code = visits.force_code
        and teams.team_name = {{ plain_name('visits.cpt') }}
