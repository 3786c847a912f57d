-- No series and period has two findings that the seed says cannot both be said.
{{ config(meta={'dagster': {'ref': {'name': 'measure_findings'}}}) }}
select
    weaker.measure_id,
    weaker.area_id,
    weaker.segment,
    weaker.period_type,
    weaker.period_end,
    weaker.kind,
    stronger.kind as contradicts
from {{ ref('finding_exclusions') }} as exclusions
inner join {{ ref('measure_findings') }} as weaker on exclusions.kind = weaker.kind
inner join {{ ref('measure_findings') }} as stronger on
    exclusions.gives_way_to = stronger.kind
    and weaker.measure_id = stronger.measure_id
    and weaker.area_id = stronger.area_id
    and weaker.segment = stronger.segment
    and weaker.period_type = stronger.period_type
    and weaker.period_end = stronger.period_end
