-- The value of every measure by area, segment and period, with its numerator and denominator. One row per measure, area, segment and period.
-- Measures of which nothing has changed stand as they are.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ forget_changed_measures() }}",
) }}

with

recipes as (
    select * from {{ ref('int_measure_recipes') }}
    where {{ is_changed_measure() }}
),

areas as (
    select * from {{ ref('dim_area') }}
),

feed_months as (
    select * from {{ ref('int_feed_months') }}
),

components as (
    select * from {{ ref('int_measure_components') }}
),

quantiles as (
    select * from {{ ref('int_measure_quantiles') }}
),

snapshots as (
    select * from {{ ref('int_measure_snapshots') }}
),

returns as (
    select * from {{ ref('int_measure_returns') }}
),

populations as (
    select * from {{ ref('populations') }}
),

series_breaks as (
    select * from {{ ref('int_series_breaks') }}
),

bt_adjustment as (
    select * from {{ ref('bt_adjustment') }}
),

incomplete_periods as (
    select * from {{ ref('int_incomplete_periods') }}
),

-- The months a measure is covered for in a force: those that all its feeds cover.
recipe_feeds as (
    select
        measure_id,
        len(feeds) as feed_count,
        unnest(feeds) as feed
    from recipes
    where made_of in ('components', 'quantiles')
),

covered_months as (
    select
        recipe_feeds.measure_id,
        feed_months.force_code,
        feed_months.month,
        bool_and(feed_months.is_complete) as is_complete
    from recipe_feeds
    inner join feed_months on recipe_feeds.feed = feed_months.feed
    group by recipe_feeds.measure_id, feed_months.force_code, feed_months.month, recipe_feeds.feed_count
    having count(*) = recipe_feeds.feed_count
),

covered as (
    select
        measure_id,
        force_code,
        max(month) as last_month
    from covered_months
    group by measure_id, force_code
),

-- The segments of a measure are those that its population was ever seen in, in that force; a share of a total has no row for the total.
segments as (
    select
        recipes.measure_id,
        areas.force_code,
        components.segment
    from recipes
    inner join components on components.component_id = coalesce(recipes.denominator_component_id, recipes.numerator_component_id)
    inner join areas on components.area_id = areas.area_id
    where
        recipes.has_segments
        and components.segment <> 'all'
    group by recipes.measure_id, areas.force_code, components.segment

    union all

    select
        recipes.measure_id,
        covered.force_code,
        'all' as segment
    from recipes
    inner join covered on recipes.measure_id = covered.measure_id
    where recipes.statistic <> 'share_of_total'
),

series as (
    select
        {{ series_id('covered.measure_id', 'areas.area_id', 'segments.segment') }} as series_id,
        covered.measure_id,
        covered.force_code,
        areas.area_id,
        segments.segment,
        covered.last_month,
        recipes.numerator_component_id,
        recipes.denominator_component_id,
        case when recipes.statistic = 'share_of_total' then 'all' else segments.segment end as denominator_segment
    from covered
    inner join recipes on covered.measure_id = recipes.measure_id
    inner join areas on
        covered.force_code = areas.force_code
        and list_contains(recipes.levels, areas.level)
    inner join segments on
        covered.measure_id = segments.measure_id
        and covered.force_code = segments.force_code
    where
        recipes.statistic <> 'population_rate'
        or areas.area_id in (select populations.area_id from populations)
),

-- A covered month in which nothing happened counts 0.
monthly as (
    select
        series.series_id,
        series.measure_id,
        series.force_code,
        series.area_id,
        series.segment,
        covered_months.month,
        series.last_month,
        coalesce(numerators.total, 0) as numerator,
        coalesce(denominators.total, 0) as denominator,
        covered_months.is_complete
    from series
    inner join covered_months on
        series.measure_id = covered_months.measure_id
        and series.force_code = covered_months.force_code
    left join components as numerators on
        series.numerator_component_id = numerators.component_id
        and series.area_id = numerators.area_id
        and series.segment = numerators.segment
        and covered_months.month = numerators.month
    left join components as denominators on
        series.denominator_component_id = denominators.component_id
        and series.area_id = denominators.area_id
        and series.denominator_segment = denominators.segment
        and covered_months.month = denominators.month
),

