-- Tests of disclosure control: that nothing was left to do, that no line was lost, and that a suppressed row says nothing.

-- Every equation with a suppressed count has at least two of them, that add up to enough; or all that could be suppressed is.
{% test no_count_can_be_subtracted(model) %}
    with equations as (
        select
            members.equation_id,
            count(*) filter (where suppression.suppression <> 'none') as hidden_count,
            coalesce(sum(members.amount) filter (where suppression.suppression <> 'none' and not members.is_whole), 0) as hidden_amount,
            bool_or(suppression.suppression <> 'none' and members.is_whole) as is_whole_hidden,
            bool_or(suppression.suppression = 'none' and members.is_protected) as is_more_possible
        from {{ ref('int_disclosure_members') }} as members
        inner join {{ model }} as suppression on members.cell_id = suppression.cell_id
        group by members.equation_id
        having count(*) > 1
    )

    select *
    from equations
    where
        hidden_count > 0
        and is_more_possible
        and (hidden_count = 1 or (not is_whole_hidden and hidden_amount < {{ var('disclosure_width') }}))
{% endtest %}


{% test no_line_is_dropped(model) %}
    select
        tiers.tier,
        card_rows.scorecard_id,
        card_rows.line_id
    from {{ ref('int_scorecard_rows') }} as card_rows
    inner join {{ ref('scorecards') }} as cards on card_rows.scorecard_id = cards.scorecard_id
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
