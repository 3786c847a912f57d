-- The cards as partners and the public may see them: the rows of int_scorecard_rows, with every number that may not be shown taken out of all columns that
-- could say it.
-- One row per tier, card and line; no line is dropped. Protected rows show one kind of period only, without charts, sentences and commentary.
{{ config(schema='intermediate', materialized='table') }}

with

card_rows as (
    select * from {{ ref('int_scorecard_rows') }}
),

cards as (
    select * from {{ ref('int_scorecards') }}
),

measures as (
    select * from {{ ref('dim_measure') }}
),

policies as (
    select * from {{ ref('int_disclosure_policies') }}
),

areas as (
    select * from {{ ref('int_disclosure_areas') }}
),

figures as (
    select * from {{ ref('int_disclosure_figures') }}
),

measure_values as (
    select * from {{ ref('measure_values') }}
    where is_complete
),

tiers as (
    select
        named.tier,
        named.tier_rank
    from (values ('partner', 2), ('public', 3)) as named (tier, tier_rank)
),

tiered as (
    select
        tiers.tier,
        card_rows.*,
        measures.statistic,
        coalesce(measures.is_sensitive, false) as is_sensitive,
        coalesce(areas.area_rank < case tiers.tier when 'public' then policies.public_rank else policies.partner_rank end, false) as is_protected
    from card_rows
    inner join cards on card_rows.scorecard_id = cards.scorecard_id
    inner join tiers on tiers.tier_rank <= list_position(['internal', 'partner', 'public'], cards.disclosure_tier)
    left join measures on card_rows.measure_id = measures.measure_id
    left join policies on card_rows.measure_id = policies.measure_id
    left join areas on card_rows.area_id = areas.area_id
),

-- The newest period that may be shown, and is final: a figure that still moves would give away what comes in late.
newest as (
    select
        tiered.tier,
        tiered.scorecard_id,
        tiered.line_id,
        figures.*
    from tiered
    inner join figures on
        tiered.series_id = figures.series_id
        and tiered.period_end >= figures.period_end
        and tiered.as_of >= figures.period_end + {{ var('provisional_days') }}
    where tiered.is_protected
    qualify row_number() over (partition by tiered.tier, tiered.scorecard_id, tiered.line_id order by figures.period_end desc) = 1
),

protected_rows as (
    select
        newest.tier,
        newest.scorecard_id,
        newest.line_id,
        newest.period_type,
        newest.period_end,
        newest.numerator,
        newest.denominator,
        newest.value,
        newest.suppression,
        newest.quality_grade,
        newest.caveat,
        year_before.value as year_before_value,
        year_before.suppression as year_before_suppression
    from newest
    left join figures as year_before on
        newest.series_id = year_before.series_id
        and newest.period_type = year_before.period_type
        and year_before.period_end = last_day(newest.period_end - interval 12 month)
),

-- The public is told no rate of too few, of whatever topic and area: it would say nothing.
few as (
    select
        tiered.tier,
        tiered.scorecard_id,
        tiered.line_id,
        {{ is_of_too_few('tiered.unit', 'tiered.statistic', 'tiered.numerator', 'tiered.denominator') }} as is_value_of_few,
        {{ is_of_too_few('tiered.unit', 'tiered.statistic', 'previous.numerator', 'previous.denominator') }} as is_previous_of_few,
        {{ is_of_too_few('tiered.unit', 'tiered.statistic', 'year_before.numerator', 'year_before.denominator') }} as is_year_before_of_few,
        {{ is_of_too_few('tiered.unit', 'tiered.statistic', 'rolling.numerator', 'rolling.denominator') }} as is_r12m_of_few
    from tiered
    left join measure_values as previous on
        tiered.series_id = previous.series_id
        and tiered.period_type = previous.period_type
        and previous.period_end
        = last_day(tiered.period_end - to_months(case tiered.period_type when 'month' then 1 when 'quarter' then 3 else 12 end))
    left join measure_values as year_before on
        tiered.series_id = year_before.series_id
        and tiered.period_type = year_before.period_type
        and year_before.period_end = last_day(tiered.period_end - interval 12 month)
    left join measure_values as rolling on
        tiered.series_id = rolling.series_id
        and tiered.period_end = rolling.period_end
        and rolling.period_type = 'r12m'
    where
        tiered.tier = 'public'
        and not tiered.is_protected
),

