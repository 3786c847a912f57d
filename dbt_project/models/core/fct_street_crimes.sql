-- Street-level crime as data.police.uk publishes it, by month, force and district. One row per incident.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ forget_touched_months('fct_street_crimes') }}"
) }}

with street as (
    select * from {{ ref('stg_police_uk__street') }}
),

districts as (
    select force_code, alias, target from {{ ref('area_aliases') }} where kind = 'lsoa_prefix'
),

-- A row whose census area lies in another force's districts is unallocated: it counts for the force it falls within, in no district of it.
placed as (
    select
        street.row_id,
        street.force_code,
        concat(street.force_code, '_force') as force_area_id,
        coalesce(districts.target, concat(street.force_code, '_unallocated')) as district_area_id,
        {{ month_of('street.month') }} as month,
        {{ month_of('street.month') }} as local_date,
        false as is_excluded,
        street.crime_type,
        street.lsoa_code
    from street
    left join districts
        on
            districts.force_code = street.force_code
            and districts.alias = {{ lsoa_district('street.lsoa_name') }}
)

select
    row_id,
    force_code,
    force_area_id,
    district_area_id,
    month,
    local_date,
    is_excluded,
    crime_type,
    lsoa_code
from placed
where {{ in_touched_months('fct_street_crimes') }}
