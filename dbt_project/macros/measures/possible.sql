{# What a value can be: nothing is below 0 but what a unit allows (pipelines/catalogue/units.yaml: can_be_negative), and no share of one population is above 100;
   a rate over another population (statistic rate) can be. #}

{% macro is_below_possible(value, unit) -%}
    ({{ value }} < 0
    {%- for name, one in catalogue().units.items() if one.can_be_negative %} and {{ unit }} <> '{{ name }}'{% endfor %})
{%- endmacro %}


{% macro is_above_possible(value, unit, statistic) -%}
    ({{ value }} > 100 and {{ unit }} = 'pct' and {{ statistic }} <> 'rate')
{%- endmacro %}


{# A limit as it is shown, no further than is possible. No limit stays none. #}
{% macro possible_lower(lpl, unit) -%}
    case when {{ is_below_possible(lpl, unit) }} then 0.0 else {{ lpl }} end
{%- endmacro %}


{% macro possible_upper(upl, unit, statistic) -%}
    case when {{ is_above_possible(upl, unit, statistic) }} then 100.0 else {{ upl }} end
{%- endmacro %}
