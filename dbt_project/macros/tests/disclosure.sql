-- Tests of disclosure control: that nothing was left to do, that no line was lost, and that a suppressed row says nothing.

-- Every sum over areas with a suppressed count has at least two of them, that add up to enough; or all that could be suppressed is. Of the segments or kinds
-- of a group of areas all are suppressed, where any of them, or their whole, is.
{% test no_count_can_be_subtracted(model) %}
    with members as (
        select
            members.*,
            suppression.suppression <> 'none' as is_hidden,
            members.is_protected and suppression.suppression = 'none' as is_shown
        from {{ ref('int_disclosure_members') }} as members
        inner join {{ model }} as suppression on members.cell_id = suppression.cell_id
    ),

    equations as (
        select
            equation_id,
            count(*) filter (where is_hidden) as hidden_count,
            coalesce(sum(amount) filter (where is_hidden and not is_whole), 0) as hidden_amount,
            bool_or(is_hidden and is_whole) as is_whole_hidden,
            bool_or(is_shown) as is_more_possible
        from members
        where block_id is null
        group by equation_id
        having count(*) > 1
    )

    select equation_id
    from equations
    where
        is_more_possible
        and ({{ is_open_to_subtraction() }})

    union all

    select block_id as equation_id
    from members
    where block_id is not null
    group by block_id
    having bool_or(is_hidden) and bool_or(is_shown and not is_whole)
{% endtest %}


{% test no_line_is_dropped(model) %}
    select
        tiers.tier,
        card_rows.scorecard_id,
        card_rows.line_id
    from {{ ref('int_scorecard_rows') }} as card_rows
    inner join {{ ref('int_scorecards') }} as cards on card_rows.scorecard_id = cards.scorecard_id
    inner join (values ('partner', 2), ('public', 3)) as tiers (tier, tier_rank)
        on tiers.tier_rank <= list_position(['internal', 'partner', 'public'], cards.disclosure_tier)
    anti join {{ model }} as tiered on
        tiers.tier = tiered.tier
        and card_rows.scorecard_id = tiered.scorecard_id
        and card_rows.line_id = tiered.line_id
{% endtest %}


{% test suppressed_rows_say_nothing(model) %}
    select tier, scorecard_id, line_id
    from {{ model }}
    where
        suppression in ('suppressed', 'too_few')
        and (
            coalesce(numerator, denominator, value, yoy_change, yoy_change_pct) is not null
            or coalesce(spc_variation, spc_assurance, rag, trend_sentence) is not null
            or value_text not in ('suppressed', 'too few to say')
            or suppression_reason is null
        )
{% endtest %}