judged as (
    select
        tiered.*,
        protected_rows.period_type as shown_period_type,
        protected_rows.period_end as shown_period_end,
        protected_rows.numerator as shown_numerator,
        protected_rows.denominator as shown_denominator,
        protected_rows.value as shown_value,
        protected_rows.year_before_value as shown_year_before,
        protected_rows.quality_grade as shown_grade,
        protected_rows.caveat as shown_caveat,
        coalesce(few.is_value_of_few, false) as is_value_of_few,
        coalesce(few.is_previous_of_few, false) as is_previous_of_few,
        coalesce(few.is_year_before_of_few, false) as is_year_before_of_few,
        coalesce(few.is_r12m_of_few, false) as is_r12m_of_few,
        coalesce(few.is_value_of_few or few.is_year_before_of_few or few.is_r12m_of_few, false) as is_change_of_few,
        coalesce(protected_rows.year_before_suppression in ('primary', 'secondary'), false) as is_year_before_suppressed,
        case
            when tiered.status <> 'collected' then 'none'
            when tiered.is_protected and protected_rows.period_end is null then 'suppressed'
            when protected_rows.suppression in ('primary', 'secondary') then 'suppressed'
            when tiered.is_protected then protected_rows.suppression
            when few.is_value_of_few then 'too_few'
            else 'none'
        end as suppression,
        case
            when tiered.status <> 'collected' then null
            when tiered.is_protected and protected_rows.period_end is null then 'no period can be shown yet without giving away small numbers'
            when protected_rows.suppression in ('primary', 'secondary') then 'a small number, or one that would give a small number away'
            when protected_rows.suppression = 'rounded' then 'counts below a partnership''s area are rounded to {{ var("disclosure_rounding") }}'
            when few.is_value_of_few then 'too few for a rate'
        end as suppression_reason,
        case
            when protected_rows.value is not null then protected_rows.value - protected_rows.year_before_value
        end as shown_change,
        -- a sensitive topic is spoken of in public without numbers; of a protected row nothing is said
        tiered.is_protected or (tiered.tier = 'public' and tiered.is_sensitive and {{ names_a_number("coalesce(tiered.so_what, '')") }}) as is_so_what_withheld,
        tiered.is_protected or (tiered.tier = 'public' and tiered.is_sensitive and {{ names_a_number("coalesce(tiered.now_what, '')") }}) as is_now_what_withheld
    from tiered
    left join protected_rows on
        tiered.tier = protected_rows.tier
        and tiered.scorecard_id = protected_rows.scorecard_id
        and tiered.line_id = protected_rows.line_id
    left join few on
        tiered.tier = few.tier
        and tiered.scorecard_id = few.scorecard_id
        and tiered.line_id = few.line_id
)

