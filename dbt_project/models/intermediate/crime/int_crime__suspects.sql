-- Suspects of each snapshot with the crime they are suspected of (methods 4.3). A suspect whose crime is missing or cancelled is in no measure,
-- but is kept and counted. How long a suspect has been outstanding is counted to the day of the snapshot.
with suspects as (
    select * from {{ ref('stg_crime__suspects') }}
),

crimes as (
    select * from {{ ref('int_crime__crimes') }}
),

aged as (
    select
        *,
        snapshot_date - since_date as outstanding_days
    from suspects
)

select
    aged.snapshot_date,
    aged.suspect_id,
    aged.crime_ref,
    concat(aged.suspect_id, '|', aged.crime_ref) as suspect_crime_id,
    aged.force_code,
    concat(aged.force_code, '_force') as force_area_id,
    coalesce(crimes.district_area_id, concat(aged.force_code, '_unallocated')) as district_area_id,
    coalesce(crimes.cpt_area_id, concat(aged.force_code, '_unallocated_cpt')) as cpt_area_id,
    {{ month_of('aged.snapshot_date') }} as month,
    aged.snapshot_date as local_date,
    coalesce(crimes.is_excluded, true) as is_excluded,
    aged.status,
    aged.status = 'outstanding' as is_outstanding,
    case
        when aged.outstanding_days < 0 or aged.outstanding_days is null then 'not recorded'
        when aged.outstanding_days <= 28 then '0-28 days'
        when aged.outstanding_days <= 90 then '29-90 days'
        when aged.outstanding_days <= 180 then '91-180 days'
        else 'over 180 days'
    end as age_band,
    crimes.crime_ref is not null as has_crime,
    coalesce(crimes.is_domestic_abuse, false) as is_domestic_abuse,
    coalesce(crimes.is_rape, false) as is_rape,
    coalesce(crimes.is_sso, false) as is_sso
from aged
left join crimes
    on
        crimes.crime_ref = aged.crime_ref
        and crimes.force_key = aged.force_key
