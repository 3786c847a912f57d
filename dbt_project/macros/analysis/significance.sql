{# Tests of a difference between two windows or two places: methods.md 5 and 11. Every z is (value - base) over its standard error. #}

{#
  Which test a measure admits. Counts are taken as Poisson; shares and rates whose numerator is part of the denominator as two proportions, other
  rates as two Poisson rates; survey estimates by their margins. A mean or a median says nothing of its spread: not tested, its chart is the test.
  Given are the unit, the statistic, and both sides as structs of value, numerator, denominator and margin.
#}
{% macro significance_test(unit, statistic, value, base) %}
    case
        when {{ value }}.value is null or {{ base }}.value is null then null
        when {{ statistic }} in ('mean', 'median', 'p90') then 'not_tested'
        when {{ value }}.margin > 0 and {{ base }}.margin > 0 then 'survey_margins'
        when {{ value }}.margin is not null or {{ base }}.margin is not null then 'not_tested'
        when {{ unit }} = 'count' and {{ value }}.value >= 0 and {{ base }}.value >= 0 then 'poisson'
        when not ({{ value }}.numerator >= 0 and {{ base }}.numerator >= 0 and {{ value }}.denominator > 0 and {{ base }}.denominator > 0) then 'not_tested'
        when {{ unit }} = 'pct' and {{ value }}.numerator <= {{ value }}.denominator and {{ base }}.numerator <= {{ base }}.denominator
            then 'two_proportions'
        when {{ unit }} in ('pct', 'per_1k', 'per_10k', 'per_100k') then 'poisson_rates'
        else 'not_tested'
    end
{% endmacro %}


{# The z of that test; 0 where both sides are alike and nothing varies. `test` is the column that names it. #}
{% macro significance_z(test, value, base) %}
    case
        when {{ test }} is null or {{ test }} = 'not_tested' then null
        when {{ value }}.value = {{ base }}.value then 0.0
        when {{ test }} = 'survey_margins'
            then ({{ value }}.value - {{ base }}.value) / sqrt(pow({{ value }}.margin / 1.96, 2) + pow({{ base }}.margin / 1.96, 2))
        when {{ test }} = 'poisson' then ({{ value }}.value - {{ base }}.value) / sqrt({{ value }}.value + {{ base }}.value)
        when {{ test }} = 'two_proportions'
            then
                ({{ value }}.numerator / {{ value }}.denominator - {{ base }}.numerator / {{ base }}.denominator)
                / sqrt(
                    ({{ value }}.numerator + {{ base }}.numerator) / ({{ value }}.denominator + {{ base }}.denominator)
                    * (1 - ({{ value }}.numerator + {{ base }}.numerator) / ({{ value }}.denominator + {{ base }}.denominator))
                    * (1 / {{ value }}.denominator + 1 / {{ base }}.denominator)
                )
        when {{ test }} = 'poisson_rates'
            then
                ({{ value }}.numerator / {{ value }}.denominator - {{ base }}.numerator / {{ base }}.denominator)
                / sqrt(
                    ({{ value }}.numerator + {{ base }}.numerator) / ({{ value }}.denominator + {{ base }}.denominator)
                    * (1 / {{ value }}.denominator + 1 / {{ base }}.denominator)
                )
    end
{% endmacro %}


{#
  Two-sided p of a standard normal z, to 1.5e-7 (Abramowitz and Stegun 7.1.26): DuckDB has no normal distribution.
#}
{% macro normal_p(z) -%}
    case
        when {{ z }} is null then null
        else least(1.0, exp(-{{ z }} * {{ z }} / 2) * (
            0.254829592 / (1 + 0.3275911 * abs({{ z }}) / sqrt(2))
            - 0.284496736 / pow(1 + 0.3275911 * abs({{ z }}) / sqrt(2), 2)
            + 1.421413741 / pow(1 + 0.3275911 * abs({{ z }}) / sqrt(2), 3)
            - 1.453152027 / pow(1 + 0.3275911 * abs({{ z }}) / sqrt(2), 4)
            + 1.061405429 / pow(1 + 0.3275911 * abs({{ z }}) / sqrt(2), 5)
        ))
    end
{%- endmacro %}
