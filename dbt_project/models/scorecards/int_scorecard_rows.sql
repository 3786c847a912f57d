-- The rows of every scorecard: each line of each card with its latest complete figure, and what it is judged by and compared with. One row per card and
-- line; a line without data stays, with the reason. Nothing is read of series that are on no card. scorecards.opcc, csp and wcjb are parts of this table.
{{ config(schema='intermediate') }}
{%- set comparators = ['national', 'msg', 'england_wales'] %}

with

lines as (
    select * from {{ ref('int_scorecard_lines') }}
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
    where
        is_complete
        and series_id in (select lines.series_id from lines)
),

comparisons as (
    select * from {{ ref('measure_comparisons') }}
    where
        comparison in ('yoy', 'previous_period')
        and series_id in (select lines.series_id from lines)
),

coverage as (
    select * from {{ ref('int_feed_coverage') }}
),

gaps as (
    select * from {{ ref('int_incomplete_periods') }} where period_type = 'r12m'
),

feed_caveats as (
    select * from {{ ref('feed_caveats') }}
),

charts as (
    select * from {{ ref('int_scorecard_charts') }}
    where is_latest
),

tones as (
    select * from {{ ref('measure_tones') }}
    where series_id in (select lines.series_id from lines)
),

governance as (
    select * from {{ ref('int_scorecard_governance') }}
),

narratives as (
    select * from {{ ref('measure_narratives') }}
    where series_id in (select lines.series_id from lines)
),

latest as (
    select * from {{ ref('int_headline_figures') }}
    where
        is_latest
        and series_id in (select lines.series_id from lines)
),

comparators as (
    select * from {{ ref('comparator_values') }}
    where comparator_id in ('{{ comparators | join("', '") }}')
),

-- Whether the force is above, below or like each of them.
states as (
    select
        series_id,
        period_type,
        period_end,
        {%- for comparator in comparators %}
        max(case when state = 'not comparable' then 'not compared: ' || reason else state end) filter (where comparison = 'vs_{{ comparator }}') as {{ comparator }}_state
        {{- ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('measure_comparisons') }}
    where
        comparison in ('vs_{{ comparators | join("', 'vs_") }}')
        and series_id in (select lines.series_id from lines)
    group by series_id, period_type, period_end
),

-- The feeds of each measure, and the day up to which they all speak for the force; a feed without forces speaks for all.
measure_feeds as (
    select
        measure_id,
        unnest(string_split(source_feeds, ',')) as feed
    from measures
),

forces as (
    select distinct force_code from areas
),

spoken as (
    select
        measure_feeds.measure_id,
        forces.force_code,
        min(coverage.covered_to) as as_of,
        string_agg(distinct measure_feeds.feed, ', ' order by measure_feeds.feed) filter (where coverage.feed is null) as silent_feeds
    from measure_feeds
    cross join forces
    left join coverage on
        measure_feeds.feed = coverage.feed
        and coverage.force_code in (forces.force_code, 'all')
    group by measure_feeds.measure_id, forces.force_code
),

caveats as (
    select
        measure_feeds.measure_id,
        string_agg(feed_caveats.caveat, '; ' order by feed_caveats.feed) as caveat
    from measure_feeds
    inner join feed_caveats on measure_feeds.feed = feed_caveats.feed
    group by measure_feeds.measure_id
),

-- The same figure elsewhere; it stands beside the force's own lines only.
elsewhere as (
    select
        latest.series_id,
        {%- for comparator in comparators %}
        max(comparators.value) filter (where comparators.comparator_id = '{{ comparator }}') as {{ comparator }}_value{{ ',' if not loop.last }}
        {%- endfor %}
    from latest
    inner join areas on
        latest.area_id = areas.area_id
        and areas.level = 'force'
    inner join comparators on
        latest.measure_id = comparators.measure_id
        and latest.segment = comparators.segment
        and latest.period_type = comparators.period_type
        and latest.period_end = comparators.period_end
    group by latest.series_id
),

joined as (
    select
        lines.*,
        measures.title,
        measures.unit,
        measures.direction,
        measures.statistic,
        coalesce(latest.period_type, measures.headline_period) as period_type,
        measures.is_sensitive,
        measures.source_feeds,
        measures.owner,
        measures.lag_months,
        coalesce(lines.plan_priority, case when lines.plan = '{{ var("catalogue_plan") }}' then measures.plan_priority end) as shown_priority,
        areas.area_name,
        areas.level as area_level,
        latest.period_end,
        latest.numerator,
        latest.denominator,
        latest.value,
        latest.margin,
        latest.quality_grade,
        latest.caveat,
        case
            when latest.measure_id is not null then 'collected'
            when measures.measure_id is null or measures.status = 'not_collected' then 'not_collected'
            else 'no_data_yet'
        end as status,
        case
            when latest.measure_id is not null then null
            when measures.measure_id is null then 'the catalogue has no such measure'
            when measures.status = 'not_collected' then 'not collected: ' || measures.status_reason
            when spoken.silent_feeds is not null then 'no data: nothing has come in from ' || spoken.silent_feeds
            when measures.statistic = 'returned' then 'no data: no return for ' || areas.area_name || case when lines.segment <> 'all' then ', ' || lines.segment else '' end
            else 'no complete ' || measures.headline_period || ' yet'
        end as status_reason,
        spoken.as_of,
        caveats.caveat as feed_caveat,
        latest.target,
        latest.target_type,
        latest.is_target_met,
        latest.target_periods_running
    from lines
    left join measures on lines.measure_id = measures.measure_id
    left join areas on lines.area_id = areas.area_id
    left join latest on lines.series_id = latest.series_id
    left join spoken on
        lines.measure_id = spoken.measure_id
        and areas.force_code = spoken.force_code
    left join caveats on lines.measure_id = caveats.measure_id
)

