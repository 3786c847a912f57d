{# The sentences of narratives that are not findings (measure_narratives, scorecards.summaries). Those of findings stand in finding_rules.sql. #}

{# A value with its interval, where it is an estimate: 76.9% (±3.6 percentage points). #}
{% macro value_and_margin(value, unit, margin) -%}
    {{ value_text(value, unit) }} || coalesce(
        ' (±' || {{ one_decimal(margin) }} || case when {{ unit }} = 'pct' then ' percentage points' else '' end || ')', ''
    )
{%- endmacro %}


{% macro period_noun(period_type) -%}
    case {{ period_type }} when 'quarter' then 'quarter' when 'year' then 'year' when 'snapshot' then 'count' else 'month' end
{%- endmacro %}


{# Whether the target will be met, left alone: nothing is forecast where the limits no longer describe the process, and that is said. #}
{% macro forecast_sentence(is_target_met, assurance, doubt) -%}
    case
        when {{ doubt }} is not null then 'The limits no longer describe this process'
        when {{ assurance }} = 'fail' and not {{ is_target_met }} then 'We will keep missing the target unless something changes'
        when {{ assurance }} = 'pass' and {{ is_target_met }} then 'We will keep meeting the target unless something changes'
        when {{ assurance }} = 'fail' then 'As a rule we miss the target'
        when {{ assurance }} = 'pass' then 'As a rule we meet the target'
        when {{ assurance }} = 'hit_or_miss' then 'We meet the target in some months and miss it in others'
    end
{%- endmacro %}


{# Where most of a change came from, in the unit of the measure: "The largest part of the change on July 2022 came from … in Swindon CPT, which added 4m 10s". #}
{% macro driver_sentence(driver, unit) -%}
    'The largest part of the ' || case {{ driver }}.period_type
        when 'month' then 'change on ' || strftime({{ driver }}.period_end - interval 1 year, '%B %Y')
        else '12-month change'
    end
    || ' came from ' || {{ driver }}.label_1 || case when {{ driver }}.label_2 <> 'all' then ' in ' || {{ driver }}.label_2 else '' end
    || case when {{ driver }}.total_effect > 0 then ', which added ' else ', which took off ' end
    || case {{ unit }}
        when 'pct' then {{ one_decimal('abs(' ~ driver ~ '.total_effect)') }} || ' percentage points'
        else {{ value_text('abs(' ~ driver ~ '.total_effect)', unit) }}
    end
{%- endmacro %}


{# 1 measure, 86 measures, 1,200 measures #}
{% macro counted_noun(count, one, many) -%}
    {{ whole_text(count) }} || case {{ count }} when 1 then ' {{ one }}' else ' {{ many }}' end
{%- endmacro %}


{# none (or what stands for it), or the number #}
{% macro counted_or_none(count, zero='none') -%}
    case {{ count }} when 0 then '{{ zero }}' else {{ whole_text(count) }} end
{%- endmacro %}


{# Of 224 measures with a figure, 21 give cause for concern and 7 show improvement. #}
{% macro tones_sentence(figures, concerns, improvements) -%}
    case
        when coalesce({{ figures }}, 0) = 0 then 'No measure on this scorecard has a figure yet.'
        else
            'Of ' || {{ counted_noun(figures, 'measure', 'measures') }} || ' with a figure, ' || {{ counted_or_none(concerns) }}
            || case {{ concerns }} when 1 then ' gives' else ' give' end || ' cause for concern and ' || {{ counted_or_none(improvements) }}
            || case {{ improvements }} when 1 then ' shows' else ' show' end || ' improvement.'
    end
{%- endmacro %}


{# 7 of 15 targets are met; what is said of one that is missed follows. #}
{% macro targets_sentence(targets, met, missed) -%}
    case
        when coalesce({{ targets }}, 0) = 0 then 'No measure on this scorecard has a target that can be judged.'
        when {{ met }} = {{ targets }} then 'Every target is met, ' || {{ targets }} || ' in all.'
        else
            {{ counted_or_none(met) }} || ' of ' || {{ counted_noun(targets, 'target', 'targets') }}
            || case {{ met }} when 1 then ' is' else ' are' end || ' met; ' || {{ missed }} || '.'
    end
{%- endmacro %}
