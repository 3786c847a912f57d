-- The cards of this build: those of the force; where the build reads the shares of forces, those that set the forces beside each other. One row per card.
{{ config(schema='intermediate') }}

select
    scorecard_id,
    framework,
    title,
    area_id,
    force_code,
    plan,
    owner,
    disclosure_tier
from {{ ref('scorecards') }}
where (framework = 'National') = exists (select 1 from {{ source('ingest', 'shares') }})
