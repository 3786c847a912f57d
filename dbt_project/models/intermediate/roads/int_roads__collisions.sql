-- Injury collisions with their district and who was killed or seriously injured. A KSI collision is one collision, its KSI casualties are people:
-- two counts. Where the file does not count casualties by severity, a KSI collision counts one, the least it can have.
with collisions as (
    select * from {{ ref('stg_roads__collisions') }}
),

districts as (
    select force_code, alias, target from {{ ref('area_aliases') }} where kind = 'ons_district'
),

judged as (
    select
        *,
        collision_severity in ('fatal', 'serious') as is_ksi,
        fatal_casualties is not null and serious_casualties is not null as is_ksi_counted
    from collisions
)

select
    judged.collision_index,
    judged.force_code,
    concat(judged.force_code, '_force') as force_area_id,
    coalesce(districts.target, concat(judged.force_code, '_unallocated')) as district_area_id,
    {{ month_of('judged.date') }} as month,
    judged.date as local_date,
    false as is_excluded,
    judged.collision_severity,
    judged.number_of_casualties,
    judged.is_ksi,
    judged.is_ksi_counted,
    case
        when judged.is_ksi_counted then judged.fatal_casualties + judged.serious_casualties
        when judged.is_ksi then 1
        else 0
    end as ksi_casualties
from judged
left join districts
    on
        districts.force_code = judged.force_code
        and districts.alias = lower(judged.local_authority_ons_district)
