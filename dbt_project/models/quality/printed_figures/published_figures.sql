-- Each figure and statement of the printed report beside what the marts say: match, mismatch with the reason, or not computable with the reason.
-- Nothing reads this model: no printed figure travels into another mart. One row per figure or statement.
{{ config(schema='measures') }}

with

figures as (
    select * from {{ ref('printed_figures') }}
),

readings as (
    select * from {{ ref('printed_figure_readings') }}
),

computed as (
    select * from {{ ref('int_printed_figures__figures') }}
),

decided as (
    select * from {{ ref('int_printed_figures__statements') }}
),

measures as (
    select * from {{ ref('dim_measure') }}
),

contradicted as (
    select
        unnest(string_split(figure_ids, ' ')) as figure_id,
        contradiction_id,
        finding || '. What follows from the data: ' || follows as contradiction
    from {{ ref('printed_contradictions') }}
),

contradictions as (
    select
        figure_id,
        min(contradiction_id) as contradiction_id,
        string_agg(contradiction, '; ' order by contradiction_id) as contradiction
    from contradicted
    group by figure_id
),

compared as (
    select
        figures.*,
        readings.read_as,
        readings.measure_id,
        readings.area_id,
        readings.segment,
        readings.period_type,
        readings.period_end,
        readings.decimals,
        readings.why_not,
        computed.computed_value,
        decided.is_borne_out,
        decided.evidence,
        contradictions.contradiction_id,
        contradictions.contradiction,
        measures.measure_id is not null as is_known,
        case
            when figures.kind = 'figure' and computed.computed_value is not null
                then round(computed.computed_value, readings.decimals) = round(figures.printed_value, readings.decimals)
            when figures.kind = 'statement' then decided.is_borne_out
        end as is_match
    from figures
    inner join readings on figures.figure_id = readings.figure_id
    left join computed on figures.figure_id = computed.figure_id
    left join decided on figures.figure_id = decided.figure_id
    left join contradictions on figures.figure_id = contradictions.figure_id
    left join measures on readings.measure_id = measures.measure_id
)

select
    figure_id,
    plan_priority,
    source_line,
    kind,
    printed_measure,
    printed_statistic,
    printed_area,
    printed_segment,
    printed_period_type,
    printed_period_end,
    printed_text,
    printed_value,
    unit,
    claim,
    measure_id,
    area_id,
    segment,
    period_type,
    period_end,
    read_as,
    computed_value,
    case
        when kind = 'statement' then evidence
        when unit = 'seconds' then {{ duration_text('computed_value') }}
        when computed_value is not null then format('{:.' || decimals || 'f}', round(computed_value, decimals))
    end as computed_text,
    case
        when is_match is null then 'not computable'
        when is_match then 'match'
        else 'mismatch'
    end as outcome,
    case
        when is_match then null
        when is_match is null and read_as = 'outside' then coalesce(why_not, 'a cause, an intention or an opinion, which no series decides')
        when is_match is null and read_as = 'unsupported' then 'no comparator is named, so that nothing can bear it out'
        when is_match is null and measure_id is not null and not is_known and read_as not in ('above_comparators', 'parameter')
            then 'no measure ' || measure_id || ' stands in the catalogue'
        when is_match is null and kind = 'statement' then 'the marts hold no finding on ' || coalesce(measure_id, 'it') || ' for this area and period'
        when is_match is null then format('{} has no {} for {} ({}) in the {} to {}', measure_id, read_as, area_id, segment, period_type, period_end)
        when contradiction is not null then 'the report contradicts itself: ' || contradiction
        when kind = 'statement' then 'the marts say otherwise: ' || coalesce(evidence, 'no such finding')
        else 'the marts say otherwise'
    end as reason,
    contradiction_id,
    contradiction
from compared
