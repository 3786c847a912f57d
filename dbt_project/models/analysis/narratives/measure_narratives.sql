-- What readers are told of each series at each date: a headline, and a paragraph of up to four sentences, composed from findings by one grammar
-- (macros/analysis/finding_rules.sql, narrative_grammar.sql). Card, home page, measure page, report, workbook and `explain` take both from here. Each
-- has the findings and the cells of the marts that it rests on. One row per measure, area, segment and last day of a period: the last 24 months, and
-- the latest of every series.
{{ config(
    schema='measures',
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ forget_changed_series('series_id', ['int_series_inputs', 'int_driver_inputs']) }}",
) }}

with

measures as (
    select * from {{ ref('dim_measure') }}
),

areas as (
    select
        *,
        {{ spoken_area('area_name', 'level', 'force_code') }} as spoken_name
    from {{ ref('dim_area') }}
),

tones as (
    select * from {{ ref('measure_tones') }}
),

charts as (
    select * from {{ ref('measure_spc') }}
),

figures as (
    select * from {{ ref('int_headline_figures') }}
    where
        isfinite(value)
        and {{ is_changed_series(inputs=['int_series_inputs', 'int_driver_inputs']) }}
        and (is_latest or {{ is_recent() }})
),

said as (
    select
        *,
        concat_ws('|', measure_id, area_id, segment, period_type, period_end, kind) as finding_id
    from {{ ref('measure_findings') }}
    where
        is_said
        and {{ is_changed_series(inputs=['int_series_inputs', 'int_driver_inputs']) }}
),

-- Where a change came from: the largest part of it that has a name.
driven as (
    select
        drivers.measure_id,
        drivers.area_id,
        drivers.period_type,
        drivers.period_end,
        {{ driver_sentence('drivers', 'measures.unit') }} as sentence,
        concat_ws(
            '|', drivers.measure_id, drivers.area_id, drivers.set_id, drivers.period_type, drivers.period_end, drivers.driver_kind, drivers.value_1,
            drivers.value_2
        ) as driver_key
    from {{ ref('drivers') }} as drivers
    inner join measures on drivers.measure_id = measures.measure_id
    where
        drivers.rank = 1
        -- the parts of a median are of its total time
        and drivers.driver_kind <> 'median'
        and not drivers.is_pooled
        and drivers.change <> 0
        and sign(drivers.total_effect) = sign(drivers.change)
    qualify row_number() over (
        partition by drivers.measure_id, drivers.area_id, drivers.period_type, drivers.period_end
        order by abs(drivers.total_effect) desc, drivers.set_id, drivers.driver_kind
    ) = 1
),

judged as (
    select
        figures.*,
        measures.unit as measure_unit,
        coalesce(tones.tone, 'none') as tone,
        tones.variation,
        charts.assurance,
        charts.assurance_doubt,
        {{ figure_clause(
            'measures', 'areas.spoken_name', 'figures.segment', value_and_margin('figures.value', 'measures.unit', 'figures.margin'),
            'figures.value', 'figures.period_type', 'figures.period_end'
        ) }} as figure,
        'the ' || {{ target_name('figures.target_type') }} || ' of ' || {{ value_text('figures.target', 'measures.unit') }}
        || {{ running_text('figures.target_periods_running', 'period') }} as target_words,
        concat_ws('|', figures.measure_id, figures.area_id, figures.segment, figures.period_type, figures.period_end) as value_key
    from figures
    inner join measures on figures.measure_id = measures.measure_id
    inner join areas on figures.area_id = areas.area_id
    left join tones on
        figures.series_id = tones.series_id
        and last_day(figures.period_end) = tones.period_end
    left join charts on
        figures.series_id = charts.series_id
        and date_trunc('month', figures.period_end) = charts.month
),

-- The findings of the date, in the words that they have beside the figure: those of another kind of period name it.
beside as (
    select
        judged.series_id,
        judged.period_end,
        said.kind,
        said.section,
        said.finding_id,
        said.period_type = judged.period_type as is_of_figure,
        said.lead_class,
        said.finding_order,
        case
            when said.period_type = judged.period_type or said.lead_class = 3 or said.kind = 'not_comparable' then said.clause
            when said.period_type = 'month' then 'with the monthly figure ' || said.clause
            else 'with the 12-month figure ' || said.clause
        end as clause,
        case
            when said.period_type = 'r12m' and judged.period_type = 'month' and said.clause not like '. %'
                then 'Over 12 months it was ' || {{ value_text('said.value', 'said.unit') }} || ', ' || said.clause
        end as year_sentence
    from judged
    inner join said on
        judged.series_id = said.series_id
        and judged.period_end = said.period_end
    where
        said.period_type = judged.period_type
        or (said.period_type = 'month' and said.lead_class in (2, 3))
        or (said.period_type = 'r12m' and judged.period_type = 'month' and (said.lead_class = 4 or said.section in ('year', 'baseline')))
),

{%- set best = "arg_min(struct_pack(clause := clause, id := finding_id, class := lead_class), (lead_class, not is_of_figure, finding_order))" %}

