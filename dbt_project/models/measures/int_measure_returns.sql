-- Values that others computed: returns of partners, with the longer periods that follow from whole ones; the figures of forces whose shares this build
-- reads, as they published them; and survey estimates with their margin.
-- A period that was itself returned is never computed; months are summed before quarters are.
{%- set read = catalogue() %}
{%- set returned = read.measures | selectattr('made_of', 'equalto', 'returns') | list %}
{%- set estimated = read.measures | selectattr('made_of', 'equalto', 'estimates') | list %}

with

recipes as (
    select * from {{ ref('int_measure_recipes') }}
),

returns as (
    {%- if returned %}
    select
        returns.measure_id,
        returns.area_id,
        returns.segment,
        returns.period_type,
        returns.period_end,
        returns.numerator,
        returns.denominator,
        returns.value,
        returns.margin,
        recipes.rolls_up,
        recipes.scale
    from {{ ref('fct_measure_returns') }} as returns
    inner join recipes on returns.measure_id = recipes.measure_id
    where
        not returns.is_excluded
        and recipes.made_of = 'returns'
    {%- else %}
    select
        cast(null as varchar) as measure_id,
        cast(null as varchar) as area_id,
        cast(null as varchar) as segment,
        cast(null as varchar) as period_type,
        cast(null as date) as period_end,
        cast(null as double) as numerator,
        cast(null as double) as denominator,
        cast(null as double) as value,
        cast(null as double) as margin,
        cast(null as varchar) as rolls_up,
        cast(null as integer) as scale
    from recipes
    where false
    {%- endif %}
),

-- Months and quarters that may be added up, each with the first of its months.
parts as (
    select
        *,
        case period_type when 'month' then 1 else 3 end as month_count,
        cast(date_trunc('month', period_end) - to_months(case period_type when 'month' then 0 else 2 end) as date) as first_month,
        cast(date_trunc('month', period_end) as date) as month
    from returns
    where
        rolls_up in ('sum', 'ratio')
        and period_type in ('month', 'quarter')
),

months as (
    select distinct month from parts
),

periods as (
    {{ periods_of('months') }}
),

-- Only where the parts fill the period.
rolled_up as (
    select
        parts.measure_id,
        parts.area_id,
        parts.segment,
        periods.period_type,
        periods.period_end,
        sum(parts.numerator) as numerator,
        sum(parts.denominator) as denominator,
        case
            when any_value(parts.rolls_up) = 'sum' then sum(parts.value)
            when count(parts.numerator) = count(*) then any_value(parts.scale) * sum(parts.numerator) / nullif(sum(parts.denominator), 0)
        end as value,
        any_value(parts.month_count) as month_count
    from parts
    inner join periods
        on
            parts.month = periods.month
            and parts.first_month >= periods.period_start
    where periods.months_in_period > parts.month_count
    group by
        parts.measure_id,
        parts.area_id,
        parts.segment,
        periods.period_type,
        periods.period_end,
        periods.months_in_period,
        parts.month_count
    having count(*) * parts.month_count = periods.months_in_period
),

stated as (
    select
        measure_id,
        area_id,
        segment,
        period_type,
        period_end,
        numerator,
        denominator,
        value,
        margin,
        0 as month_count
    from returns

    union all

    select
        measure_id,
        area_id,
        segment,
        period_type,
        period_end,
        numerator,
        denominator,
        value,
        cast(null as double) as margin,
        month_count
    from rolled_up
    where value is not null

    union all

    select
        figures.measure_id,
        areas.area_id,
        figures.segment,
        figures.period_type,
        figures.period_end,
        figures.numerator,
        figures.denominator,
        figures.value,
        figures.margin,
        0 as month_count
    from {{ ref('fct_comparators') }} as figures
    inner join {{ source('ingest', 'shares') }} as shares on figures.comparator_id = shares.force_code
    inner join {{ ref('dim_area') }} as areas on shares.force_code = areas.force_code and areas.level = 'force'
    where not figures.is_excluded
    {%- for measure in estimated %}

    union all

    select
        '{{ measure.id }}',
        force_area_id,
        'all',
        'quarter',
        local_date,
        null,
        null,
        {{ measure.of }},
        {{ measure.margin }},
        0
    from {{ ref(measure.fact) }}
    where
        not is_excluded
        and {{ measure.where }}
    {%- endfor %}
)

select
    measure_id,
    area_id,
    segment,
    period_type,
    cast(period_end as date) as period_end,
    cast(numerator as double) as numerator,
    cast(denominator as double) as denominator,
    cast(value as double) as value,
    cast(margin as double) as margin
from stated
qualify row_number() over (
    partition by measure_id, area_id, segment, period_type, period_end
    order by month_count
) = 1
