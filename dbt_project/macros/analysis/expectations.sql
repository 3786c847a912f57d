{# What a day would have had: shared by int_daily_expectations and int_window_expectations (docs/demand.md). #}

{# How far what was observed lies from its expectation, in standard deviations of a normal distribution. Both are skewed, so that a normal distribution
   itself would flag the small ones. A sum of times is taken as gamma distributed with that mean and variance. A count is taken as Poisson distributed in
   units of its variance over its mean; a Poisson distribution's tails are a gamma distribution's, of a shape of the count, or one more for the lower tail,
   so that a nought where eight are expected is as rare as it is. Cube roots of gamma are all but normal (Wilson and Hilferty, 1931). #}
{% macro surprise(observed, expected, variance, is_whole='true') -%}
    case
        when not ({{ expected }} > 0 and {{ variance }} > 0) then null
        when not {{ is_whole }}
            then
                3 * {{ expected }} / sqrt({{ variance }})
                * (pow({{ observed }} / {{ expected }}, 1.0 / 3) - (1 - {{ variance }} / (9 * {{ expected }} * {{ expected }})))
        when {{ observed }} > {{ expected }} then greatest({{ tail_z(observed, expected, variance) }}, 0)
        else least({{ tail_z('(' ~ observed ~ ' + 1)', expected, variance) }}, 0)
    end
{%- endmacro %}

{% macro tail_z(shape, expected, variance) -%}
    3 * sqrt({{ shape }} * {{ expected }} / {{ variance }})
    * (1 - {{ variance }} / (9 * {{ shape }} * {{ expected }}) - pow({{ expected }} / {{ shape }}, 1.0 / 3))
{%- endmacro %}

{# The value that lies z standard deviations from the expectation, by the same distribution. #}
{% macro gamma_quantile(expected, variance, z) -%}
    {{ expected }} * pow(
        greatest(1 - {{ variance }} / (9 * {{ expected }} * {{ expected }}) + ({{ z }}) * sqrt({{ variance }}) / (3 * {{ expected }}), 0), 3
    )
{%- endmacro %}

{# A ratio drawn towards 1 as far as it may be chance: `evidence` is its variance on the log scale, `spread` how much such ratios differ from 1 in fact. #}
{% macro drawn_towards_one(ratio, evidence, spread) -%}
    coalesce(exp(ln(nullif({{ ratio }}, 0)) * pow({{ spread }}, 2) / (pow({{ spread }}, 2) + {{ evidence }})), 1)
{%- endmacro %}
