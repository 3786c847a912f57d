-- The OPCC scorecard: the lines of seed scorecard_lines, each with its latest complete figure. A line without data stays, and says why.
with

lines as (
    select * from {{ ref('scorecard_lines') }}
    where scorecard = 'opcc'
),

priorities as (
    select * from {{ ref('plan_priorities') }}
),

measures as (
    select * from {{ ref('dim_measure') }}
),

areas as (
    select * from {{ ref('dim_area') }}
),

measure_values as (
    select * from {{ ref('measure_values') }}
),

comparisons as (
    select * from {{ ref('measure_comparisons') }}
    where is_headline
),

targets as (
    select * from {{ ref('int_measure_targets') }}
),

coverage as (
    select * from {{ ref('int_feed_coverage') }}
),

-- The day up to which all feeds of a measure speak, by force.
measure_feeds as (
    select
        measure_id,
        unnest(string_split(source_feeds, ',')) as feed
    from measures
),

spoken as (
    select
        measure_feeds.measure_id,
        coverage.force_code,
        min(coverage.covered_to) as as_of
    from measure_feeds
    inner join coverage on measure_feeds.feed = coverage.feed
    group by measure_feeds.measure_id, coverage.force_code
),

-- The latest complete period of the kind that the measure is headlined by.
latest as (
    select measure_values.*
    from measure_values
    inner join measures on
        measure_values.measure_id = measures.measure_id
        and measure_values.period_type = measures.headline_period
    where measure_values.is_complete
    qualify row_number() over (
        partition by measure_values.measure_id, measure_values.area_id, measure_values.segment
        order by measure_values.period_end desc
    ) = 1
),

-- The area's own target, else that of the area it is part of, else the one for every area; as it stood at the end of the period.
targeted as (
    select
        lines.line_id,
        targets.target,
        targets.target_type
    from lines
    inner join areas on lines.area_id = areas.area_id
    inner join latest on
        lines.measure_id = latest.measure_id
        and lines.area_id = latest.area_id
        and lines.segment = latest.segment
    inner join targets on
        lines.measure_id = targets.measure_id
        and targets.area_id in (lines.area_id, areas.parent_area_id, '*')
        and latest.period_end between targets.valid_from and targets.valid_to
    qualify row_number() over (
        partition by lines.line_id
        order by case targets.area_id when lines.area_id then 1 when areas.parent_area_id then 2 else 3 end
    ) = 1
)

select
    lines.line_id,
    lines.priority,
    priorities.title as priority_title,
    lines.section,
    lines.line_order,
    lines.measure_id,
    measures.title,
    lines.area_id,
    areas.area_name,
    lines.segment,
    measures.headline_period as period_type,
    latest.period_end,
    latest.value,
    {{ value_text('latest.value', 'measures.unit') }} as value_text,
    measures.unit,
    measures.direction,
    targeted.target,
    targeted.target_type,
    case
        when measures.direction = 'increase' then latest.value >= targeted.target
        when measures.direction = 'decrease' then latest.value <= targeted.target
    end as is_target_met,
    rolling.value as r12m_value,
    {{ value_text('rolling.value', 'measures.unit') }} as r12m_text,
    comparisons.change as yoy_change,
    comparisons.change_pct as yoy_change_pct,
    coalesce({{ change_text('comparisons.change', 'comparisons.change_pct', 'measures.unit') }}, comparisons.reason) as yoy_text,
    measures.yoy_basis,
    coalesce(latest.quality_grade, 'D') as quality_grade,
    case
        when latest.measure_id is not null and rolling.period_type <> latest.period_type
            then nullif(concat_ws('; ', latest.caveat, 'the R12m ' || rolling.caveat), '')
        when latest.measure_id is not null then latest.caveat
        when spoken.as_of is null then 'no data: nothing has come in from ' || replace(measures.source_feeds, ',', ', ')
        else 'no complete ' || measures.headline_period || ' yet'
    end as caveat,
    measures.owner,
    spoken.as_of
from lines
inner join priorities on lines.priority = priorities.priority
inner join measures on lines.measure_id = measures.measure_id
inner join areas on lines.area_id = areas.area_id
left join latest on
    lines.measure_id = latest.measure_id
    and lines.area_id = latest.area_id
    and lines.segment = latest.segment
left join targeted on lines.line_id = targeted.line_id
left join measure_values as rolling on
    latest.measure_id = rolling.measure_id
    and latest.area_id = rolling.area_id
    and latest.segment = rolling.segment
    and rolling.period_type = 'r12m'
    and latest.period_end = rolling.period_end
left join comparisons on
    latest.measure_id = comparisons.measure_id
    and latest.area_id = comparisons.area_id
    and latest.segment = comparisons.segment
    and latest.period_end = comparisons.period_end
left join spoken on
    lines.measure_id = spoken.measure_id
    and areas.force_code = spoken.force_code