-- A period is complete when each of its months is there and complete. A series has a row for every month from its first to its last, so an r12m
-- is the month's row and the eleven before it; there are none beyond the last month.
totals as (
    select
        series_id,
        measure_id,
        area_id,
        segment,
        'month' as period_type,
        month as period_start,
        last_day(month) as period_end,
        numerator,
        denominator,
        is_complete
    from monthly

    union all

    select
        series_id,
        measure_id,
        area_id,
        segment,
        'r12m' as period_type,
        cast(month - interval 11 month as date) as period_start,
        last_day(month) as period_end,
        sum(numerator) over year_to_month as numerator,
        sum(denominator) over year_to_month as denominator,
        count(*) filter (where is_complete) over year_to_month = 12 as is_complete
    from monthly
    window year_to_month as (partition by series_id order by month rows between 11 preceding and current row)

    union all

    select
        series_id,
        measure_id,
        area_id,
        segment,
        'quarter' as period_type,
        cast(date_trunc('quarter', month) as date) as period_start,
        last_day(date_trunc('quarter', month) + interval 2 month) as period_end,
        sum(numerator) as numerator,
        sum(denominator) as denominator,
        count(*) filter (where is_complete) = 3 as is_complete
    from monthly
    group by series_id, measure_id, area_id, segment, date_trunc('quarter', month)

    union all

    select
        series_id,
        measure_id,
        area_id,
        segment,
        'year' as period_type,
        cast(date_trunc('year', month) as date) as period_start,
        last_day(date_trunc('year', month) + interval 11 month) as period_end,
        sum(numerator) as numerator,
        sum(denominator) as denominator,
        count(*) filter (where is_complete) = 12 as is_complete
    from monthly
    group by series_id, measure_id, area_id, segment, date_trunc('year', month)
),

-- Residents on the day in the middle of a period.
spans as (
    select distinct
        period_type,
        period_start,
        period_end
    from totals
),

