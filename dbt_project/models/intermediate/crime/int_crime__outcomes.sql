-- Outcomes with their class on the outcome's date (seed outcome_classes) and the crime they belong to (domain/methods.md 4.2).
-- An outcome whose crime is missing or cancelled is in no measure, but is kept and counted.
with outcomes as (
    select * from {{ ref('stg_crime__outcomes') }}
),

crimes as (
    select * from {{ ref('int_crime__crimes') }}
),

outcome_classes as (
    select * from {{ ref('outcome_classes') }}
)

select
    outcomes.outcome_id,
    outcomes.force_code,
    concat(outcomes.force_code, '_force') as force_area_id,
    coalesce(crimes.district_area_id, concat(outcomes.force_code, '_unallocated')) as district_area_id,
    coalesce(crimes.cpt_area_id, concat(outcomes.force_code, '_unallocated_cpt')) as cpt_area_id,
    {{ month_of('outcomes.outcome_date') }} as month,
    outcomes.outcome_date as local_date,
    coalesce(crimes.is_excluded, true) as is_excluded,
    outcomes.crime_ref,
    outcomes.outcome_code,
    outcomes.outcome_code <> '0' as is_outcome,
    coalesce(outcome_classes.is_fat, false) as is_fat,
    coalesce(outcome_classes.is_fat_plus, false) as is_fat_plus,
    coalesce(outcome_classes.is_positive, false) as is_positive,
    coalesce(outcome_classes.is_charge, false) as is_charge,
    outcomes.outcome_date - crimes.local_date as days_to_outcome,
    crimes.crime_ref is not null as has_crime,
    crimes.offence_group,
    coalesce(crimes.is_domestic_abuse, false) as is_domestic_abuse,
    coalesce(crimes.is_rape, false) as is_rape,
    coalesce(crimes.is_sso, false) as is_sso
from outcomes
left join crimes
    on
        crimes.crime_ref = outcomes.crime_ref
        and crimes.force_key = outcomes.force_key
left join outcome_classes
    on
        outcome_classes.outcome_code = outcomes.outcome_code
        and outcomes.outcome_date between outcome_classes.valid_from and outcome_classes.valid_to
