-- What the chart to trust says of each month of the series on the cards (measure_tones), with the forecast on the target. One row per series and judged
-- month of the last year.
{{ config(schema='intermediate') }}

with series as (
    select distinct series_id
    from {{ ref('int_scorecard_lines') }}
),

charts as (
    select * from {{ ref('measure_spc') }}
),

tones as (
    select * from {{ ref('measure_tones') }}
)

select
    charts.series_id,
    charts.measure_id,
    charts.area_id,
    charts.segment,
    charts.month,
    charts.recommended_chart,
    tones.tone,
    tones.variation,
    tones.special_cause,
    charts.assurance,
    charts.assurance_doubt,
    charts.months_met_last_12,
    tones.limits_status,
    charts.has_headline_icon and tones.variation is not null as has_headline_icon,
    charts.note,
    charts.is_latest
from charts
inner join series on charts.series_id = series.series_id
inner join tones on
    charts.series_id = tones.series_id
    and last_day(charts.month) = tones.period_end
qualify
    charts.month > max(charts.month) over (partition by charts.series_id) - interval 12 month
