-- BT's legs with the first adjustment rule that each meets (MEASURES, "BT rules"; domain/methods.md 2.2). Nothing is removed here: a leg
-- carries its rule, and raw and adjusted figures stand side by side.
with legs as (
    select * from {{ ref('stg_bt__legs') }}
),

calls as (
    select bt_call_ref from {{ ref('stg_telephony__calls') }} where bt_call_ref is not null
),

incidents as (
    select * from {{ ref('stg_bt__incidents') }}
),

timed as (
    select
        bt_leg_id,
        bt_call_ref,
        force_code,
        presented_at,
        answered_at,
        outcome,
        {{ local_time('presented_at') }} as presented_local,
        {{ seconds_between('presented_at', 'answered_at') }} as answer_seconds,
        {{ seconds_between('presented_at', 'cleared_at') }} as cleared_seconds,
        coalesce(is_test, false) as is_test,
        outcome in ('answered', 'abandoned') as is_offered,
        outcome = 'answered' as is_answered,
        outcome = 'abandoned' as is_abandoned
    from legs
),

-- One call reference, several legs at one force: the earliest answered leg stays, else the one presented last. Test legs, and legs that
-- were never offered, do not compete.
ranked as (
    select
        *,
        row_number() over (
            partition by bt_call_ref, force_code, is_offered and not is_test
            order by
                is_answered desc,
                case when is_answered then presented_at end,
                case when is_answered then bt_leg_id end,
                presented_at desc,
                bt_leg_id desc
        ) as leg_rank
    from timed
),

matched as (
    select
        *,
        is_abandoned
        and coalesce(cleared_seconds < 2, false)
        and not exists (select 1 from calls where calls.bt_call_ref = ranked.bt_call_ref) as is_ghost,
        exists(
            select 1
            from incidents
            where ranked.presented_at >= incidents.started_at and ranked.presented_at < incidents.ended_at
        ) as is_in_outage
    from ranked
),

ruled as (
    select
        *,
        case
            when not is_offered then null
            when is_test then 'BT_TEST'
            when leg_rank > 1 then 'BT_DUP'
            when is_ghost then 'BT_GHOST'
            when is_in_outage then 'BT_OUTAGE'
            when answered_at < presented_at then 'BT_ZERO'
        end as rule_code
    from matched
),

kept as (
    select
        *,
        is_offered and coalesce(rule_code, 'BT_ZERO') = 'BT_ZERO' as is_kept
    from ruled
)

select
    bt_leg_id,
    force_code,
    concat(force_code, '_force') as force_area_id,
    {{ month_of('presented_local') }} as month,
    cast(presented_local as date) as local_date,
    false as is_excluded,
    bt_call_ref,
    presented_at,
    outcome,
    is_offered,
    is_answered,
    is_abandoned,
    case when is_answered then answer_seconds end as answer_seconds,
    rule_code,
    is_kept,
    case when is_answered and is_kept and rule_code is null then answer_seconds end as adjusted_answer_seconds
from kept
