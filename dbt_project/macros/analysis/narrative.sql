{# How numbers stand in the sentences of people, as regular expressions (RE2). What the linter quality.narrative_issues reads. #}

{# A number with its unit: durations, then counts, shares and points. #}
{% macro narrative_number() -%}
\d+h\d+m\d+s|\d+m\d+s|\d+:\d\d(?::\d\d)?|(?:\d{1,3}(?:,\d\d\d)+|\d+)(?:\.\d+)?(?:\s?%\s?-?(?:pts?|points)\b|\s?%|\s?(?:pts?|points|s|seconds)\b)?
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


{# A change said in %: with a sign, or by a verb. #}
{% macro narrative_percent_change() -%}
(?:(?:^|[^\d])[+−-]|\b(?:up|down|by|rose|fell|(?:in|de)crease of|rise of|fall of)\s+)\d+(?:\.\d+)?\s?%(?:\s?-?(?:pts?|points)\b)?
{%- endmacro %}


{# What a number of a measure is said in: its own unit, and that of its changes. #}
{% macro narrative_kind(unit) -%}
    case {{ unit }} when 'pct' then 'pct' when 'seconds' then 'duration' else 'plain' end
{%- endmacro %}
