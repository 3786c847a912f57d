{# Funnel limits: how far a place may lie from the centre by chance alone, given its size (methods of Spiegelhalter; methods.md 1.6). Shares and rates
   stand here as plain quotients, not in the unit of the measure. Few areas, so no allowance for over-dispersion: "unadjusted". #}

{# z of the two pairs of limits: 95 % is an alert, 99.8 % an alarm. #}
{% macro funnel_z() %}
    {{ return({'95': 1.959964, '998': 3.090232}) }}
{% endmacro %}


{#
  A limit of the funnel about `centre` for a place whose denominator is `n`; side -1 is the lower one, +1 the upper one. A share has the score limits
  of a binomial, cut off at nought and one; a rate has those of a Poisson count with centre * n to be expected, by Byar's form of the chi-squared
  quantile, within 0.5 % of the exact one where ten or more are expected.
#}
{% macro funnel_limit(is_share, centre, n, z, side) -%}
    case
        when {{ is_share }}
            then greatest(0.0, least(1.0, {{ centre }} + {{ side }} * {{ z }} * sqrt({{ centre }} * (1 - {{ centre }}) / {{ n }})))
        {%- if side < 0 %}
        else {{ centre }} * pow(greatest(0.0, 1 - 1 / (9 * {{ centre }} * {{ n }}) - {{ z }} / (3 * sqrt({{ centre }} * {{ n }}))), 3)
        {%- else %}
        else
            ({{ centre }} + 1 / {{ n }})
            * pow(1 - 1 / (9 * ({{ centre }} * {{ n }} + 1)) + {{ z }} / (3 * sqrt({{ centre }} * {{ n }} + 1)), 3)
        {%- endif %}
    end
{%- endmacro %}


{# Where a place lies in its funnel; limits are columns lower_95, upper_95, lower_998, upper_998. #}
{% macro funnel_state(quotient) -%}
    case
        when {{ quotient }} > upper_998 then 'alarm high'
        when {{ quotient }} < lower_998 then 'alarm low'
        when {{ quotient }} > upper_95 then 'alert high'
        when {{ quotient }} < lower_95 then 'alert low'
        when upper_95 is not null then 'within expected range'
    end
{%- endmacro %}


{# Wilson's 95 % interval of a share x / n, or Byar's of a rate: one end of it, side -1 the lower. #}
{% macro interval_end(is_share, x, n, side) -%}
    {%- set z = funnel_z()['95'] -%}
    case
        when {{ is_share }}
            then
                ({{ x }} / {{ n }} + pow({{ z }}, 2) / (2 * {{ n }})
                + {{ side }} * {{ z }} * sqrt({{ x }} / {{ n }} * (1 - {{ x }} / {{ n }}) / {{ n }} + pow({{ z }} / (2 * {{ n }}), 2)))
                / (1 + pow({{ z }}, 2) / {{ n }})
        {%- if side < 0 %}
        when {{ x }} = 0 then 0.0
        else {{ x }} * pow(1 - 1 / (9 * {{ x }}) - {{ z }} / (3 * sqrt({{ x }})), 3) / {{ n }}
        {%- else %}
        else ({{ x }} + 1) * pow(1 - 1 / (9 * ({{ x }} + 1)) + {{ z }} / (3 * sqrt({{ x }} + 1)), 3) / {{ n }}
        {%- endif %}
    end
{%- endmacro %}


{# What a quotient is multiplied by to stand in the unit of a measure. #}
{% macro unit_factor(unit) -%}
    case {{ unit }}{% for name, one in catalogue().units.items() if one.factor != 1 %} when '{{ name }}' then {{ one.factor }}.0{% endfor %} else 1.0 end
{%- endmacro %}


{# The units of rates per residents, as a list of SQL strings. #}
{% macro quoted_rates() -%}
    {%- for unit in catalogue().units_per_residents %}'{{ unit }}'{{ ', ' if not loop.last }}{% endfor -%}
{%- endmacro %}
