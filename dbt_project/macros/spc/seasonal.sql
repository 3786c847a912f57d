{#
  Seasonal indices: methods.md 1.3. The index of a calendar month is the median, over the years, of value / centred twelve-month mean, scaled so that
  the twelve average 1. A series has one only if it is seasonal, has enough months, and each calendar month has a positive index.

  `phased`: one row per series and month with series_id, rebase_no, month, y (hugeint), is_excluded, is_seasonal, min_n_seasonal.
  Gives CTEs, the last of which is `seasonal_index`: series_id, calendar_month, seasonal_index.
#}
{% macro spc_seasonal_index(phased) %}
seasonal_months as (
    select
        series_id,
        rebase_no,
        month,
        y,
        is_excluded,
        12 * year(month) + month(month) - row_number() over (partition by series_id, rebase_no order by month) as stretch
    from {{ phased }}
    where is_seasonal
    qualify count(*) over (partition by series_id) >= min_n_seasonal
),

-- The centred mean of twelve months weighs the two ends, half a year before and after, by half each.
seasonal_ratios as (
    select
        series_id,
        is_excluded,
        month(month) as calendar_month,
        case
            when count(*) over thirteen = 13 and sum(y) over thirteen + sum(y) over eleven > 0
                then 24 * cast(y as double) / cast(sum(y) over thirteen + sum(y) over eleven as double)
        end as ratio
    from seasonal_months
    window
        thirteen as (partition by series_id, rebase_no, stretch order by month rows between 6 preceding and 6 following),
        eleven as (partition by series_id, rebase_no, stretch order by month rows between 5 preceding and 5 following)
),

seasonal_medians as (
    select
        series_id,
        calendar_month,
        {{ spc_billionths('median(ratio)') }} as median_ratio
    from seasonal_ratios
    where
        ratio is not null
        and not is_excluded
    group by series_id, calendar_month
),

seasonal_index as (
    select
        series_id,
        calendar_month,
        cast(12 * median_ratio as double) / cast(sum(median_ratio) over (partition by series_id) as double) as seasonal_index
    from seasonal_medians
    qualify
        count(*) over (partition by series_id) = 12
        and min(median_ratio) over (partition by series_id) > 0
)
{% endmacro %}
