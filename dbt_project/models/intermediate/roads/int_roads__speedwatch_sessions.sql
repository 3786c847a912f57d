-- Speedwatch sessions with their areas. Sessions, checks (the app's records) and vehicles are three units. A session with more vehicles
-- speeding than observed cannot be right: it is in no measure, but is kept and counted.
with sessions as (
    select * from {{ ref('stg_roads__speedwatch_sessions') }}
),

teams as (
    select * from {{ ref('int_geography__teams') }}
)

select
    sessions.session_id,
    sessions.force_code,
    concat(sessions.force_code, '_force') as force_area_id,
    coalesce(teams.district_area_id, concat(sessions.force_code, '_unallocated')) as district_area_id,
    coalesce(teams.cpt_area_id, concat(sessions.force_code, '_unallocated_cpt')) as cpt_area_id,
    {{ month_of('sessions.session_date') }} as month,
    sessions.session_date as local_date,
    sessions.vehicles_speeding > sessions.vehicles_observed as is_excluded,
    {{ plain_place('sessions.location') }} as location,
    sessions.speedwatch_group,
    sessions.checks,
    sessions.vehicles_observed,
    sessions.vehicles_speeding
from sessions
left join teams
    on
        teams.force_code = sessions.force_code
        and teams.team_name = {{ plain_name('sessions.cpt') }}
