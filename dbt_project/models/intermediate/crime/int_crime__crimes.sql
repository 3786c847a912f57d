-- Crimes with their areas and the populations that they belong to (MEASURES; domain/methods.md 4.1). A cancelled crime is in no volume.
with crimes as (
    select * from {{ ref('stg_crime__crimes') }}
),

teams as (
    select * from {{ ref('int_geography__teams') }}
),

placed as (
    select
        crimes.*,
        {{ local_time('crimes.recorded_at') }} as recorded_local,
        lower(trim(crimes.offence_group)) as plain_group,
        coalesce(teams.district_area_id, concat(crimes.force_code, '_unallocated')) as district_area_id,
        coalesce(teams.cpt_area_id, concat(crimes.force_code, '_unallocated_cpt')) as cpt_area_id
    from crimes
    left join teams
        on
            teams.force_code = crimes.force_code
            and teams.team_name = {{ plain_name('crimes.cpt') }}
)

select
    crime_ref,
    force_code,
    force_key,
    concat(force_code, '_force') as force_area_id,
    district_area_id,
    cpt_area_id,
    {{ month_of('recorded_local') }} as month,
    cast(recorded_local as date) as local_date,
    cancelled_at is not null as is_excluded,
    offence_code,
    offence_group,
    coalesce(is_domestic_abuse, false) as is_domestic_abuse,
    case when is_domestic_abuse then da_risk end as da_risk,
    coalesce(is_csa, false) as is_csa,
    coalesce(is_hate, false) as is_hate,
    coalesce(is_knife, false) as is_knife,
    coalesce(is_exploitation, false) as is_exploitation,
    coalesce(is_rural, false) as is_rural,
    coalesce(victim_age < 18, false) as is_child_victim,
    coalesce(victim_age >= 18, false) as is_adult_victim,
    plain_group = 'rape' as is_rape,
    plain_group = 'serious sexual offence' as is_sso
from placed
