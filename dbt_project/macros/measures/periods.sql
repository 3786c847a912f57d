{# The periods a month belongs to, and how values are written for people. #}

{#
  One row a month and period it belongs to, from a relation with a column `month`:
  month, period_type, period_start (first month of the period), period_end (its last day), months_in_period.
  A month belongs to twelve r12m windows: those that end with it or in the eleven months after it.
#}
{% macro periods_of(months) %}
    select
        month,
        'month' as period_type,
        month as period_start,
        last_day(month) as period_end,
        1 as months_in_period
    from {{ months }}

    union all

    select
        month,
        'quarter',
        cast(date_trunc('quarter', month) as date),
        last_day(date_trunc('quarter', month) + interval 2 month),
        3
    from {{ months }}

    union all

    select
        month,
        'year',
        cast(date_trunc('year', month) as date),
        last_day(date_trunc('year', month) + interval 11 month),
        12
    from {{ months }}

    union all

    select
        month,
        'r12m',
        cast(month + to_months(cast(ahead as integer) - 11) as date),
        last_day(month + to_months(cast(ahead as integer))),
        12
    from {{ months }}
    cross join range(12) as steps (ahead)
{% endmacro %}


{# A value as it is said aloud: 12% or 4.4%, 2h17m32s, 9,853, 146.1 per 100,000, £103,000. Half a unit rounds away from zero. #}
{% macro value_text(value, unit) %}
    case
        when {{ value }} is null then null
        when {{ unit }} = 'count' then format('{:,}', cast(round({{ value }}) as bigint))
        when {{ unit }} = 'pct' then {{ trimmed_decimal(value) }} || '%'
        when {{ unit }} = 'seconds' then {{ duration_text(value) }}
        when {{ unit }} = 'per_1k' then format('{:.1f} per 1,000', round({{ value }}, 1))
        when {{ unit }} = 'per_10k' then format('{:.1f} per 10,000', round({{ value }}, 1))
        when {{ unit }} = 'per_100k' then format('{:.1f} per 100,000', round({{ value }}, 1))
        when {{ unit }} = 'gbp' then '£' || format('{:,}', cast(round({{ value }}) as bigint))
        when {{ unit }} = 'kg' then format('{:,}', cast(round({{ value }}) as bigint)) || ' kg'
        when {{ unit }} in ('hours', 'days') then {{ trimmed_decimal(value) }} || ' ' || {{ unit }}
        when {{ unit }} = 'score' then {{ trimmed_decimal(value) }}
    end
{% endmacro %}


{# A change as it is said aloud: +11.8% (+1,039), -2.4 pts, +35s. The sign is that of the rounded number. #}
{% macro change_text(change, change_pct, unit) %}
    case
        when {{ change }} is null then null
        when {{ unit }} = 'pct' then {{ sign_text('round(' ~ change ~ ', 1)') }} || {{ trimmed_decimal('abs(' ~ change ~ ')') }} || ' pts'
        when {{ unit }} = 'seconds' then {{ sign_text('round(' ~ change ~ ')') }} || {{ duration_text('abs(' ~ change ~ ')') }}
        when {{ unit }} in ('per_1k', 'per_10k', 'per_100k', 'score', 'days', 'hours')
            then
                coalesce({{ sign_text('round(' ~ change_pct ~ ', 1)') }} || {{ trimmed_decimal('abs(' ~ change_pct ~ ')') }} || '% ', '')
                || '(' || {{ sign_text('round(' ~ change ~ ', 1)') }} || {{ trimmed_decimal('abs(' ~ change ~ ')') }} || ')'
        else
            coalesce({{ sign_text('round(' ~ change_pct ~ ', 1)') }} || {{ trimmed_decimal('abs(' ~ change_pct ~ ')') }} || '% ', '')
            || '(' || {{ sign_text('round(' ~ change ~ ')') }} || format('{:,}', cast(round(abs({{ change }})) as bigint)) || ')'
    end
{% endmacro %}


{# One decimal, without a trailing .0. #}
{% macro trimmed_decimal(value) -%}
    regexp_replace(format('{:.1f}', round({{ value }}, 1)), '\.0$', '')
{%- endmacro %}


{# Seconds as 11s, 13m37s or 2h17m32s. #}
{% macro duration_text(value) -%}
    case
        when round({{ value }}) < 60 then cast(cast(round({{ value }}) as bigint) as varchar) || 's'
        when round({{ value }}) < 3600 then format('{}m{:02d}s', cast(round({{ value }}) as bigint) // 60, cast(round({{ value }}) as bigint) % 60)
        else format(
            '{}h{:02d}m{:02d}s', cast(round({{ value }}) as bigint) // 3600,
            cast(round({{ value }}) as bigint) % 3600 // 60, cast(round({{ value }}) as bigint) % 60)
    end
{%- endmacro %}


{# + or -, and nothing for 0. #}
{% macro sign_text(number) -%}
    case sign({{ number }}) when 1 then '+' when -1 then '-' else '' end
{%- endmacro %}
