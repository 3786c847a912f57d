{# Correlation of monthly series: methods.md 2.6. Lists in the order of their months, so that the same months give the same last digit. #}

{# Pearson's r of two lists of the same length; null where one of them does not vary, or with fewer than three pairs. #}
{% macro pearson_r(a, b) -%}
    case
        when len({{ a }}) >= 3 and list_min({{ a }}) < list_max({{ a }}) and list_min({{ b }}) < list_max({{ b }})
            then greatest(-1.0, least(1.0,
                list_dot_product({{ centred(a) }}, {{ centred(b) }})
                / sqrt(list_dot_product({{ centred(a) }}, {{ centred(a) }}) * list_dot_product({{ centred(b) }}, {{ centred(b) }}))
            ))
    end
{%- endmacro %}

{% macro centred(values) -%}
    list_transform({{ values }}, lambda value: value - list_avg({{ values }}))
{%- endmacro %}

{#
  Two-sided p of r = 0 over n pairs: Student's t with n - 2 degrees of freedom, which for whole degrees is a finite sum (Abramowitz and Stegun
  26.7.3 and 26.7.4) in sin = |r| and cos = sqrt(1 - r²). The coefficients 1·3…(2j-1) / 2·4…2j and 2·4…2j / 1·3…(2j+1) by way of gamma functions.
#}
{% macro correlation_p(r, n) -%}
    case
        when {{ r }} is null or {{ n }} < 3 then null
        when abs({{ r }}) >= 1 then 0.0
        when ({{ n }} - 2) % 2 = 0 then greatest(0.0, 1 - abs({{ r }}) * list_sum(list_transform(
            range(cast(({{ n }} - 2) // 2 as bigint)),
            lambda j: exp(lgamma(j + 0.5) - lgamma(j + 1.0)) / sqrt(pi()) * pow(1 - {{ r }} * {{ r }}, j)
        )))
        else greatest(0.0, 1 - 2 / pi() * (asin(abs({{ r }})) + abs({{ r }}) * coalesce(list_sum(list_transform(
            range(cast(({{ n }} - 3) // 2 as bigint)),
            lambda j: sqrt(pi()) / 2 * exp(lgamma(j + 1.0) - lgamma(j + 1.5)) * pow(1 - {{ r }} * {{ r }}, j + 0.5)
        )), 0)))
    end
{%- endmacro %}

{# How strong, in words. #}
{% macro correlation_words(r) -%}
    case
        when {{ r }} is null then null
        when abs({{ r }}) < 0.3 then 'weak'
        when abs({{ r }}) < 0.5 then 'moderate'
        when abs({{ r }}) < 0.7 then 'moderate to strong'
        else 'strong'
    end
{%- endmacro %}

{# First month of the window that ends with ends.month: so many months, or since the pair's own first month. #}
{% macro window_start() -%}
    coalesce(cast(ends.month - to_months(pairs.window_months - 1) as date), date '0001-01-01')
{%- endmacro %}
