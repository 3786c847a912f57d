-- The summary of each card for partners and for the public, in five sentences. It is composed of the rows of the tier alone, so that it can say nothing that
-- they do not. One row per card and tier, with the counts and what each sentence rests on.
with

lines as (
    {%- for tier in ['partner', 'public'] %}
    select
        '{{ tier }}' as tier,
        scorecard_id,
        line_id,
        line_order,
        title,
        value,
        tone,
        has_spc_icon,
        is_target_met,
        suppression,
        trend_sentence
    from {{ ref(tier) }}
    {%- if not loop.last %}

    union all
    {%- endif %}
    {%- endfor %}
),

counted as (
    select
        scorecard_id,
        tier,
        count(*) filter (where value is not null) as figures,
        count(*) filter (where tone = 'concern') as concerns,
        count(*) filter (where tone = 'improvement') as improvements,
        count(*) filter (where is_target_met is not null) as targets,
        count(*) filter (where is_target_met) as met,
        count(*) filter (where suppression = 'suppressed') as suppressed
    from lines
    group by scorecard_id, tier
),

missed as (
    select *
    from lines
    where not is_target_met
    qualify row_number() over (partition by scorecard_id, tier order by line_order, line_id) = 1
),

-- The first concern and the first improvement of which a sentence may be shown: one sentence before two, in the order of the card.
led as (
    select *
    from lines
    where
        tone in ('improvement', 'concern')
        and trend_sentence is not null
    qualify row_number() over (
        partition by scorecard_id, tier, tone
        order by contains(trend_sentence, '. '), not has_spc_icon, line_order, line_id
    ) = 1
),

said as (
    select
        counted.*,
        'scorecards.' || counted.tier || '[' || counted.scorecard_id as place,
        missed.line_id as missed_line,
        concerns.line_id as concern_line,
        improvements.line_id as improvement_line,
        {{ tones_sentence('counted.figures', 'counted.concerns', 'counted.improvements') }} as sentence_1,
        {{ targets_sentence('counted.targets', 'counted.met', "'the first missed is ‘' || missed.title || '’'") }} as sentence_2,
        coalesce(concerns.trend_sentence, 'No chart that may be shown signals concern.') as sentence_3,
        coalesce(improvements.trend_sentence, 'No chart that may be shown signals improvement.') as sentence_4,
        case counted.suppressed
            when 0 then 'No figure on this scorecard is suppressed.'
            else
                {{ counted_noun('counted.suppressed', 'figure is', 'figures are') }}
                || ' suppressed: a small number, or one that would give a small number away.'
        end as sentence_5
    from counted
    left join missed on counted.scorecard_id = missed.scorecard_id and counted.tier = missed.tier
    left join led as concerns on counted.scorecard_id = concerns.scorecard_id and counted.tier = concerns.tier and concerns.tone = 'concern'
    left join led as improvements on counted.scorecard_id = improvements.scorecard_id and counted.tier = improvements.tier and improvements.tone = 'improvement'
)

select
    scorecard_id,
    tier,
    figures as figure_count,
    concerns as concern_count,
    improvements as improvement_count,
    targets as target_count,
    met as target_met_count,
    suppressed as suppressed_count,
    {%- for n in range(1, 6) %}
    upper(sentence_{{ n }}[1]) || substr(sentence_{{ n }}, 2) as sentence_{{ n }},
    {%- endfor %}
    place || '].tone' as evidence_1,
    place || coalesce('|' || missed_line, '') || '].is_target_met' as evidence_2,
    place || coalesce('|' || concern_line || '].trend_sentence', '].tone') as evidence_3,
    place || coalesce('|' || improvement_line || '].trend_sentence', '].tone') as evidence_4,
    place || '].suppression' as evidence_5
from said
