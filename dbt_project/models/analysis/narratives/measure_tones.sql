-- The one tone of each series at each date, from the chart that is to be trusted: XmR, or P′ and U′ where those are recommended. Charts of rare events
-- (T, G) have no months and give none. An estimate without a chart has the tone of a significant change on the year. Tiles, cards, icons, bullets,
-- slides and workbooks take their colour from here and from nowhere else. One row per measure, area, segment and last day of a month or period.
{{ config(
    schema='measures',
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ forget_changed_series() }}",
) }}

with

charts as (
    select * from {{ ref('measure_spc') }}
    where {{ is_changed_series() }}
),

alternatives as (
    select * from {{ ref('spc_alternatives') }}
    where
        is_recommended
        and chart in ('p_prime', 'u_prime')
        and {{ is_changed_series() }}
),

measures as (
    select * from {{ ref('dim_measure') }}
),

charted as (
    select
        charts.measure_id,
        charts.area_id,
        charts.segment,
        charts.series_id,
        last_day(charts.month) as period_end,
        charts.recommended_chart,
        charts.recommended_chart in ('t', 'g', 'none')
        -- a share, an average or a median of a handful
        or (
            measures.unit not in ('per_1k', 'per_10k', 'per_100k')
            and avg(charts.denominator) over (
                partition by charts.series_id, charts.rebase_no
                order by 12 * year(charts.month) + month(charts.month) range between 11 preceding and current row
            ) < {{ var('too_few') }}
        ) is true as is_too_few,
        case when not is_too_few then if(alternatives.month is null, charts.variation, alternatives.variation) end as variation,
        case when not is_too_few then if(alternatives.month is null, charts.special_cause, alternatives.special_cause) end as special_cause,
        coalesce(alternatives.limits_status, charts.limits_status) as limits_status,
        'chart' as tone_basis
    from charts
    inner join measures on charts.measure_id = measures.measure_id
    left join alternatives on
        charts.series_id = alternatives.series_id
        and charts.month = alternatives.month
),

-- Estimates of surveys are too few for a chart: what their intervals say of the change on the year stands in its place.
estimated as (
    select
        comparisons.measure_id,
        comparisons.area_id,
        comparisons.segment,
        comparisons.series_id,
        comparisons.period_end,
        'none' as recommended_chart,
        case
            when comparisons.is_significant
                then {{ spc_variation('sign(comparisons.change)', 'measures.direction', "'established'") }}
        end as variation,
        false as is_too_few,
        cast(null as varchar) as special_cause,
        'none' as limits_status,
        'change on the year' as tone_basis
    from {{ ref('measure_comparisons') }} as comparisons
    inner join measures on
        comparisons.measure_id = measures.measure_id
        and comparisons.period_type = measures.headline_period
        and measures.statistic = 'estimate'
    anti join charts on comparisons.series_id = charts.series_id
    where
        comparisons.comparison = 'yoy'
        and {{ is_changed_series('comparisons.series_id') }}
),

judged as (
    select * from charted

    union all by name

    select * from estimated
)

select
    measure_id,
    area_id,
    segment,
    series_id,
    period_end,
    case split_part(variation, '_', 1)
        when 'improvement' then 'improvement'
        when 'concern' then 'concern'
        when 'neutral' then 'neutral signal'
        else 'none'
    end as tone,
    tone_basis,
    recommended_chart,
    variation,
    special_cause,
    limits_status,
    is_too_few,
    period_end = max(period_end) over (partition by series_id) as is_latest
from judged
