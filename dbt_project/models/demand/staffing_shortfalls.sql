-- Stretches of half hours in which a line needs more operators than are rostered, in words. One row per force, line and stretch within a day.
with

short as (
    select
        *,
        expected_value * (1 - expected_abandonment_pct / 100) as expected_answered,
        'measures.staffing[' || concat_ws('|', area_id, line, interval_start_at) || '].shortfall_count' as cell,
        interval_start_at
        - interval 30 minute * row_number() over (partition by area_id, line, local_date order by interval_start_at) as stretch
    from {{ ref('staffing') }}
    where shortfall_count > 0
),

stretches as (
    select
        area_id,
        line,
        local_date,
        min(interval_start_at) as interval_start_at,
        min(interval_start_local) as from_local,
        max(interval_start_local) + interval 30 minute as to_local,
        cast(max(shortfall_count) as bigint) as shortfall_count,
        min(shortfall_count) < max(shortfall_count) as is_uneven,
        cast(sum(shortfall_count) as double) / 2 as short_operator_hours,
        max(within_seconds) as within_seconds,
        max(target_pct) as target_pct,
        min(expected_abandonment_pct) = 100 as is_unanswered,
        -- of calls answered; where none would be, the half hours count alike
        coalesce(sum(expected_answered * expected_in_time_pct) / nullif(sum(expected_answered), 0), avg(expected_in_time_pct)) as expected_in_time_pct,
        string_agg(cell, '; ' order by interval_start_at) as evidence_cells
    from short
    group by area_id, line, local_date, stretch
),

judged as (
    select
        stretches.*,
        service_levels.measure_id,
        service_levels.material_operator_hours,
        stretches.expected_in_time_pct < stretches.target_pct
        and stretches.short_operator_hours >= service_levels.material_operator_hours as is_material
    from stretches
    inner join {{ ref('service_levels') }} as service_levels
        on
            stretches.area_id = service_levels.area_id
            and stretches.line = service_levels.line
            and stretches.local_date between service_levels.valid_from and service_levels.valid_to
)

select
    area_id,
    line,
    interval_start_at,
    local_date,
    from_local,
    to_local,
    measure_id,
    shortfall_count,
    short_operator_hours,
    expected_in_time_pct,
    within_seconds,
    target_pct,
    is_material,
    cast(
        case
            when is_material then row_number() over (partition by area_id, is_material order by short_operator_hours desc, interval_start_at asc, line asc)
        end as integer
    ) as finding_order,
    concat(
        'short of at least ', format('{:g}', material_operator_hours),
        ' operator hours in a row, and with the rota fewer calls answered in time than the target'
    ) as evidence,
    evidence_cells,
    concat(
        strftime(local_date, '%A %-d %B'),
        ', ', strftime(from_local, '%H:%M'), '–', strftime(to_local, '%H:%M'),
        ', needs ', case when is_uneven then 'up to ' else '' end,
        {{ counted_noun('shortfall_count', "more ' || upper(line) || ' operator", "more ' || upper(line) || ' operators") }},
        ' than rostered.',
        case
            when is_material and is_unanswered then ' With the rota, no call would be answered.'
            when is_material then concat(
                ' With the rota, ', {{ one_decimal('expected_in_time_pct') }}, '% of calls answered would be in time (target ',
                {{ whole_text('target_pct') }}, '% within ', within_seconds, ' seconds).'
            )
        end
    ) as sentence
from judged
