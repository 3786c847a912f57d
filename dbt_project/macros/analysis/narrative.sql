{# How numbers stand in the sentences of people, as regular expressions (RE2). What the linter quality.narrative_issues reads. #}

{# A number with its unit: durations, then counts, shares and points. #}
{% macro narrative_number() -%}
\d+h\s?\d+m\s?\d+s|\d+m\s?\d+s|\d+:\d\d(?::\d\d)?|(?:\d{1,3}(?:,\d\d\d)+|\d+)(?:\.\d+)?(?:\s?%\s?-?(?:pts?|points)\b|\s?%|\s?(?:percentage points|pts?|points|s|seconds)\b)?
{%- endmacro %}


{# Numbers that are names, dates or parts of a definition, and not figures. #}
{% macro narrative_names() -%}
    {%- set months = 'Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec' -%}
    {{ return([
        '\\b(?:Section|[Oo]utcomes?|Priority|Q|Operation)\\s?\\d+(?:\\s?(?:and|or|,|/)\\s?\\d+)*',
        '\\b(?:999|101)\\b',
        '\\b\\d{1,2}(?:st|nd|rd|th)?\\s+(?:' ~ months ~ ')[a-z]*(?:\\s+\\d{4})?',
        '\\b(?:' ~ months ~ ')[a-z]*(?:-\\d{2,4}|\\s(?:19|20)\\d\\d)\\b',
        '\\b(?:19|20)\\d\\d(?:[-/]\\d{2,4})?\\b',
        'per 10*,?000\\b',
        '\\b(?:within|under|over|first|last|after)\\s+\\d+\\s?(?:s|seconds|minutes|hours|days|weeks|months)\\b',
        '\\bband \\d+\\s?%',
    ]) }}
{%- endmacro %}


{# The name of a line where a number of cases could stand: "5.8% of 101 calls". #}
{% macro narrative_line() -%}
(?:999|101)\s+(?:calls?|callers?|lines?)\b
{%- endmacro %}


{# A change said in %: with a sign, or by a verb. #}
{% macro narrative_percent_change() -%}
(?:(?:^|[^\d])[+−-]|\b(?:up|down|by|rose|fell|(?:in|de)crease of|rise of|fall of)\s+)\d+(?:\.\d+)?\s?%(?:\s?-?(?:pts?|points)\b)?
{%- endmacro %}


{# A change said in points. #}
{% macro narrative_point_change() -%}
\d+(?:\.\d+)?\s?%?\s?-?(?:percentage points|pts?|points)\b
{%- endmacro %}


{# "25.5%, over 48": some whole number of 48 must round to it. "over 10 hours" and "of 101 calls" are found, too, and give no number of cases. #}
{% macro narrative_share_of() -%}
\d+(?:\.\d+)?\s?%,?\s+(?:of|over|in|from|among|out of)\s+(?:the\s+|all\s+)?(?:{{ narrative_line() }}|\d[\d,]*\b(?:\s?(?:s|seconds|minutes|hours|days|weeks|months|years)\b)?)
{%- endmacro %}


{# "679 of the 1,955, or 34.7%": the two must give it. #}
{% macro narrative_part_of() -%}
\b\d[\d,]*\s+(?:of|out of)\s+(?:the\s+|all\s+)?\d[\d,]*[^%\d]{0,12}\d+(?:\.\d+)?\s?%
{%- endmacro %}


{# What a number of a measure is said in: its own unit, and that of its changes. #}
{% macro narrative_kind(unit) -%}
    case {{ unit }} when 'pct' then 'pct' when 'seconds' then 'duration' else 'plain' end
{%- endmacro %}


{# A number with the way that it went: "up 11.8%", "+11,039", "35s more". #}
{% macro narrative_directed_number() -%}
(?i)(?:\b(?:up|rose|risen|grew|grown|down|fell|fallen|dropped|increased|decreased|(?:in|de)crease of|rise of|fall of)(?: by)?\s+|(?:^|[\s(])[+−-]\s?)(?:{{ narrative_number() }})|(?:{{ narrative_number() }})\)?\s+(?:more|fewer|less|higher|lower)\b
{%- endmacro %}


{# Words that say which way a measure goes, without a number. #}
{% macro narrative_direction() -%}
(?i)(?:\bnot\s+(?:yet\s+)?)?\b(?:rising|increasing|growing|upward|falling|decreasing|declining|downward)\b
{%- endmacro %}


{# 1 for words that say up, else -1. #}
{% macro narrative_sign(words) -%}
    case when regexp_matches({{ words }}, '(?i)\+|\b(?:up|rose|risen|grew|grown|increased?|rise|more|higher|rising|increasing|growing|upward)\b') then 1 else -1 end
{%- endmacro %}


{# Words that claim more than a figure, by what they claim. "No significant change" claims nothing. #}
{% macro narrative_claims() -%}
    {{ return({
        'significance_not_held': '(?i)(?:\\b(?:no|not|nor|without)\\s+(?:\\w+\\s+){0,2})?\\bsignificant(?:ly)?\\b',
        'strength_not_held': '(?i)\\bstrong(?:ly)?\\s+(?:positive\\s+|negative\\s+)?(?:correlat|relat|link|associat|increas|decreas|rise|fall|growth|trend)\\w*',
        'cause_not_tested': '(?i)\\b(?:driven by|drives?|drove|due to|because of|caused by|as a result of)\\b',
    }) }}
{%- endmacro %}


{# What stands where words are still to be written. #}
{% macro narrative_placeholder() -%}
(?i)\b(?:tbc|tbd|todo|xx+|lorem ipsum|placeholder|invented|to be (?:added|completed|written)|insert (?:text|figure|commentary)[^.]*)\b|\[[^\]]*\]|_{3,}|\?{2,}
{%- endmacro %}


{# What the marts hold of each measure, as it may be said: measure, end of period, kind of unit, value. Reads the CTEs of quality.narrative_issues. #}
{% macro narrative_held() -%}
    select measure_values.measure_id, measure_values.period_end, {{ narrative_kind('measures.unit') }} as kind, measure_values.value
    from measure_values
    inner join measures on measure_values.measure_id = measures.measure_id
    union all
    select measure_id, period_end, 'plain' as kind, unnest([numerator, denominator]) as value
    from measure_values
    union all
    select measure_id, period_end, unnest(['plain', 'pct', 'points']) as kind, margin as value
    from measure_values
    where margin is not null
    union all
    select measure_id, period_end, unnest(['plain', 'pct', 'points']) as kind, margin as value
    from comparator_values
    where margin is not null
    union all
    select comparator_values.measure_id, comparator_values.period_end, {{ narrative_kind('measures.unit') }} as kind, comparator_values.value
    from comparator_values
    inner join measures on comparator_values.measure_id = measures.measure_id
    union all
    select comparisons.measure_id, comparisons.period_end, {{ narrative_kind('measures.unit') }} as kind, comparisons.base_value as value
    from comparisons
    inner join measures on comparisons.measure_id = measures.measure_id
    union all
    select
        comparisons.measure_id,
        comparisons.period_end,
        case when measures.unit = 'pct' then 'points' else {{ narrative_kind('measures.unit') }} end as kind,
        comparisons.change as value
    from comparisons
    inner join measures on comparisons.measure_id = measures.measure_id
    union all
    select measure_id, period_end, 'pct' as kind, change_pct as value
    from comparisons
    union all
    select measure_id, period_end, 'plain' as kind, unnest([change_per_month, months]) as value
    from comparisons
    union all
    select measure_id, period_end, 'pct' as kind, unnest([share_pct, base_share_pct]) as value
    from findings
    where share_pct is not null
    union all
    select unnest([measure_a, measure_b]) as measure_id, period_end, 'plain' as kind, r as value
    from correlations
{%- endmacro %}


{# Why a claim is not borne out; null where it is. #}
{% macro narrative_verdict() -%}
    case
        when rule = 'cause_not_tested' then
            case
                when not is_decomposed and not coalesce(correlation.is_significant, false)
                    then 'is a cause that nothing bears out: its change is not taken apart, and no correlation of it is significant'
            end
        when is_of_correlation then
            case
                when correlation is null then 'is said of a correlation that is not worked out'
                when correlation.n < 12 then 'is said too early to test: n = ' || correlation.n || ' months, and twelve are needed'
                when not correlation.is_significant
                    then 'is said of a correlation that is not significant (r = ' || format('{:.2f}', correlation.r) || ', n = ' || correlation.n || ')'
                when rule = 'strength_not_held' and correlation.strength <> 'strong'
                    then 'is said of a correlation that is ' || correlation.strength || ' (r = ' || format('{:.2f}', correlation.r) || ')'
            end
        when coalesce(is_change_significant, false) then null
        when month_count < 12 then 'is said too early to test: n = ' || month_count || ' months, and twelve are needed'
        when is_change_significant is null then 'is said of a change that is not tested'
        else 'is said of a change that is not significant'
    end
{%- endmacro %}
