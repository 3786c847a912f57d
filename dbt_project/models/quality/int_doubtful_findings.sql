-- Findings in whose sentence a rule of wording finds something to look at (quality.narrative_issues), by itself: on most nights no finding changes, and
-- searching half a million sentences was as much work as all that is held to the marts. One row per finding.
{{ config(schema='intermediate', materialized='table') }}

select
    concat_ws('|', measure_id, area_id, segment, period_type, period_end, kind) as source_id,
    measure_id,
    area_id,
    unit,
    period_end,
    sentence
from {{ ref('measure_findings') }}
where
    -- found faster than any pattern
    (contains(sentence, '%') or contains(sentence, 'pts'))
    and (
        (unit = 'pct' and regexp_matches(sentence, '{{ narrative_percent_change() }}'))
        or (unit <> 'pct' and regexp_matches(sentence, '{{ narrative_point_change() }}'))
        or regexp_matches(sentence, '{{ narrative_share_of() }}')
        or regexp_matches(sentence, '{{ narrative_part_of() }}')
    )
