{#
  Mann-Kendall and Sen over the last months of a series, as SQL over two lists of equal length: `y` the values in order, `t` the numbers of their
  periods (gaps allowed). methods.md 11, "signs of a trend". Both rest on the slopes of all pairs of months, which are worked out once.
#}

{# The slopes of all pairs of up to `longest` values, the later less the earlier, in units of y a period; null for pairs beyond the end of the lists. #}
{% macro pair_slopes(y, t, longest) -%}
    [
        {%- for later in range(2, longest + 1) %}
        {%- set last_later = loop.last %}
        {%- for earlier in range(1, later) %}
        ({{ y }}[{{ later }}] - {{ y }}[{{ earlier }}]) / ({{ t }}[{{ later }}] - {{ t }}[{{ earlier }}]){{ ',' if not (last_later and loop.last) }}
        {%- endfor %}
        {%- endfor %}
    ]
{%- endmacro %}


{# Sum of the signs of all later-minus-earlier differences. #}
{% macro mann_kendall_s(slopes) -%}
    list_sum(list_transform({{ slopes }}, lambda slope: sign(slope)))
{%- endmacro %}


{# Its variance without a trend; equal values take from it. #}
{% macro mann_kendall_variance(y) -%}
    (
        len({{ y }}) * (len({{ y }}) - 1) * (2 * len({{ y }}) + 5)
        - list_sum(list_transform(map_values(list_histogram({{ y }})), lambda alike: cast(alike as bigint) * (alike - 1) * (2 * alike + 5)))
    ) / 18
{%- endmacro %}


{# S less one step towards 0, over its standard deviation; 0 for a constant series. #}
{% macro mann_kendall_z(s, variance) -%}
    coalesce(({{ s }} - sign({{ s }})) / nullif(sqrt({{ variance }}), 0), 0)
{%- endmacro %}


{# Sen's slope: the median of the slopes of all pairs, in units of y a period. #}
{% macro sen_slope(slopes) -%}
    list_aggregate({{ slopes }}, 'median')
{%- endmacro %}
