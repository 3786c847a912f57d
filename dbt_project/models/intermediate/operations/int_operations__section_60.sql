-- Section 60 authorities with their areas, by the day on which each begins.
with authorities as (
    select * from {{ ref('stg_operations__section_60') }}
),

teams as (
    select * from {{ ref('int_geography__teams') }}
),

timed as (
    select
        *,
        {{ local_time('from_at') }} as from_local
    from authorities
)

select
    timed.authority_id,
    timed.force_code,
    concat(timed.force_code, '_force') as force_area_id,
    coalesce(teams.district_area_id, concat(timed.force_code, '_unallocated')) as district_area_id,
    {{ month_of('timed.from_local') }} as month,
    cast(timed.from_local as date) as local_date,
    false as is_excluded,
    timed.area,
    timed.from_at,
    timed.to_at
from timed
left join teams
    on
        teams.force_code = timed.force_code
        and teams.team_name = {{ plain_name('timed.area') }}
