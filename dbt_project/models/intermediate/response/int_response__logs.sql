-- Logs with their response interval, the reason why they have none, and their service level (MEASURES; domain/methods.md 3.2 and 3.3).
-- The clock starts at creation, or at the grading where the final grade differs from the initial one. Of the cascade of methods 3.3, the
-- codes that take a log out of the response times exclude; what MEASURES keeps in (regraded, self-generated, zero, over ten hours) is noted.
with logs as (
    select * from {{ ref('stg_command_control__logs') }}
),

teams as (
    select * from {{ ref('int_geography__teams') }}
),

sla as (
    select * from {{ ref('sla') }}
),

placed as (
    select
        logs.*,
        {{ local_time('logs.created_at') }} as created_local,
        concat(logs.force_code, '_force') as force_area_id,
        coalesce(teams.district_area_id, concat(logs.force_code, '_unallocated')) as district_area_id,
        coalesce(teams.cpt_area_id, concat(logs.force_code, '_unallocated_cpt')) as cpt_area_id,
        case when logs.final_grade <> logs.initial_grade then coalesce(logs.graded_at, logs.created_at) else logs.created_at end as clock_at
    from logs
    left join teams
        on
            teams.force_code = logs.force_code
            and teams.team_name = {{ plain_name('logs.cpt') }}
),

timed as (
    select
        *,
        cast(created_local as date) as local_date,
        cast(hour(created_local) as integer) as local_hour,
        date_trunc('hour', created_at) as hour_start_at,
        {{ seconds_between('clock_at', 'first_arrived_at') }} as elapsed_seconds,
        {{ seconds_between('first_arrived_at', 'scene_cleared_at') }} as scene_seconds,
        coalesce(is_test, false) as is_test_log,
        coalesce(deployed, false) as is_deployed
    from placed
),

classified as (
    select
        *,
        case
            when is_test_log then 'X01_TEST'
            when duplicate_of is not null then 'X02_DUP'
            when not is_deployed then 'X03_NODEPLOY'
            when first_arrived_at is null then 'X06_NOARRIVE'
            when elapsed_seconds < 0 then 'X07_NEG'
        end as response_exclusion_code,
        case
            when not is_deployed or elapsed_seconds is null or elapsed_seconds < 0 then null
            when final_grade <> initial_grade then 'X04_REGRADED'
            when elapsed_seconds = 0 and source like 'officer%' then 'X05_SELFGEN'
            when elapsed_seconds < 10 then 'X08_ZERO'
            when appointment_requested then 'X10_APPT'
            when elapsed_seconds > {{ var('over_10h_seconds') }} then 'X11_GT10H'
        end as response_note_code,
        case when is_deployed and elapsed_seconds >= 0 then elapsed_seconds end as response_seconds
    from timed
),

judged as (
    select
        classified.*,
        coalesce(district_sla.threshold_seconds, force_sla.threshold_seconds) as sla_seconds
    from classified
    left join sla as district_sla
        on
            district_sla.grade = classified.final_grade
            and district_sla.area_id = classified.district_area_id
            and classified.local_date between district_sla.valid_from and district_sla.valid_to
    left join sla as force_sla
        on
            force_sla.grade = classified.final_grade
            and force_sla.area_id = classified.force_area_id
            and classified.local_date between force_sla.valid_from and force_sla.valid_to
)

select
    log_number,
    force_code,
    force_area_id,
    district_area_id,
    cpt_area_id,
    {{ month_of('created_local') }} as month,
    local_date,
    local_hour,
    hour_start_at,
    is_test_log or duplicate_of is not null as is_excluded,
    source,
    initial_grade,
    final_grade,
    opening_type,
    closing_type,
    asb_type,
    is_deployed,
    coalesce(lower(trim(closing_type)) = 'silent 999', false) as is_silent_999,
    lower(final_grade) = 'no deployment' as is_no_deployment,
    clock_at,
    response_seconds,
    response_exclusion_code,
    response_note_code,
    case when scene_seconds >= 0 then scene_seconds end as time_at_scene_seconds,
    sla_seconds,
    response_seconds <= sla_seconds as is_within_sla,
    response_seconds > {{ var('over_10h_seconds') }} as is_over_10h
from judged
