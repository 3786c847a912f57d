-- What the marts say in place of each printed figure: values, changes, margins, ranks, lengths of runs, progress, targets and parameters.
-- One row per figure that could be computed.
with

readings as (
    select *
    from {{ ref('printed_figure_readings') }}
),

known_values as (
    select * from {{ ref('int_printed_figures__values') }}
),

charts as (
    select * from {{ ref('measure_spc') }}
),

targets as (
    select * from {{ ref('int_measure_targets') }}
),

correlations as (
    select * from {{ ref('correlations') }}
),

drivers as (
    select * from {{ ref('drivers') }}
),

deliverables as (
    select * from {{ ref('deliverables') }}
),

parameters as (
    {%- for name in ['ivr_window_seconds', 'over_10h_seconds', 'stable_band_pct', 'section_60_window_weeks'] %}
    select
        '{{ name }}' as parameter_id,
        cast({{ var(name) }} as double) as value
    {{- ' union all' if not loop.last }}
    {%- endfor %}
),

-- A change is against the same period a year earlier, the period before, or 2019.
based as (
    select
        *,
        case against
            when 'yoy' then last_day(period_end - interval 1 year)
            when 'previous_period' then last_day(period_end - case period_type when 'quarter' then interval 3 month else interval 1 month end)
            when 'baseline_2019' then date '2019-12-31'
        end as base_end
    from readings
),

valued as (
    select
        based.figure_id,
        case based.read_as
            when 'value' then known_values.value
            when 'margin' then known_values.margin
            when 'change' then known_values.value - bases.value
            when 'change_pct' then 100 * (known_values.value - bases.value) / nullif(bases.value, 0)
            when 'change_per_month' then (known_values.value - bases.value) / 12
        end as computed_value
    from based
    inner join known_values on
        based.measure_id = known_values.measure_id
        and based.area_id = known_values.area_id
        and based.segment = known_values.segment
        and based.period_type = known_values.period_type
        and based.period_end = known_values.period_end
    left join known_values as bases on
        based.measure_id = bases.measure_id
        and based.area_id = bases.area_id
        and based.segment = bases.segment
        and based.period_type = bases.period_type
        and based.base_end = bases.period_end
    where based.read_as in ('value', 'margin', 'change', 'change_pct', 'change_per_month')
),

-- Months back from the one printed (0), in the chart's own phase or an earlier one.
months_back as (
    select
        readings.figure_id,
        readings.finding_kinds as kind,
        date_diff('month', charts.month, date_trunc('month', readings.period_end)) as back,
        charts.value,
        charts.rule_outside,
        charts.rule_outside = 1 or charts.rule_two_of_three = 1 as is_exceptional
    from readings
    inner join charts on
        readings.measure_id = charts.measure_id
        and readings.area_id = charts.area_id
        and readings.segment = charts.segment
        and charts.month <= readings.period_end
    where readings.read_as = 'run'
),

with_latest as (
    select
        *,
        first_value(value) over (partition by figure_id order by back) as latest_value
    from months_back
),

runs as (
    select
        figure_id,
        kind,
        coalesce(min(back) filter (where not is_exceptional), count(*)) as exceptional_run,
        coalesce(min(back) filter (where back > 0 and value >= latest_value), count(*)) as months_high
    from with_latest
    group by figure_id, kind
),

above_limit as (
    select
        runs.figure_id,
        count(*) filter (where months_back.rule_outside = 1) as months_above
    from runs
    inner join months_back on runs.figure_id = months_back.figure_id and months_back.back < runs.exceptional_run
    group by runs.figure_id
),

steps as (
    select
        figure_id,
        back,
        coalesce(value < lead(value) over (partition by figure_id order by back), false) as is_fall
    from months_back
),

falls as (
    select
        figure_id,
        coalesce(min(back) filter (where not is_fall), count(*)) as months_falling
    from steps
    group by figure_id
),

