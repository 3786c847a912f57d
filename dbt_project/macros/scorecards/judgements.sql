{# What a card says beside a figure, by rule. Each rule stands here once; the words are those on the card. #}

{#
  RAG from two answers: was the target met, and will it be met unless something changes (SPC assurance)? One month decides nothing where the
  chart knows better. Never colour alone: rag_text says the same in words.
#}
{% macro rag(is_target_met, assurance) -%}
    case
        when {{ is_target_met }} and coalesce({{ assurance }}, 'pass') = 'pass' then 'green'
        when not {{ is_target_met }} and coalesce({{ assurance }}, 'fail') = 'fail' then 'red'
        when {{ is_target_met }} is not null then 'amber'
    end
{%- endmacro %}


{# How long the same answer has been given: nothing for a first time, " for 3 months running". #}
{% macro running_periods(periods, period_type) -%}
    case when {{ periods }} > 1 then ' for ' || {{ periods }} || ' ' || {{ period_noun(period_type) }} || 's running' else '' end
{%- endmacro %}


{% macro rag_text(is_target_met, assurance, status, target, periods_running, period_type, doubt) -%}
    case
        when {{ status }} <> 'collected' then 'no figure to judge'
        when {{ target }} is null then 'no target'
        when {{ is_target_met }} is null then 'neither way is better'
        else
            case when {{ is_target_met }} then 'target met' else 'target missed' end
            || {{ running_periods(periods_running, period_type) }}
            || case
                when {{ doubt }} is not null then '; the limits no longer describe this process'
                when {{ assurance }} = 'pass' and {{ is_target_met }} then '; it will be met unless something changes'
                when {{ assurance }} = 'pass' then ', though it is met as a rule'
                when {{ assurance }} = 'fail' and {{ is_target_met }} then ', though it is missed as a rule'
                when {{ assurance }} = 'fail' then '; it will be missed unless something changes'
                when {{ assurance }} = 'hit_or_miss' then '; it is met in some months and missed in others'
                else '; too early to say whether that lasts'
            end
    end
{%- endmacro %}


{#
  How final a figure is: `immature` while the outcomes of its crimes still come in, `provisional` while late rows and corrections usually do,
  else `complete` (vars cohort_maturity_months, provisional_days).
#}
{% macro maturity(statistic, period_end, as_of) -%}
    case
        when {{ period_end }} is null then null
        when {{ statistic }} = 'cohort_rate' and {{ period_end }} + to_months({{ var('cohort_maturity_months') }}) > {{ as_of }} then 'immature'
        when {{ period_end }} + {{ var('provisional_days') }} > {{ as_of }} then 'provisional'
        else 'complete'
    end
{%- endmacro %}


{#
  The widest circle that a row may go to as it stands: no wider than its card. Sensitive figures below the force, and all below a district, go to
  partners only; sensitive cells of 1 to 4 below a district stay inside. The public tables are made by suppression, not by this column alone.
#}
{% macro disclosure_tier(card_tier, is_sensitive, area_level, unit, numerator, denominator, value) -%}
    {%- set tiers = "['internal', 'partner', 'public']" -%}
    {{ tiers }}[least(
        list_position({{ tiers }}, {{ card_tier }}),
        case
            when {{ is_sensitive }} and {{ area_level }} = 'cpt' and coalesce({{ numerator }}, {{ value }}) between 1 and 4 then 1
            when {{ area_level }} = 'cpt' then 2
            when {{ is_sensitive }} and {{ area_level }} <> 'force' then 2
            when {{ unit }} = 'pct' and {{ denominator }} < 20 then 2
            else 3
        end
    )]
{%- endmacro %}