select
    tier,
    scorecard_id,
    line_id,
    framework,
    section,
    plan_priority,
    plan_priority_title,
    line_order,
    measure_id,
    title,
    area_id,
    area_name,
    segment,
    status,
    status_reason,
    case when is_protected then coalesce(shown_period_type, period_type) else period_type end as period_type,
    case when is_protected then shown_period_end else period_end end as period_end,
    case when is_protected then shown_numerator when not is_value_of_few then numerator end as numerator,
    case when is_protected then shown_denominator when not is_value_of_few then denominator end as denominator,
    case when is_protected then shown_value when not is_value_of_few then value end as value,
    case
        when suppression = 'suppressed' then 'suppressed'
        when suppression = 'too_few' then 'too few to say'
        when is_protected then {{ value_text('shown_value', 'unit') }}
        else value_text
    end as value_text,
    unit,
    direction,
    case when not is_protected and not is_previous_of_few then previous_value end as previous_value,
    case when is_protected then null when is_previous_of_few then 'too few to say' else previous_text end as previous_text,
    case when is_protected then shown_year_before when not is_year_before_of_few then year_before_value end as year_before_value,
    case
        when is_protected and is_year_before_suppressed then 'suppressed'
        when is_protected then {{ value_text('shown_year_before', 'unit') }}
        when is_year_before_of_few then 'too few to say'
        else year_before_text
    end as year_before_text,
    case when is_protected then shown_change when not is_change_of_few then yoy_change end as yoy_change,
    case
        when is_protected and unit <> 'pct' then 100 * shown_change / nullif(shown_year_before, 0)
        when not is_protected and not is_change_of_few then yoy_change_pct
    end as yoy_change_pct,
    case
        when suppression = 'suppressed' then 'suppressed'
        when is_protected and is_year_before_suppressed then 'suppressed'
        when is_protected
            then {{ change_text('shown_change', "case when unit <> 'pct' then 100 * shown_change / nullif(shown_year_before, 0) end", 'unit', 'shown_value') }}
        when is_change_of_few then 'too few to say'
        else yoy_text
    end as yoy_text,
    case when not is_protected and not is_change_of_few then is_yoy_significant end as is_yoy_significant,
    case
        when is_protected and shown_period_type = 'r12m' then shown_value
        when not is_protected and not is_r12m_of_few then r12m_value
    end as r12m_value,
    case
        when is_protected and suppression = 'suppressed' then 'suppressed'
        when is_protected and shown_period_type = 'r12m' then {{ value_text('shown_value', 'unit') }}
        when is_protected then null
        when is_r12m_of_few then 'too few to say'
        else r12m_text
    end as r12m_text,
    -- a protected row says one change only
    case when not is_protected and not is_change_of_few then r12m_year_before_value end as r12m_year_before_value,
    case when not is_protected and not is_change_of_few then r12m_change end as r12m_change,
    case when not is_protected and not is_change_of_few then r12m_change_pct end as r12m_change_pct,
    case when not is_protected then case when is_change_of_few then 'too few to say' else r12m_change_text end end as r12m_change_text,
    case when not is_protected and not is_change_of_few then is_r12m_change_significant end as is_r12m_change_significant,
    target,
    target_text,
    target_type,
    case when not is_protected and not is_value_of_few then is_target_met end as is_target_met,
    case when not is_protected and not is_value_of_few then rag end as rag,
    case
        when status = 'collected' and (is_protected or is_value_of_few) then 'not judged: months of small numbers are not shown'
        else rag_text
    end as rag_text,
    case when not is_protected and not is_value_of_few then tone else 'none' end as tone,
    case when not is_protected and not is_value_of_few then spc_month end as spc_month,
    case when not is_protected and not is_value_of_few then spc_chart end as spc_chart,
    case when not is_protected and not is_value_of_few then spc_variation end as spc_variation,
    case when not is_protected and not is_value_of_few then spc_special_cause end as spc_special_cause,
    case when not is_protected and not is_value_of_few then spc_assurance end as spc_assurance,
    case when is_protected or is_value_of_few then 'none' else limits_status end as limits_status,
    has_spc_icon and not is_protected and not is_value_of_few as has_spc_icon,
    case
        when is_protected and status = 'collected' then 'no chart: months of small numbers are not shown'
        when not is_protected and not is_value_of_few then spc_note
    end as spc_note,
    case when not is_protected and not is_change_of_few and not is_previous_of_few and not is_value_of_few then trend_sentence end as trend_sentence,
    {%- for comparator in ['national', 'msg', 'england_wales'] %}
    case when not is_protected then {{ comparator }}_value end as {{ comparator }}_value,
    case when not is_protected then {{ comparator }}_text end as {{ comparator }}_text,
    case when not is_protected and not is_value_of_few then {{ comparator }}_state end as {{ comparator }}_state,
    {%- endfor %}
    case when is_protected then coalesce(shown_grade, quality_grade) else quality_grade end as quality_grade,
    case when is_protected then nullif(concat_ws('; ', status_reason, shown_caveat), '') else caveat end as caveat,
    case
        when not is_protected then maturity
        when shown_period_end is not null then 'complete'
    end as maturity,
    lag_months,
    case when not is_so_what_withheld then so_what end as so_what,
    case when not is_now_what_withheld then now_what end as now_what,
    owner,
    linked_risk_ids,
    linked_deliverable_ids,
    tier as disclosure_tier,
    as_of,
    suppression,
    suppression_reason
from judged
