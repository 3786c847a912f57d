-- What the chart to trust says of each month of the series on the cards: XmR, or P′ and U′ where those are recommended. The charts of rare events
-- (T, G) have no months and give no icon. One row per series and judged month of the last year.
{{ config(schema='intermediate') }}

with series as (
    select distinct series_id
    from {{ ref('int_scorecard_lines') }}
),

charts as (
    select * from {{ ref('measure_spc') }}
),

alternatives as (
    select * from {{ ref('spc_alternatives') }}
    where
        is_recommended
        and chart in ('p_prime', 'u_prime')
)

select
    charts.series_id,
    charts.measure_id,
    charts.area_id,
    charts.segment,
    charts.month,
    charts.recommended_chart,
    case when charts.recommended_chart not in ('t', 'g', 'none') then coalesce(alternatives.variation, charts.variation) end as variation,
    case
        when charts.recommended_chart in ('t', 'g', 'none') then null
        when alternatives.month is not null then alternatives.special_cause
        else charts.special_cause
    end as special_cause,
    charts.assurance,
    charts.assurance_doubt,
    charts.target_months_running,
    charts.target,
    charts.months_met_last_12,
    coalesce(alternatives.limits_status, charts.limits_status) as limits_status,
    charts.has_headline_icon,
    charts.note,
    charts.is_latest
from charts
inner join series on charts.series_id = series.series_id
left join alternatives on
    charts.series_id = alternatives.series_id
    and charts.month = alternatives.month
qualify
    charts.month > max(charts.month) over (partition by charts.series_id) - interval 12 month