select
    joined.card_table,
    joined.scorecard_id,
    joined.line_id,
    joined.framework,
    joined.section,
    joined.shown_priority as plan_priority,
    priorities.title as plan_priority_title,
    joined.line_order,
    joined.series_id,
    joined.measure_id,
    joined.title,
    joined.area_id,
    joined.area_name,
    joined.segment,
    joined.status,
    joined.status_reason,
    joined.period_type,
    joined.period_end,
    joined.numerator,
    joined.denominator,
    joined.value,
    {{ value_and_margin('joined.value', 'joined.unit', 'joined.margin') }} as value_text,
    joined.unit,
    joined.direction,
    previous.base_value as previous_value,
    {{ value_text('previous.base_value', 'joined.unit') }} as previous_text,
    year_before.base_value as year_before_value,
    {{ value_text('year_before.base_value', 'joined.unit') }} as year_before_text,
    year_before.change as yoy_change,
    year_before.change_pct as yoy_change_pct,
    coalesce({{ change_text('year_before.change', 'year_before.change_pct', 'joined.unit', 'joined.value') }}, year_before.reason) as yoy_text,
    year_before.is_significant as is_yoy_significant,
    rolling.value as r12m_value,
    {{ value_text('rolling.value', 'joined.unit') }} as r12m_text,
    rolling_before.base_value as r12m_year_before_value,
    rolling_before.change as r12m_change,
    rolling_before.change_pct as r12m_change_pct,
    {{ change_text('rolling_before.change', 'rolling_before.change_pct', 'joined.unit', 'rolling.value') }} as r12m_change_text,
    rolling_before.is_significant as is_r12m_change_significant,
    joined.target,
    {{ value_text('joined.target', 'joined.unit') }} as target_text,
    joined.target_type,
    joined.is_target_met,
    {{ rag('joined.is_target_met', 'charts.assurance') }} as rag,
    {{ rag_text(
        'joined.is_target_met', 'charts.assurance', 'joined.status', 'joined.target', 'joined.target_periods_running', 'joined.period_type',
        'charts.assurance_doubt'
    ) }} as rag_text,
    coalesce(tones.tone, 'none') as tone,
    charts.month as spc_month,
    charts.recommended_chart as spc_chart,
    charts.variation as spc_variation,
    charts.special_cause as spc_special_cause,
    charts.assurance as spc_assurance,
    coalesce(charts.limits_status, 'none') as limits_status,
    coalesce(charts.has_headline_icon, false) as has_spc_icon,
    coalesce(charts.note, case when joined.period_end is not null and charts.month is null then 'no monthly series to judge' end) as spc_note,
    narratives.headline as trend_sentence,
    narratives.paragraph,
    {%- for comparator in comparators %}
    elsewhere.{{ comparator }}_value,
    {{ value_text('elsewhere.' ~ comparator ~ '_value', 'joined.unit') }} as {{ comparator }}_text,
    states.{{ comparator }}_state,
    {%- endfor %}
    coalesce(joined.quality_grade, 'D') as quality_grade,
    nullif(concat_ws(
        '; ',
        joined.status_reason,
        joined.caveat,
        case when joined.period_type <> 'r12m' then 'the R12m ' || coalesce(rolling.caveat, case when rolling.period_end is null then 'is ' || gaps.caveat end) end,
        joined.feed_caveat
    ), '') as caveat,
    {{ maturity('joined.statistic', 'joined.period_end', 'joined.as_of') }} as maturity,
    coalesce(joined.lag_months, 0) as lag_months,
    governance.so_what,
    governance.now_what,
    joined.owner,
    governance.linked_risk_ids,
    governance.linked_deliverable_ids,
    {{ disclosure_tier('joined.card_disclosure_tier', 'joined.is_sensitive', 'joined.area_level', 'joined.unit', 'joined.numerator', 'joined.denominator', 'joined.value') }}
        as disclosure_tier,
    joined.as_of
from joined
left join priorities on
    joined.plan = priorities.plan
    and joined.shown_priority = priorities.priority
left join comparisons as previous on
    joined.series_id = previous.series_id
    and joined.period_type = previous.period_type
    and joined.period_end = previous.period_end
    and previous.comparison = 'previous_period'
left join comparisons as year_before on
    joined.series_id = year_before.series_id
    and joined.period_type = year_before.period_type
    and joined.period_end = year_before.period_end
    and year_before.comparison = 'yoy'
-- The change of twelve months stands beside that of the period shown, never in its place.
left join comparisons as rolling_before on
    joined.series_id = rolling_before.series_id
    and joined.period_end = rolling_before.period_end
    and rolling_before.period_type = 'r12m'
    and rolling_before.comparison = 'yoy'
left join measure_values as rolling on
    joined.series_id = rolling.series_id
    and joined.period_end = rolling.period_end
    and rolling.period_type = 'r12m'
left join gaps on
    joined.measure_id = gaps.measure_id
    and joined.area_id = gaps.area_id
    and joined.period_end = gaps.period_end
left join charts on joined.series_id = charts.series_id
left join tones on
    joined.series_id = tones.series_id
    and last_day(joined.period_end) = tones.period_end
left join narratives on
    joined.series_id = narratives.series_id
    and joined.period_end = narratives.period_end
left join elsewhere on joined.series_id = elsewhere.series_id
left join states on
    joined.series_id = states.series_id
    and joined.period_type = states.period_type
    and joined.period_end = states.period_end
left join governance on
    joined.scorecard_id = governance.scorecard_id
    and joined.line_id = governance.line_id
