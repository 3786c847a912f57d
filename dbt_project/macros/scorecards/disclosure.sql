{# What disclosure control asks in several places (docs/disclosure.md). #}

{# How large a kind of area is: 1 a team, 2 a partnership's area, 3 the force; `never` is larger than all. #}
{% macro area_rank(level) -%}
    list_position(['cpt', 'district', 'force', 'never'], {{ level }})
{%- endmacro %}


{#
  Whether a rate, mean or median is of too few to be shown in public: fewer than 10 (a percentage: 20) in the denominator, or 1 to 4 in the numerator
  of a rate. A numerator of seconds is no count.
#}
{% macro is_of_too_few(unit, statistic, numerator, denominator) -%}
    coalesce(
        {{ unit }} <> 'count'
        and (
            (
                {{ statistic }} <> 'population_rate'
                and {{ denominator }} < case when {{ unit }} = 'pct' then {{ var('disclosure_pct_denominator') }} else {{ var('disclosure_rate_denominator') }} end
            )
            or (
                ({{ unit }} = 'pct' or {{ unit }} like 'per%')
                and {{ numerator }} between 1 and {{ var('disclosure_small') }}
            )
        ),
        false
    )
{%- endmacro %}


{#
  Whether a suppressed count can be worked out, or nearly, from the others of its equation: it is the only one, or they add up to less than var
  disclosure_width. Noughts that the whole gives away are no loss.
#}
{% macro is_open_to_subtraction() -%}
    hidden_count > 0
    and (
        (hidden_count = 1 and (is_whole_hidden or hidden_amount > 0))
        or (not is_whole_hidden and hidden_amount > 0 and hidden_amount < {{ var('disclosure_width') }})
    )
{%- endmacro %}


{# The base that a count is rounded to where it may not be shown exactly. #}
{% macro rounded_count(amount) -%}
    ({{ var('disclosure_rounding') }} * round({{ amount }} / {{ var('disclosure_rounding') }}))
{%- endmacro %}


{# Commentary that could say a number of a sensitive topic: it has digits, or a number in words. #}
{% macro names_a_number(text) -%}
    regexp_matches(
        lower({{ text }}),
        '[0-9]|\b(one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|once|twice|single|pair|couple|half|third)\b'
    )
{%- endmacro %}


{# The rows of one tier of the scorecards. #}
{% macro scorecard_tier(tier) %}
select tier_rows.* exclude (tier)
from {{ ref('int_scorecard_tiers') }} as tier_rows
where tier_rows.tier = '{{ tier }}'
{% endmacro %}
