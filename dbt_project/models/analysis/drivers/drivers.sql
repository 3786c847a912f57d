-- What a change is made of: the cells of the declared dimensions with their contributions, which add up to the change (methods.md 3.4).
-- One row per set of dimensions, measure, area, period and cell; cells with fewer than 20 rows in either period are pooled in the row `other`.
--   mean     the difference of two means, as mix (a cell's share of the rows changed) and duration (its own mean changed)
--   median   a median does not add up: the change in the total time of the same rows, as volume and duration
--   volume   the difference of two counts
--   part     likewise, of a count and a part of it that another measure counts
{{ config(
    schema='measures',
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ forget_changed_series(series_id(segment=literal('all')), ['int_driver_inputs']) }}",
) }}

with

periods as (
    select * from {{ ref('int_driver_periods') }}
    where {{ is_changed_series(inputs=['int_driver_inputs']) }}
),

cells as (
    select * from {{ ref('int_driver_cells') }}
),

measures as (
    select * from {{ ref('dim_measure') }}
),

areas as (
    select * from {{ ref('dim_area') }}
),

measure_values as (
    select * from {{ ref('measure_values') }}
),

-- Both periods side by side.
counted as (
    select
        periods.set_id,
        periods.series_id,
        periods.period_type,
        periods.period_end,
        cells.value_1,
        cells.value_2,
        coalesce(sum(cells.row_count) filter (where cells.month > periods.base_period_end), 0) as n_current,
        coalesce(sum(cells.row_count) filter (where cells.month <= periods.base_period_end), 0) as n_base,
        sum(cells.total) filter (where cells.month > periods.base_period_end) as total_current,
        sum(cells.total) filter (where cells.month <= periods.base_period_end) as total_base
    from periods
    inner join cells
        on
            periods.set_id = cells.set_id
            and periods.area_id = cells.area_id
            and (
                (cells.month <= periods.period_end and cells.month > periods.period_end - to_months(periods.months_in_period))
                or (cells.month <= periods.base_period_end and cells.month > periods.base_period_end - to_months(periods.months_in_period))
            )
    group by
        periods.set_id, periods.series_id, periods.period_type, periods.period_end, cells.value_1, cells.value_2
),

part_periods as (
    select * from periods where driver_kind = 'part'
),

-- The few counts that the parts and their wholes are, so that the join below starts from them.
part_counts as (
    select
        measure_id,
        area_id,
        period_type,
        period_end,
        is_complete,
        cast(numerator as bigint) as n
    from measure_values
    where
        segment = 'all'
        and (measure_id in (select measure_id from part_periods) or measure_id in (select dimension_1 from part_periods))
),

-- A part and its whole, in both periods.
in_parts as (
    select
        part_periods.set_id,
        part_periods.series_id,
        part_periods.period_type,
        part_periods.period_end,
        part_periods.dimension_1 as value_1,
        'all' as value_2,
        any_value(part_counts.n) filter (
            where part_counts.measure_id = part_periods.dimension_1 and part_counts.period_end = part_periods.period_end
                and part_counts.is_complete
        ) as n_current,
        any_value(part_counts.n) filter (
            where part_counts.measure_id = part_periods.dimension_1 and part_counts.period_end <> part_periods.period_end
                and part_counts.is_complete
        ) as n_base,
        any_value(part_counts.n) filter (
            where part_counts.measure_id <> part_periods.dimension_1 and part_counts.period_end = part_periods.period_end
        ) as whole_current,
        any_value(part_counts.n) filter (
            where part_counts.measure_id <> part_periods.dimension_1 and part_counts.period_end <> part_periods.period_end
        ) as whole_base
    from part_periods
    inner join part_counts
        on
            part_periods.area_id = part_counts.area_id
            and part_periods.period_type = part_counts.period_type
            and part_counts.measure_id in (part_periods.measure_id, part_periods.dimension_1)
            and part_counts.period_end in (part_periods.period_end, part_periods.base_period_end)
    group by
        part_periods.set_id, part_periods.series_id, part_periods.period_type, part_periods.period_end, part_periods.dimension_1
    having n_current is not null and n_base is not null and whole_current is not null and whole_base is not null
),

