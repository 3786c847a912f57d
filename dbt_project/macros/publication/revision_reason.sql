{# Why a figure moved, by what came in for its feeds between two publications. #}
{% macro revision_reason(late, corrected, other, code) -%}
coalesce(nullif(concat_ws(
    ', ',
    case when {{ late }} > 0 then 'late rows' end,
    case when {{ corrected }} > 0 then 'corrections' end,
    case when {{ late }} + {{ corrected }} = 0 and {{ other }} > 0 then 'rows of other months' end,
    case when {{ code }} then 'definition' end
), ''), 'no rows of its own feeds')
{%- endmacro %}