chosen as (
    select
        series_id,
        period_end,
        {{ best }} filter (where lead_class between 2 and 6) as lead,
        {{ best }} filter (where lead_class = 2) as signal,
        arg_min(struct_pack(clause := clause, id := finding_id), (not is_of_figure, finding_order))
            filter (where is_of_figure and kind in ('yoy_increase', 'yoy_decrease', 'unchanged') or kind = 'not_comparable') as year,
        arg_min(struct_pack(clause := year_sentence, id := finding_id), finding_order)
            filter (where not is_of_figure and kind in ('yoy_increase', 'yoy_decrease') and year_sentence is not null) as twelve_months,
        arg_min(struct_pack(clause := clause, id := finding_id), (section = 'data', section = 'elsewhere', section = 'baseline', not is_of_figure, finding_order))
            filter (
                where kind in ('disproportionate', 'mean_inflated', 'above_baseline_2019', 'below_baseline_2019', 'not_back_to_2019')
                or section = 'elsewhere'
            ) as further,
        arg_min(struct_pack(clause := clause, id := finding_id), finding_order) filter (where kind = 'too_few_to_judge' and is_of_figure) as few,
        min(finding_id) filter (where kind = 'outside_sla' and is_of_figure) as missed_id,
        min(finding_id) filter (where kind in ('within_sla', 'comfortably_within_sla') and is_of_figure) as met_id
    from beside
    group by series_id, period_end
),

-- The lead: a target missed, else the best finding, else that nothing is unusual.
led as (
    select
        judged.*,
        chosen.* exclude (series_id, period_end),
        driven.sentence as driver_sentence,
        driven.driver_key,
        replace(judged.target_words, ' period ', ' ' || {{ period_noun('judged.period_type') }} || ' ') as target_clause,
        case
            when not judged.is_target_met then struct_pack(clause := 'missing ' || target_clause, id := chosen.missed_id, class := 1)
            when chosen.lead is not null then chosen.lead
            when chosen.few is not null then struct_pack(clause := chosen.few.clause, id := chosen.few.id, class := null)
            when judged.is_target_met then struct_pack(clause := 'meeting ' || target_clause, id := chosen.met_id, class := null)
            when judged.variation = 'common_cause'
                then struct_pack(
                    clause := case when judged.period_type <> 'month' then 'with the monthly figure ' else '' end || 'within its usual range', id := null,
                    class := null
                )
            when chosen.year is not null then struct_pack(clause := chosen.year.clause, id := chosen.year.id, class := null)
        end as first
    from judged
    left join chosen on
        judged.series_id = chosen.series_id
        and judged.period_end = chosen.period_end
    left join driven on
        judged.measure_id = driven.measure_id
        and judged.area_id = driven.area_id
        and judged.segment = 'all'
        and judged.period_end = driven.period_end
        and driven.period_type in (judged.period_type, 'r12m')
    qualify row_number() over (
        partition by judged.series_id, judged.period_end order by driven.period_type = judged.period_type desc
    ) = 1
),

composed as (
    select
        *,
        coalesce({{ said_of_figure('figure', 'first.clause') }}, figure || '.') as headline,
        list_filter(
            [
                -- the signal behind a target missed
                case when first.class = 1 and signal is not null then struct_pack(said := {{ own_sentence('signal.clause') }}, id := signal.id) end,
                case
                    when is_target_met and first.clause not like 'meeting %'
                        then struct_pack(said := 'It met ' || target_clause, id := met_id)
                end,
                case
                    when is_target_met is not null and forecast is not null then struct_pack(said := forecast, id := null)
                end,
                case
                    when year.id is distinct from first.id then struct_pack(said := {{ own_sentence('year.clause') }}, id := year.id)
                end,
                case
                    when twelve_months.id is distinct from first.id then struct_pack(said := twelve_months.clause, id := twelve_months.id)
                end,
                case when driver_sentence is not null then struct_pack(said := driver_sentence, id := null) end,
                case when further.id is distinct from first.id then struct_pack(said := {{ own_sentence('further.clause') }}, id := further.id) end,
                case
                    when first.class is not null and first.class <> 2 and variation = 'common_cause' and first.class <> 3
                        then struct_pack(said := 'The monthly figure is within its usual range', id := null)
                end,
                case
                    when year is null and earlier_value is null then struct_pack(said := 'There is no earlier figure to compare it with', id := null)
                    when period_type = 'snapshot'
                        then struct_pack(said := 'The figure before was ' || {{ value_text('earlier_value', 'measure_unit') }} || strftime(earlier_period_end, ', on %-d %B %Y'), id := null)
                end
            ],
            lambda sentence: sentence.said is not null
        )[:3] as others
    from (
        select
            *,
            {{ forecast_sentence('is_target_met', 'assurance', 'assurance_doubt') }} as forecast
        from led
    ) as forecasted
)

select
    measure_id,
    area_id,
    segment,
    series_id,
    period_end,
    period_type,
    tone,
    cast(first.class as integer) as lead_class,
    headline,
    headline || array_to_string(list_transform(others, lambda sentence: ' ' || sentence.said || '.'), '') as paragraph,
    nullif(concat_ws('; ', first.id, array_to_string(list_transform(others, lambda sentence: sentence.id), '; ')), '') as finding_ids,
    concat_ws(
        '; ',
        'measures.measure_values[' || value_key || '].value',
        case when target is not null then 'core.dim_measure[' || measure_id || '].target_text' end,
        'measures.measure_tones[' || concat_ws('|', measure_id, area_id, segment, last_day(period_end)) || '].tone',
        case
            when period_type = 'snapshot' and earlier_value is not null
                then 'measures.measure_values[' || concat_ws('|', measure_id, area_id, segment, period_type, earlier_period_end) || '].value'
        end,
        case
            when list_contains(list_transform(others, lambda sentence: sentence.said), driver_sentence)
                then 'measures.drivers[' || driver_key || '].total_effect'
        end
    ) as evidence_cells,
    is_latest
from composed