all_cells as (
    select
        * replace (
            case when least(n_current, n_base) < {{ smallest_driver_cell() }} then 'other' else value_1 end as value_1,
            case when least(n_current, n_base) < {{ smallest_driver_cell() }} then 'other' else value_2 end as value_2
        ),
        least(n_current, n_base) < {{ smallest_driver_cell() }} as is_pooled
    from counted

    union all by name

    select
        * exclude (whole_current, whole_base),
        false as is_pooled
    from in_parts

    union all by name

    select
        * exclude (value_1, value_2, n_current, n_base, whole_current, whole_base),
        'other' as value_1,
        'other' as value_2,
        whole_current - n_current as n_current,
        whole_base - n_base as n_base,
        true as is_pooled
    from in_parts
),

pooled as (
    select
        set_id,
        series_id,
        period_type,
        period_end,
        value_1,
        value_2,
        is_pooled,
        cast(sum(n_current) as bigint) as n_current,
        cast(sum(n_base) as bigint) as n_base,
        cast(sum(total_current) as decimal(18, 3)) as total_current,
        cast(sum(total_base) as decimal(18, 3)) as total_base,
        count(*) as cell_count
    from all_cells
    group by set_id, series_id, period_type, period_end, value_1, value_2, is_pooled
),

-- Totals of the change, and the means; a cell that is empty in one period has the mean of the other.
meant as (
    select
        *,
        sum(n_current) over change_of as all_current,
        sum(n_base) over change_of as all_base,
        cast(total_current as double) / nullif(n_current, 0) as mean_current,
        cast(total_base as double) / nullif(n_base, 0) as mean_base,
        cast(sum(total_current) over change_of as double) / nullif(all_current, 0) as all_mean_current,
        cast(sum(total_base) over change_of as double) / nullif(all_base, 0) as all_mean_base
    from pooled
    window change_of as (partition by set_id, series_id, period_type, period_end)
),

effects as (
    select
        periods.measure_id,
        periods.area_id,
        periods.driver_kind,
        periods.words,
        periods.dimension_1,
        periods.dimension_2,
        periods.base_period_end,
        periods.change,
        periods.change_pct,
        meant.*,
        coalesce(mean_current, mean_base) as mean_1,
        coalesce(mean_base, mean_current) as mean_0,
        (mean_1 + mean_0) / 2 as mean_bar,
        cast(n_current as double) / all_current as share_1,
        cast(n_base as double) / all_base as share_0,
        case periods.driver_kind
            when 'mean' then 0
            when 'median' then (n_current - n_base) * mean_bar
            else cast(n_current - n_base as double)
        end as volume_effect,
        case periods.driver_kind
            when 'mean' then (share_1 - share_0) * (mean_bar - (all_mean_current + all_mean_base) / 2)
            else 0
        end as mix_effect,
        case periods.driver_kind
            when 'mean' then (share_1 + share_0) / 2 * (mean_1 - mean_0)
            when 'median' then (n_current + n_base) / 2.0 * (mean_1 - mean_0)
            else 0
        end as duration_effect,
        volume_effect + mix_effect + duration_effect as total_effect,
        -- the change that the effects add up to
        case periods.driver_kind
            when 'mean' then all_mean_current - all_mean_base
            when 'median' then all_mean_current * all_current - all_mean_base * all_base
            else cast(all_current - all_base as double)
        end as change_explained,
        -- what is ranked, positive where it pushes the way the measure went
        case when periods.driver_kind in ('mean', 'median') then duration_effect else volume_effect end * sign(periods.change) as push
    from meant
    inner join periods
        on
            meant.set_id = periods.set_id
            and meant.series_id = periods.series_id
            and meant.period_type = periods.period_type
            and meant.period_end = periods.period_end
    where
        meant.all_current > 0
        and meant.all_base > 0
),

