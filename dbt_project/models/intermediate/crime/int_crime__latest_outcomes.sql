-- What each crime has come to by now: its latest outcome with its class on the outcome's date (domain/methods.md 4.3, rate by cohort).
-- Code 0, "not yet assigned", is no outcome. One row per crime that has one.
with outcomes as (
    select * from {{ ref('stg_crime__outcomes') }}
    where outcome_code <> '0'
),

outcome_classes as (
    select * from {{ ref('outcome_classes') }}
),

latest as (
    select
        crime_ref,
        force_key,
        outcome_code,
        outcome_date
    from outcomes
    qualify row_number() over (partition by crime_ref, force_key order by outcome_date desc, outcome_id desc) = 1
)

select
    latest.crime_ref,
    latest.force_key,
    latest.outcome_code,
    latest.outcome_date,
    coalesce(outcome_classes.is_fat, false) as is_fat,
    coalesce(outcome_classes.is_charge, false) as is_charge
from latest
left join outcome_classes
    on
        outcome_classes.outcome_code = latest.outcome_code
        and latest.outcome_date between outcome_classes.valid_from and outcome_classes.valid_to