run_lengths as (
    select
        runs.figure_id,
        cast(case runs.kind
            when 'exceptional_high' then runs.exceptional_run
            when 'above_ucl' then coalesce(above_limit.months_above, 0)
            when 'month_high' then runs.months_high
            when 'falling' then falls.months_falling
        end as double) as computed_value
    from runs
    left join above_limit on runs.figure_id = above_limit.figure_id
    left join falls on runs.figure_id = falls.figure_id
),

-- Among the home force and the forces it is compared with; among the survey's questions; among the segments with enough of a denominator.
rivals as (
    select
        readings.figure_id,
        known_values.value,
        case readings.read_as
            when 'rank' then known_values.area_id = readings.area_id
            when 'rank_among_questions' then known_values.measure_id = readings.measure_id
            else known_values.segment = readings.segment
        end as is_wanted
    from readings
    inner join known_values on
        readings.period_type = known_values.period_type
        and readings.period_end = known_values.period_end
        and (
            (
                readings.read_as = 'rank'
                and known_values.measure_id = readings.measure_id
                and known_values.segment = 'all'
                and known_values.area_id in (
                    select '{{ var("home_force") }}_force'
                    union all
                    select comparator_id from {{ ref('comparator_sets') }} where set_id = 'tri_force'
                )
            )
            or (
                readings.read_as = 'rank_among_questions'
                and known_values.measure_id glob 'csew_*'
                and known_values.area_id = readings.area_id
            )
            or (
                readings.read_as = 'rank_among_segments'
                and known_values.measure_id = readings.measure_id
                and known_values.area_id = readings.area_id
                and known_values.segment <> 'all'
                and known_values.denominator >= {{ var('rank_min_denominator') }}
            )
        )
    where known_values.value is not null
),

places as (
    select
        figure_id,
        is_wanted,
        rank() over (partition by figure_id order by value desc) as place
    from rivals
),

ranks as (
    select
        figure_id,
        cast(place as double) as computed_value
    from places
    where is_wanted
),

aimed as (
    select
        readings.figure_id,
        targets.target as computed_value
    from readings
    inner join targets on
        readings.measure_id = targets.measure_id
        and targets.area_id in (readings.area_id, '*')
        and readings.period_end between targets.valid_from and targets.valid_to
    where readings.read_as = 'target'
),

declared as (
    select
        readings.figure_id,
        parameters.value as computed_value
    from readings
    inner join parameters on readings.measure_id = parameters.parameter_id
    where readings.read_as = 'parameter'
),

-- The segment of a correlation names the other measure; of a driver, the type of incident, and the area is the team.
correlated as (
    select
        readings.figure_id,
        correlations.r as computed_value
    from readings
    inner join correlations on
        readings.measure_id = correlations.measure_a
        and readings.segment = correlations.measure_b
        and readings.area_id = correlations.area_id
        and readings.period_end = correlations.period_end
    where
        readings.read_as = 'correlation'
        and readings.finding_kinds is null
),

driven as (
    select
        readings.figure_id,
        cast(drivers.rank as double) as computed_value
    from readings
    inner join drivers on
        readings.measure_id = drivers.measure_id
        and drivers.area_id = '{{ var("home_force") }}_force'
        and readings.segment = drivers.value_1
        and readings.area_id = drivers.value_2
        and readings.period_type = drivers.period_type
        and readings.period_end = drivers.period_end
        and drivers.dimension_2 = 'cpt'
    where readings.read_as = 'driver'
),

progressed as (
    select
        readings.figure_id,
        cast(deliverables.progress_pct as double) as computed_value
    from readings
    inner join deliverables on readings.segment = deliverables.deliverable_id
    where readings.read_as = 'progress'
)

select * from valued where computed_value is not null
union all
select * from run_lengths where computed_value is not null
union all
select * from ranks
union all
select * from aimed
union all
select * from declared
union all
select * from correlated where computed_value is not null
union all
select * from driven
union all
select * from progressed where computed_value is not null
