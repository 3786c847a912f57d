-- Arrests with the crime they were made for. An arrest whose crime is missing or cancelled is in no measure, but is kept and counted.
with arrests as (
    select * from {{ ref('stg_custody__arrests') }}
),

crimes as (
    select * from {{ ref('int_crime__crimes') }}
),

timed as (
    select
        *,
        {{ local_time('arrested_at') }} as arrested_local
    from arrests
)

select
    timed.arrest_id,
    timed.force_code,
    concat(timed.force_code, '_force') as force_area_id,
    coalesce(crimes.district_area_id, concat(timed.force_code, '_unallocated')) as district_area_id,
    coalesce(crimes.cpt_area_id, concat(timed.force_code, '_unallocated_cpt')) as cpt_area_id,
    {{ month_of('timed.arrested_local') }} as month,
    cast(timed.arrested_local as date) as local_date,
    coalesce(crimes.is_excluded, true) as is_excluded,
    timed.crime_ref,
    timed.disposal,
    crimes.crime_ref is not null as has_crime,
    coalesce(crimes.is_domestic_abuse, false) as is_domestic_abuse,
    coalesce(crimes.is_rape, false) as is_rape,
    coalesce(crimes.is_sso, false) as is_sso
from timed
left join crimes
    on
        crimes.crime_ref = timed.crime_ref
        and crimes.force_key = timed.force_key
