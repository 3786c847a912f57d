-- Figures that ask for a look at the risk register: three months of concern running, a target that the process cannot meet, a figure that has lost its
-- quality. Proposals only: the register is changed by people, in the workbook.
-- One row per measure, area, segment, reason and linked risk; where no risk
-- is linked, one row that asks whether there should be one. methods.md 8.
{{ config(schema='governance') }}

with

card_rows as (
    select * from {{ ref('int_scorecard_rows') }}
),

charts as (
    select * from {{ ref('int_scorecard_charts') }}
),

measure_values as (
    select * from {{ ref('measure_values') }}
),

governance as (
    select * from {{ ref('int_scorecard_governance') }}
),

risks as (
    select * from {{ ref('risk_register') }}
),

-- A series may stand on several cards; it is proposed once. What it is of is said here alone: the steps below know it by its number.
series as (
    select
        series_id,
        any_value(measure_id) as measure_id,
        any_value(area_id) as area_id,
        any_value(segment) as segment,
        any_value(title) as title,
        any_value(area_name) as area_name,
        any_value(period_type) as period_type,
        any_value(target_text) as target_text,
        any_value(target_type) as target_type,
        any_value(as_of) as as_of,
        string_agg(distinct framework, ', ' order by framework) as frameworks,
        string_agg(distinct scorecard_id, ', ' order by scorecard_id) as scorecards
    from card_rows
    group by series_id
),

-- The months of a run of concern that ends with the latest judged month: since the last month that was none, or that is missing.
runs as (
    select
        *,
        tone = 'concern' as is_concern,
        date_diff('month', month, max(month) over of_series) = row_number() over (of_series order by month desc) - 1 as has_no_gap
    from charts
    window of_series as (partition by series_id)
),

broken as (
    select
        series_id,
        month,
        bool_and(is_concern and has_no_gap) over (partition by series_id order by month desc) as is_in_run
    from runs
),

concerns as (
    select
        series_id,
        count(*) as months,
        min(month) as since,
        last_day(max(month)) as period_end
    from broken
    where is_in_run
    group by series_id
    having count(*) >= 3
),

-- The newest period that is over, and the one before it.
graded as (
    select
        measure_values.series_id,
        measure_values.period_end,
        measure_values.quality_grade,
        lead(measure_values.quality_grade) over newest_first as grade_before,
        row_number() over newest_first as position
    from measure_values
    inner join series on
        measure_values.series_id = series.series_id
        and measure_values.period_type = series.period_type
        and measure_values.period_end <= series.as_of
    window newest_first as (partition by measure_values.series_id order by measure_values.period_end desc)
),

signals as (
    select
        concerns.series_id,
        'concern_three_months' as reason_code,
        concerns.period_end,
        'signals concern ' || concerns.months || ' months running, since ' || strftime(concerns.since, '%b %Y') as reason
    from concerns

    union all

    select
        charts.series_id,
        'target_fails' as reason_code,
        last_day(charts.month) as period_end,
        'the process as it is cannot meet its ' || {{ target_name('series.target_type') }}
        || coalesce(' of ' || series.target_text, '') || coalesce('; met in ' || charts.months_met_last_12 || ' of the last 12 months', '') as reason
    from charts
    inner join series on charts.series_id = series.series_id
    where
        charts.is_latest
        and charts.assurance = 'fail'

    union all

    select
        series_id,
        'quality_lost' as reason_code,
        period_end,
        'the figure to ' || strftime(period_end, '%-d %b %Y') || ' has quality grade D, the one before it ' || grade_before as reason
    from graded
    where
        position = 1
        and quality_grade = 'D'
        and grade_before < 'D'
),

linked as (
    select distinct
        card_rows.series_id,
        unnest(string_split(governance.linked_risk_ids, ', ')) as risk_id
    from card_rows
    inner join governance on
        card_rows.scorecard_id = governance.scorecard_id
        and card_rows.line_id = governance.line_id
)

select
    concat_ws(':', signals.reason_code, series.measure_id, series.area_id, series.segment, coalesce(risks.risk_id, 'none')) as proposal_id,
    signals.reason_code,
    series.title || ', ' || series.area_name || case when series.segment <> 'all' then ' (' || series.segment || ')' else '' end || ': ' || signals.reason as reason,
    case
        when risks.risk_id is null then 'no risk is linked: should the register have one?'
        else 'review ' || risks.kind || ' ' || risks.risk_id
    end as proposal,
    series.measure_id,
    series.area_id,
    series.segment,
    signals.period_end,
    coalesce(risks.framework, series.frameworks) as framework,
    series.scorecards,
    risks.risk_id,
    risks.title as risk_title,
    risks.owner as risk_owner,
    risks.current_score,
    risks.last_review,
    risks.next_review,
    coalesce(risks.last_review > signals.period_end, false) as is_reviewed_since,
    series.as_of
from signals
inner join series on signals.series_id = series.series_id
left join linked on signals.series_id = linked.series_id
left join risks on linked.risk_id = risks.risk_id
