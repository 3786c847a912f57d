-- Time: stored in UTC as naive timestamps, counted in local (Europe/London) days and months.

-- The local wall clock of a UTC timestamp. ICU knows every change of the clocks.
{% macro local_time(utc) -%}
    timezone('Europe/London', timezone('UTC', {{ utc }}))
{%- endmacro %}

-- The UTC timestamp of a local wall clock.
{% macro utc_time(local) -%}
    timezone('UTC', timezone('Europe/London', {{ local }}))
{%- endmacro %}

-- First day of the month of a local timestamp or date.
{% macro month_of(local) -%}
    cast(date_trunc('month', {{ local }}) as date)
{%- endmacro %}

-- The half hour that a UTC timestamp lies in, by its start. Our offsets are whole hours, so the half hours of UTC are those of the wall clock.
{% macro half_hour_of(utc) -%}
    time_bucket(interval 30 minute, {{ utc }})
{%- endmacro %}

-- Seconds from one timestamp to another, exact to the millisecond, so that sums do not depend on order or threads.
{% macro seconds_between(from_at, to_at) -%}
    cast((epoch_us({{ to_at }}) - epoch_us({{ from_at }})) / 1000000 as decimal(18, 3))
{%- endmacro %}

-- 1 April of the financial year that a local date belongs to.
{% macro financial_year_start(local) -%}
    cast(date_trunc('year', {{ local }} - interval 3 month) + interval 3 month as date)
{%- endmacro %}