residents as (
    select
        populations.area_id,
        spans.period_type,
        spans.period_end,
        populations.population
    from spans
    inner join populations
        on spans.period_start + cast((spans.period_end - spans.period_start) // 2 as integer) between populations.valid_from and populations.valid_to
),

-- Divided here, once, from summed numerators and denominators; a quantile comes with the number of its rows. An r12m is all or nothing.
measured as (
    select
        totals.series_id,
        totals.measure_id,
        totals.area_id,
        totals.segment,
        totals.period_type,
        totals.period_start,
        totals.period_end,
        totals.is_complete,
        recipes.unit,
        recipes.statistic,
        list_contains(recipes.feeds, 'bt_999_calls') as uses_bt,
        case
            when totals.period_type = 'r12m' and not totals.is_complete then null
            when recipes.population_id is null then cast(totals.numerator as double)
        end as numerator,
        case
            when totals.period_type = 'r12m' and not totals.is_complete then null
            when recipes.population_id is not null then cast(coalesce(quantiles.row_count, 0) as double)
            when recipes.statistic = 'population_rate' then cast(residents.population as double)
            when recipes.denominator_component_id is not null then cast(totals.denominator as double)
        end as denominator,
        case
            when totals.period_type = 'r12m' and not totals.is_complete then null
            {% for statistic in quantile_statistics() -%}
            when recipes.statistic = '{{ statistic.name }}' then quantiles.{{ statistic.name }}
            {% endfor -%}
            when recipes.statistic = 'population_rate' then recipes.scale * cast(totals.numerator as double) / residents.population
            when recipes.denominator_component_id is null then cast(totals.numerator as double)
            else recipes.scale * cast(totals.numerator as double) / nullif(cast(totals.denominator as double), 0)
        end as value,
        cast(null as double) as margin
    from totals
    inner join recipes on totals.measure_id = recipes.measure_id
    left join quantiles on
        recipes.population_id = quantiles.population_id
        and totals.area_id = quantiles.area_id
        and totals.period_type = quantiles.period_type
        and totals.period_end = quantiles.period_end
    left join residents on
        totals.area_id = residents.area_id
        and totals.period_type = residents.period_type
        and totals.period_end = residents.period_end

    union all

    select
        {{ series_id('snapshots.measure_id', 'snapshots.area_id', 'snapshots.segment') }} as series_id,
        snapshots.measure_id,
        snapshots.area_id,
        snapshots.segment,
        'snapshot' as period_type,
        snapshots.snapshot_date as period_start,
        snapshots.snapshot_date as period_end,
        true as is_complete,
        recipes.unit,
        recipes.statistic,
        list_contains(recipes.feeds, 'bt_999_calls') as uses_bt,
        snapshots.value as numerator,
        cast(null as double) as denominator,
        snapshots.value,
        cast(null as double) as margin
    from snapshots
    inner join recipes on snapshots.measure_id = recipes.measure_id

    union all

    select
        {{ series_id('returns.measure_id', 'returns.area_id', 'returns.segment') }} as series_id,
        returns.measure_id,
        returns.area_id,
        returns.segment,
        returns.period_type,
        case returns.period_type
            when 'month' then cast(date_trunc('month', returns.period_end) as date)
            when 'quarter' then cast(date_trunc('quarter', returns.period_end) as date)
            when 'year' then cast(date_trunc('year', returns.period_end) as date)
            when 'r12m' then cast(date_trunc('month', returns.period_end) - interval 11 month as date)
            else returns.period_end
        end as period_start,
        returns.period_end,
        true as is_complete,
        recipes.unit,
        recipes.statistic,
        list_contains(recipes.feeds, 'bt_999_calls') as uses_bt,
        returns.numerator,
        returns.denominator,
        returns.value,
        returns.margin
    from returns
    inner join recipes on returns.measure_id = recipes.measure_id
),

-- What cannot be is no figure: a share of one population outside 0 to 100, less than nothing. A rate over another population can pass 100, with a caveat.
judged as (
    select
        *,
        coalesce(
            {{ is_below_possible('value', 'unit') }}
            or {{ is_above_possible('value', 'unit', 'statistic') }}, false
        ) as is_impossible
    from measured
),

-- A measure that is nought for ever: no code of the extracts meets its definition, or the force never uses it.
unmatched as (
    select
        monthly.measure_id,
        monthly.force_code,
        count(distinct monthly.month) as month_count
    from monthly
    inner join recipes on monthly.measure_id = recipes.measure_id
    where monthly.segment = 'all' and recipes.statistic in ('count', 'population_rate')
    group by monthly.measure_id, monthly.force_code
    having sum(monthly.numerator) = 0 and count(distinct monthly.month) filter (where monthly.is_complete) >= 12
),

-- BT's errors inflate abandonment by more than a point: months concerned, and the rules that say so.
bt_gaps as (
    select
        force_area_id as area_id,
        month,
        any_value(rate_raw) as rate_raw,
        any_value(rate_adjusted) as rate_adjusted,
        string_agg(rule_code || ' ' || calls_removed, ', ' order by rule_code) filter (where calls_removed > 0) as rules
    from bt_adjustment
    where gap_points > 1
    group by force_area_id, month
),

months as (
    select distinct month from bt_gaps
),

periods as (
    {{ periods_of('months') }}
),

bt_caveats as (
    select
        bt_gaps.area_id,
        periods.period_type,
        periods.period_end,
        'BT errors inflate abandonment'
        || case when count(*) > 1 then ' in ' || count(*) || ' months, the last ' else ' in ' end
        || strftime(max(bt_gaps.month), '%b %Y')
        || format(': raw {:.1f}%, adjusted {:.1f}%', arg_max(bt_gaps.rate_raw, bt_gaps.month), arg_max(bt_gaps.rate_adjusted, bt_gaps.month))
        || coalesce(' (calls removed: ' || arg_max(bt_gaps.rules, bt_gaps.month) || ')', '') as caveat
    from bt_gaps
    inner join periods on bt_gaps.month = periods.month
    group by bt_gaps.area_id, periods.period_type, periods.period_end
),

-- A period that began before a series break and ends after it adds up two things.
break_caveats as (
    select
        measured.series_id,
        measured.period_type,
        measured.period_end,
        string_agg(
            'spans the break of ' || strftime(series_breaks.break_month, '%b %Y') || ': ' || series_breaks.reason, '; '
            order by series_breaks.break_month
        ) as caveat
    from measured
    inner join series_breaks on
        measured.measure_id glob series_breaks.measure_pattern
        and series_breaks.area_id in (measured.area_id, '*')
        and series_breaks.break_month > measured.period_start
        and series_breaks.break_month <= measured.period_end
    group by measured.series_id, measured.period_type, measured.period_end
)

select
    judged.measure_id,
    judged.area_id,
    judged.segment,
    judged.series_id,
    judged.period_type,
    cast(judged.period_end as date) as period_end,
    judged.numerator,
    judged.denominator,
    case when not judged.is_impossible then judged.value end as value,
    judged.margin,
    judged.unit,
    judged.is_complete,
    case
        when not judged.is_complete or judged.is_impossible then 'D'
        when judged.uses_bt and bt_caveats.caveat is not null then 'C'
        when break_caveats.caveat is not null or unmatched.month_count is not null then 'B'
        else 'A'
    end as quality_grade,
    nullif(
        concat_ws(
            '; ',
            case
                when judged.is_impossible and judged.unit = 'pct' then format('held back: {:.1f}% is no share of a whole', judged.value)
                when judged.is_impossible then 'held back: a figure below nought cannot be'
                when judged.unit = 'pct' and judged.value > 100
                    then format('above 100%: {:.0f} are set against {:.0f}, which are counted apart', judged.numerator, judged.denominator)
            end,
            case
                when unmatched.month_count is not null
                    then 'nothing in the extracts has met its definition in ' || unmatched.month_count || ' months: are its codes in use?'
            end,
            -- asked here: among the conditions of the join it would compare every value with every incomplete period
            case when not judged.is_complete then incomplete_periods.caveat end,
            case when judged.uses_bt then bt_caveats.caveat end,
            break_caveats.caveat
        ), ''
    ) as caveat
from judged
left join areas on judged.area_id = areas.area_id
left join unmatched on judged.measure_id = unmatched.measure_id and areas.force_code = unmatched.force_code
left join bt_caveats on
    judged.area_id = bt_caveats.area_id
    and judged.period_type = bt_caveats.period_type
    and judged.period_end = bt_caveats.period_end
left join break_caveats on
    judged.series_id = break_caveats.series_id
    and judged.period_type = break_caveats.period_type
    and judged.period_end = break_caveats.period_end
left join incomplete_periods on
    judged.measure_id = incomplete_periods.measure_id
    and judged.area_id = incomplete_periods.area_id
    and judged.period_type = incomplete_periods.period_type
    and judged.period_end = incomplete_periods.period_end
