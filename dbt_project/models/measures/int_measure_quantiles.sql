-- Medians and 90th percentiles of each population, area and period, from the period's rows (type 7: linear interpolation).
-- r12m windows reach into the eleven months after the newest row; measures.measure_values takes those that are complete.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    batches='quantile_batches',
    pre_hook="{{ forget_touched_periods() }}",
) }}
{%- set read = catalogue() %}
{%- set statistics = quantile_statistics() %}

with

{{ quantile_rows(read) }}
population_rows as (
    {%- for population in read.populations %}
    select * from {{ population.id }}_rows
    {{- ' union all' if not loop.last }}
    {%- endfor %}
),

-- Any month that rows can be of, which is cheaper than asking all the rows.
months as (
    select cast(month as date) as month
    from generate_series(timestamp '1970-01-01', timestamp '2099-12-01', interval 1 month) as series (month)
),

periods as (
    {{ periods_of('months') }}
),

{%- if is_incremental() %}
touched_periods as (
    {{ touched_periods() }}
),

{% endif %}
in_areas as (
    select
        population_id,
        fact,
        month,
        thousandths,
        unnest(area_ids) as area_id
    from population_rows
),

-- A month's rows in one list, and a period as the numbers of its months: sixteen periods a row are told apart by a number, not by names.
monthly as materialized (
    select
        fact,
        population_id,
        area_id,
        month,
        row_number() over () as month_no,
        list(thousandths) as taken
    from in_areas
    group by fact, population_id, area_id, month
),

numbered_periods as materialized (
    select
        monthly.fact,
        monthly.population_id,
        monthly.area_id,
        periods.period_type,
        periods.period_end,
        row_number() over () as period_no,
        list(monthly.month_no) as month_nos
    from monthly
    inner join periods on monthly.month = periods.month
    {%- if is_incremental() %}
    inner join touched_periods
        on
            monthly.fact = touched_periods.fact
            and periods.period_type = touched_periods.period_type
            and periods.period_end = touched_periods.period_end
    {%- endif %}
    group by monthly.fact, monthly.population_id, monthly.area_id, periods.period_type, periods.period_end
),

period_months as (
    select
        period_no,
        unnest(month_nos) as month_no
    from numbered_periods
),

period_rows as (
    select
        period_months.period_no,
        unnest(monthly.taken) as thousandths
    from period_months
    inner join monthly on period_months.month_no = monthly.month_no
),

-- All fractions in one list: the rows of a period are held and sorted out once.
ranked as (
    select
        period_no,
        count(*) as row_count,
        quantile_cont(thousandths, [{{ statistics | map(attribute='fraction') | join(', ') }}]) as quantiles
    from period_rows
    group by period_no
)

select
    numbered_periods.fact,
    numbered_periods.population_id,
    numbered_periods.area_id,
    numbered_periods.period_type,
    numbered_periods.period_end,
    ranked.row_count,
    {%- for statistic in statistics %}
    ranked.quantiles[{{ loop.index }}] / 1000 as {{ statistic.name }}{{ ',' if not loop.last }}
    {%- endfor %}
from ranked
inner join numbered_periods on ranked.period_no = numbered_periods.period_no
