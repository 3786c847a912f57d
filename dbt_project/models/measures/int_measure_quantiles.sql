-- Medians and 90th percentiles of each population, area and period, from the period's rows (type 7: linear interpolation).
-- r12m windows reach into the eleven months after the newest row; measures.measure_values takes those that are complete.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
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

-- All fractions in one list: the rows of a period are held and sorted out once.
ranked as (
    select
        in_areas.fact,
        in_areas.population_id,
        in_areas.area_id,
        periods.period_type,
        periods.period_end,
        count(*) as row_count,
        quantile_cont(in_areas.thousandths, [{{ statistics | map(attribute='fraction') | join(', ') }}]) as quantiles
    from in_areas
    inner join periods on in_areas.month = periods.month
    {%- if is_incremental() %}
    inner join touched_periods
        on
            in_areas.fact = touched_periods.fact
            and periods.period_type = touched_periods.period_type
            and periods.period_end = touched_periods.period_end
    {%- endif %}
    group by in_areas.fact, in_areas.population_id, in_areas.area_id, periods.period_type, periods.period_end
)

select
    fact,
    population_id,
    area_id,
    period_type,
    period_end,
    row_count,
    {%- for statistic in statistics %}
    quantiles[{{ loop.index }}] / 1000 as {{ statistic.name }}{{ ',' if not loop.last }}
    {%- endfor %}
from ranked