ranked as (
    select
        effects.*,
        case
            when not is_pooled
                then row_number() over (
                    partition by set_id, series_id, period_type, period_end, is_pooled order by push desc, value_1 asc, value_2 asc
                )
        end as rank,
        coalesce(areas_1.area_name, parts.title, value_1) as label_1,
        coalesce(areas_2.area_name, value_2) as label_2
    from effects
    -- one equality each: a condition on the left side alone would have every effect compared with every row on the right
    left join areas as areas_1 on case when effects.dimension_1 in ('cpt', 'district') then effects.value_1 end = areas_1.area_id
    left join areas as areas_2 on effects.value_2 = areas_2.area_id
    left join measures as parts on case when effects.driver_kind = 'part' then effects.value_1 end = parts.measure_id
),

-- The cells that push the way the measure went, in stretches of the same first value: those that one clause speaks of.
pushing as (
    select
        *,
        sum(is_new) over (partition by set_id, series_id, period_type, period_end order by rank) as stretch
    from (
        select
            *,
            case
                when value_1 = lag(value_1) over (partition by set_id, series_id, period_type, period_end order by rank) then 0
                else 1
            end as is_new
        from ranked
        where
            rank is not null
            and push > 0
    ) as unnumbered
),

clauses as (
    select
        set_id,
        series_id,
        period_type,
        period_end,
        stretch,
        replace(any_value(words), '{1}', any_value(label_1)) as subject,
        list(label_2 order by rank) filter (where value_2 <> 'all') as places,
        subject
        || case when len(places) > 0 then ', most significantly in ' || places[1] else '' end
        || case when len(places) > 1 then ', followed by ' || places[2] else '' end
        || case when len(places) > 2 then ' and ' || places[3] else '' end as clause
    from pushing
    where stretch <= 2
    group by set_id, series_id, period_type, period_end, stretch
),

said as (
    select
        set_id,
        series_id,
        period_type,
        period_end,
        string_agg(clause, '; then ' order by stretch) as clauses
    from clauses
    group by set_id, series_id, period_type, period_end
)

select
    ranked.measure_id,
    ranked.area_id,
    ranked.set_id,
    ranked.period_type,
    ranked.period_end,
    ranked.base_period_end,
    ranked.driver_kind,
    ranked.dimension_1,
    ranked.value_1,
    ranked.label_1,
    ranked.dimension_2,
    ranked.value_2,
    ranked.label_2,
    ranked.is_pooled,
    cast(ranked.cell_count as integer) as cell_count,
    ranked.n_current,
    ranked.n_base,
    ranked.mean_current,
    ranked.mean_base,
    cast(ranked.volume_effect as double) as volume_effect,
    cast(ranked.mix_effect as double) as mix_effect,
    cast(ranked.duration_effect as double) as duration_effect,
    cast(ranked.total_effect as double) as total_effect,
    ranked.change_explained,
    ranked.change,
    cast(ranked.rank as integer) as rank,
    100 * ranked.total_effect / nullif(ranked.change_explained, 0) + 0.0 as share_of_change,
    case
        when ranked.driver_kind in ('volume', 'part') and not ranked.is_pooled
            then coalesce(
                ranked.total_effect / nullif(ranked.change_explained, 0) >= greatest(1.5 * ranked.share_0, 0.1), false
            )
    end as is_disproportionate,
    case ranked.driver_kind
        when 'mean' then 'difference of means: mix and duration'
        when 'median' then 'total time of the same rows: volume and duration; a median does not add up'
        when 'part' then 'difference of counts; the part is counted in other units, so its share is an upper bound'
        else 'difference of counts'
    end as method,
    case
        when ranked.rank = 1
            then
                measures.title || ', ' || areas.area_name || ', '
                || case ranked.period_type when 'r12m' then '12 months to ' else '' end || strftime(ranked.period_end, '%B %Y') || ': '
                || {{ change_text('ranked.change', 'ranked.change_pct', 'measures.unit') }} || ' year on year'
                || coalesce('; ' || said.clauses, '; no part went the same way') || '.'
    end as sentence
from ranked
inner join measures on ranked.measure_id = measures.measure_id
inner join areas on ranked.area_id = areas.area_id
left join said
    on
        ranked.set_id = said.set_id
        and ranked.series_id = said.series_id
        and ranked.period_type = said.period_type
        and ranked.period_end = said.period_end
