{#
  Mann-Kendall and Sen over the last months of a series, as SQL over two lists of equal length: `y` the values in order, `t` the numbers of their
  periods (gaps allowed). methods.md 11, "signs of a trend".
#}

{# Sum of the signs of all later-minus-earlier differences. #}
{% macro mann_kendall_s(y) -%}
    list_sum(list_transform({{ y }}, lambda later, j: list_sum(list_transform({{ y }}[1:j - 1], lambda earlier: sign(later - earlier)))))
{%- endmacro %}


{# Its variance without a trend; equal values take from it. #}
{% macro mann_kendall_variance(y) -%}
    (
        len({{ y }}) * (len({{ y }}) - 1) * (2 * len({{ y }}) + 5)
        - list_sum(list_transform({{ y }}, lambda one: list_aggregate(list_transform({{ y }}, lambda other: if(other = one, 1, 0)), 'sum')).list_transform(
            lambda alike: (alike - 1) * (2 * alike + 5)
        ))
    ) / 18
{%- endmacro %}


{# S less one step towards 0, over its standard deviation; 0 for a constant series. #}
{% macro mann_kendall_z(s, variance) -%}
    coalesce(({{ s }} - sign({{ s }})) / nullif(sqrt({{ variance }}), 0), 0)
{%- endmacro %}


{# Sen's slope: the median of the slopes of all pairs, in units of y a period. #}
{% macro sen_slope(y, t) -%}
    list_aggregate(flatten(list_transform({{ y }}, lambda later, j: list_transform(
        {{ y }}[1:j - 1], lambda earlier, i: (later - earlier) / ({{ t }}[j] - {{ t }}[i])
    ))), 'median')
{%- endmacro %}
