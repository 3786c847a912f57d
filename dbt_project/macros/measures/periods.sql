{# The periods a month belongs to, and how values are written for people. #}

{#
  One row per month and period it belongs to, from a relation with a column `month`:
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


{# A value as it is said aloud: 4.4%, 2h 17m 32s, 9,853, 146.1 per 100,000, £103,000. Half a unit rounds away from zero. #}
{% macro value_text(value, unit) %}
    case
        when {{ value }} is null then null
        {%- for name, one in catalogue().units.items() %}
        when {{ unit }} = '{{ name }}' then {{ value_text_in(value, one) }}
        {%- endfor %}
    end
{% endmacro %}


{# A value in one unit of the catalogue; one below 1 in the unit's larger base, where it has one. Of a change, `beside` is the value that it stands beside. #}
{% macro value_text_in(value, unit, beside=none) -%}
    {%- if unit.is_duration -%}
        {{ duration_text(value) }}
    {%- elif unit.small_unit -%}
        {%- set small = catalogue().units[unit.small_unit] -%}
        case
            when {{ is_small(beside or value) }}{{ ' or ' ~ value ~ ' <> 0 and round(' ~ value ~ ', 1) = 0' if beside }}
                then {{ value_text_in(value ~ ' * ' ~ (small.factor / unit.factor) | int, small) }}
            else {{ joined_text(unit.prefix, number_text(value, unit), unit.suffix) }}
        end
    {%- else -%}
        {{ joined_text(unit.prefix, number_text(value, unit), unit.suffix) }}
    {%- endif -%}
{%- endmacro %}


{# Whether a rate would be written with a nought before its decimal point. #}
{% macro is_small(value) -%}
    {{ value }} <> 0 and round(abs({{ value }}), 1) < 1
{%- endmacro %}


{#
  A change as it is said aloud: +11.8% (+1,039), −2.4 percentage points, +35s. The sign is that of the rounded number. The change of a rate is on the base
  of the value that it stands beside, unless it would be 0.0 there.
#}
{% macro change_text(change, change_pct, unit, beside=none) %}
    case
        when {{ change }} is null then null
        {%- for name, one in catalogue().units.items() %}
        when {{ unit }} = '{{ name }}' then {{ change_text_in(change, change_pct, one, beside) }}
        {%- endfor %}
        else {{ change_text_in(change, change_pct, {'decimals': 0}, beside) }}
    end
{% endmacro %}


{# A change in one unit of the catalogue: absolute where the unit says what it ends with, with its per cent first otherwise. #}
{% macro change_text_in(change, change_pct, unit, beside) -%}
    {%- set size = 'abs(' ~ change ~ ')' -%}
    {%- set signed = sign_text('round(' ~ change ~ (', 1)' if unit.decimals else ')')) ~ ' || '
        ~ (duration_text(size) if unit.is_duration else one_decimal(size) if unit.decimals else whole_text(size)) -%}
    {%- if unit.is_duration -%}
        {{ signed }}
    {%- elif unit.per_residents -%}
        coalesce({{ sign_text('round(' ~ change_pct ~ ', 1)') }} || {{ one_decimal('abs(' ~ change_pct ~ ')') }} || '% ', '')
        || '(' || {{ sign_text(change) }} || {{ value_text_in(size, unit, beside) }} || ')'
    {%- elif unit.change_suffix -%}
        {{ signed }} || '{{ unit.change_suffix }}'
    {%- else -%}
        coalesce({{ sign_text('round(' ~ change_pct ~ ', 1)') }} || {{ one_decimal('abs(' ~ change_pct ~ ')') }} || '% ', '') || '(' || {{ signed }} || ')'
    {%- endif -%}
{%- endmacro %}


{# The number of a unit of the catalogue, without what stands before and after it. #}
{% macro number_text(value, unit) -%}
    {{ one_decimal(value) if unit.decimals else whole_text(value) }}
{%- endmacro %}


{% macro joined_text(prefix, text, suffix) -%}
    {{ "'" ~ prefix ~ "' || " if prefix }}{{ text }}{{ " || '" ~ suffix ~ "'" if suffix }}
{%- endmacro %}


{# 9,853 #}
{% macro whole_text(value) -%}
    replace(format('{:,}', cast(round({{ value }}) as bigint)), '-', '−')
{%- endmacro %}


{# 8.0 #}
{% macro one_decimal(value) -%}
    replace(format('{:,.1f}', round({{ value }}, 1)), '-', '−')
{%- endmacro %}


{# Seconds as 11s, 13m 37s or 2h 17m 32s. #}
{% macro duration_text(value) -%}
    case
        when round({{ value }}) < 60 then cast(cast(round({{ value }}) as bigint) as varchar) || 's'
        when round({{ value }}) < 3600 then format('{}m {:02d}s', cast(round({{ value }}) as bigint) // 60, cast(round({{ value }}) as bigint) % 60)
        else format(
            '{}h {:02d}m {:02d}s', cast(round({{ value }}) as bigint) // 3600,
            cast(round({{ value }}) as bigint) % 3600 // 60, cast(round({{ value }}) as bigint) % 60)
    end
{%- endmacro %}


{# + or −, and nothing for 0. #}
{% macro sign_text(number) -%}
    case sign({{ number }}) when 1 then '+' when -1 then '−' else '' end
{%- endmacro %}
