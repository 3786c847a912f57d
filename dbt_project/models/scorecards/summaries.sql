-- The summary of each card, in five sentences: how many measures give cause for concern, the targets, the first concern, the first improvement, and what is
-- overdue or has moved. Page one of the report and the home page are this summary. One row per card, with the counts and what each sentence rests on.
with

cards as (
    select * from {{ ref('cards') }}
),

card_rows as (
    select
        *,
        status = 'collected' and value is not null as has_figure
    from {{ ref('int_scorecard_rows') }}
),

figures as (
    select * from {{ ref('int_headline_figures') }}
    where is_latest
),

narratives as (
    select * from {{ ref('measure_narratives') }}
),

deliverables as (
    select * from {{ ref('deliverables') }}
),

risks as (
    select * from {{ ref('risk_register') }}
),

counted as (
    select
        scorecard_id,
        count(*) filter (where has_figure) as figures,
        count(*) filter (where tone = 'concern') as concerns,
        count(*) filter (where tone = 'improvement') as improvements,
        count(*) filter (where is_target_met is not null) as targets,
        count(*) filter (where is_target_met) as met,
        mode(period_end order by period_end desc) filter (where has_figure and period_type in ('month', 'r12m')) as period_end
    from card_rows
    group by scorecard_id
),

-- The target that has been missed for longest, in months.
missed as (
    select
        card_rows.scorecard_id,
        card_rows.line_id,
        card_rows.title,
        {{ running_periods('figures.target_periods_running', 'figures.period_type') }} as run
    from card_rows
    inner join figures on card_rows.series_id = figures.series_id
    where not card_rows.is_target_met
    qualify row_number() over (
        partition by card_rows.scorecard_id
        order by
            figures.target_periods_running = 1,
            figures.target_periods_running * case figures.period_type when 'quarter' then 3 when 'year' then 12 else 1 end desc,
            card_rows.line_order
    ) = 1
),

-- The first concern and the first improvement: by the class of their lead, one sentence before two, in the order of the card.
led as (
    select
        card_rows.scorecard_id,
        card_rows.tone,
        narratives.headline,
        narratives.finding_ids
    from card_rows
    inner join narratives on
        card_rows.series_id = narratives.series_id
        and card_rows.period_end = narratives.period_end
    where
        card_rows.has_figure
        and card_rows.tone in ('improvement', 'concern')
    qualify row_number() over (
        partition by card_rows.scorecard_id, card_rows.tone
        order by contains(narratives.headline, '. '), narratives.lead_class nulls last, not card_rows.has_spc_icon, card_rows.line_order
    ) = 1
),

owed as (
    select
        cards.scorecard_id,
        (
            select count(*) from deliverables
            where deliverables.is_overdue and not deliverables.is_withdrawn and list_contains(string_split(cards.shows_items_of, '; '), deliverables.framework)
        ) as overdue,
        (
            select count(*) from risks
            where risks.is_live and risks.movement = 'up' and list_contains(string_split(cards.shows_items_of, '; '), risks.framework)
        ) as moved
    from cards
),

said as (
    select
        cards.scorecard_id,
        counted.period_end,
        coalesce(counted.figures, 0) as figure_count,
        coalesce(counted.concerns, 0) as concern_count,
        coalesce(counted.improvements, 0) as improvement_count,
        coalesce(counted.targets, 0) as target_count,
        coalesce(counted.met, 0) as target_met_count,
        owed.overdue as deliverable_overdue_count,
        owed.moved as risk_moved_up_count,
        {{ tones_sentence('counted.figures', 'counted.concerns', 'counted.improvements') }} as sentence_1,
        {{ targets_sentence(
            'counted.targets', 'counted.met', "'the longest missed is ‘' || missed.title || '’' || case when missed.run <> '' then ',' || missed.run else '' end"
        ) }} as sentence_2,
        coalesce(concerns.headline, 'No chart on this scorecard signals concern.') as sentence_3,
        coalesce(improvements.headline, 'No chart on this scorecard signals improvement.') as sentence_4,
        {{ counted_or_none('owed.overdue', 'no') }} || case owed.overdue when 1 then ' deliverable is' else ' deliverables are' end || ' overdue, and '
        || {{ counted_or_none('owed.moved', 'no') }} || case owed.moved when 1 then ' risk or issue has' else ' risks and issues have' end || ' moved up.'
            as sentence_5,
        cards.table_name || '[' || cards.scorecard_id || '].tone' as evidence_1,
        concat_ws('; ', cards.table_name || '[' || cards.scorecard_id || '].is_target_met', cards.table_name || '[' || cards.scorecard_id || '|' || missed.line_id || '].rag_text')
            as evidence_2,
        coalesce(concerns.finding_ids, cards.table_name || '[' || cards.scorecard_id || '].tone') as evidence_3,
        coalesce(improvements.finding_ids, cards.table_name || '[' || cards.scorecard_id || '].tone') as evidence_4,
        'governance.deliverables.is_overdue; governance.risk_register.movement' as evidence_5
    from cards
    left join counted on cards.scorecard_id = counted.scorecard_id
    left join missed on cards.scorecard_id = missed.scorecard_id
    left join led as concerns on cards.scorecard_id = concerns.scorecard_id and concerns.tone = 'concern'
    left join led as improvements on cards.scorecard_id = improvements.scorecard_id and improvements.tone = 'improvement'
    left join owed on cards.scorecard_id = owed.scorecard_id
)

select
    scorecard_id,
    period_end,
    figure_count,
    concern_count,
    improvement_count,
    target_count,
    target_met_count,
    deliverable_overdue_count,
    risk_moved_up_count,
    {%- for n in range(1, 6) %}
    upper(sentence_{{ n }}[1]) || substr(sentence_{{ n }}, 2) as sentence_{{ n }},
    evidence_{{ n }}
    {{- ',' if not loop.last }}
    {%- endfor %}
from said
