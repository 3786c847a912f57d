-- Whether the marts bear out each printed statement that needs no finding: events, series not collected, comparators, BT errors, season.
-- One row per statement that could be decided.
with

readings as (
    select *
    from {{ ref('printed_figure_readings') }}
),

known_values as (
    select * from {{ ref('int_printed_figures__values') }}
    where value is not null
),

measures as (
    select * from {{ ref('dim_measure') }}
),

events as (
    select * from {{ ref('events') }}
),

dated as (
    select
        readings.figure_id,
        date_trunc('month', events.event_date) = date_trunc('month', readings.period_end) as is_borne_out,
        'event ' || events.event_id || ' on ' || strftime(events.event_date, '%d %b %Y') as evidence
    from readings
    inner join events on readings.finding_kinds = events.event_id
    where readings.read_as = 'event'
),

of_measures as (
    select
        readings.figure_id,
        case readings.read_as
            when 'not_collected' then measures.status = 'not_collected'
            when 'seasonal' then measures.is_seasonal
            when 'exclusion' then measures.exclusions is not null
            when 'returned' then measures.status = 'collected'
        end as is_borne_out,
        case readings.read_as
            when 'not_collected' then coalesce('not collected: ' || measures.status_reason, 'collected by now')
            when 'seasonal' then case when measures.is_seasonal then 'held to be seasonal' else 'not held to be seasonal' end
            when 'exclusion' then coalesce(measures.exclusions, 'no reservation stands in the catalogue')
            when 'returned' then measures.status
        end as evidence
    from readings
    inner join measures on readings.measure_id = measures.measure_id
    where readings.read_as in ('not_collected', 'seasonal', 'exclusion', 'returned')
),

first_months as (
    select
        readings.figure_id,
        min(known_values.period_end) = figures.printed_period_end as is_borne_out,
        'the series begins in ' || strftime(min(known_values.period_end), '%b %Y') as evidence
    from readings
    inner join {{ ref('printed_figures') }} as figures on readings.figure_id = figures.figure_id
    inner join known_values on
        readings.measure_id = known_values.measure_id
        and readings.area_id = known_values.area_id
        and known_values.segment = 'all'
        and known_values.period_type = 'month'
    where readings.read_as = 'first_month'
    group by readings.figure_id, figures.printed_period_end
),

newest as (
    select
        readings.figure_id,
        max(known_values.period_end) = readings.period_end as is_borne_out,
        'the newest estimate is of ' || strftime(max(known_values.period_end), '%b %Y') as evidence
    from readings
    inner join known_values on
        readings.measure_id = known_values.measure_id
        and readings.area_id = known_values.area_id
        and readings.period_type = known_values.period_type
    where readings.read_as = 'latest'
    group by readings.figure_id, readings.period_end
),

fallen as (
    select
        readings.figure_id,
        known_values.value < earlier.value as is_borne_out,
        format('{:.1f} after {:.1f}', known_values.value, earlier.value) as evidence
    from readings
    inner join known_values on
        readings.measure_id = known_values.measure_id
        and readings.area_id = known_values.area_id
        and readings.period_type = known_values.period_type
        and readings.period_end = known_values.period_end
    inner join known_values as earlier on
        readings.measure_id = earlier.measure_id
        and readings.area_id = earlier.area_id
        and readings.period_type = earlier.period_type
        and last_day(readings.period_end - interval 3 month) = earlier.period_end
    where readings.read_as = 'fell'
),

above as (
    select
        readings.figure_id,
        bool_and(own.value > others.value) as is_borne_out,
        format('{} of {} values lie above; whether by more than chance is in measures.measure_comparisons', count(*) filter (where own.value > others.value), count(*)) as evidence
    from readings
    inner join known_values as own on
        own.measure_id glob readings.measure_id
        and readings.area_id = own.area_id
        and readings.period_type = own.period_type
        and readings.period_end = own.period_end
    inner join known_values as others on
        own.measure_id = others.measure_id
        and own.period_type = others.period_type
        and own.period_end = others.period_end
        and others.area_id in ('england_wales', 'msg', 'national')
    where readings.read_as = 'above_comparators'
    group by readings.figure_id
),

related as (
    select
        readings.figure_id,
        case readings.finding_kinds
            when 'positive' then correlations.r > 0
            when 'positive_significant' then correlations.r > 0 and correlations.is_significant
            when 'positive_significant_strong' then correlations.r >= 0.7 and correlations.is_significant
            when 'negative' then correlations.r < 0
            when 'negative_strong' then correlations.r <= -0.7
            when 'not_negative' then correlations.r > -0.3
        end as is_borne_out,
        correlations.sentence as evidence
    from readings
    inner join {{ ref('correlations') }} as correlations on
        readings.measure_id in (correlations.measure_a, correlations.measure_b)
        and readings.segment in (correlations.measure_a, correlations.measure_b)
        and readings.area_id = correlations.area_id
        and readings.period_end = correlations.period_end
    where
        readings.read_as = 'correlation'
        and readings.finding_kinds is not null
),

-- One of the printed drivers is among the first five that lengthen the time.
driven as (
    select
        readings.figure_id,
        drivers.rank <= 5 and drivers.duration_effect > 0 as is_borne_out,
        format('rank {} of the cells of type and team', drivers.rank) as evidence
    from readings
    inner join {{ ref('drivers') }} as drivers on
        readings.measure_id = drivers.measure_id
        and drivers.area_id = '{{ var("home_force") }}_force'
        and readings.segment = drivers.value_1
        and readings.area_id = drivers.value_2
        and readings.period_type = drivers.period_type
        and readings.period_end = drivers.period_end
        and drivers.dimension_2 = 'cpt'
    where readings.read_as = 'driver'
),

findings as (
    select * from {{ ref('measure_findings') }}
),

-- Borne out by a finding of one of the kinds that say so; otherwise, what the findings of that series and period do say.
found as (
    select
        readings.figure_id,
        bool_or(list_contains(string_split(readings.finding_kinds, '|'), findings.kind)) as is_borne_out,
        coalesce(
            min(findings.sentence) filter (where list_contains(string_split(readings.finding_kinds, '|'), findings.kind)),
            'findings there: ' || string_agg(distinct findings.kind, ', ' order by findings.kind)
        ) as evidence
    from readings
    inner join findings on
        readings.measure_id = findings.measure_id
        and readings.area_id = findings.area_id
        and readings.segment = findings.segment
        and readings.period_end = findings.period_end
    where readings.read_as = 'finding'
    group by readings.figure_id
),

-- Over the whole series, breaks and all: the report says so across the change of model.
records as (
    select
        readings.figure_id,
        -- of equal months the latest, so that the answer does not depend on the order of the rows
        max_by(known_values.period_end, row(known_values.value, known_values.period_end)) = readings.period_end as is_borne_out,
        'highest of the ' || count(*) || ' months since ' || strftime(min(known_values.period_end), '%b %Y') || ' in '
        || strftime(max_by(known_values.period_end, row(known_values.value, known_values.period_end)), '%b %Y') as evidence
    from readings
    inner join known_values on
        readings.measure_id = known_values.measure_id
        and readings.area_id = known_values.area_id
        and readings.segment = known_values.segment
        and readings.period_type = known_values.period_type
        and known_values.period_end <= readings.period_end
    where readings.read_as = 'record'
    group by readings.figure_id, readings.period_end
),

-- Twelve months before the month given against the six from it on.
after_change as (
    select
        readings.figure_id,
        avg(known_values.value) filter (where known_values.period_end >= readings.period_end)
        > avg(known_values.value) filter (where known_values.period_end < readings.period_end) as is_borne_out,
        format(
            '{:,.0f} a month after and {:,.0f} before',
            avg(known_values.value) filter (where known_values.period_end >= readings.period_end),
            avg(known_values.value) filter (where known_values.period_end < readings.period_end)
        ) as evidence
    from readings
    inner join known_values on
        readings.measure_id = known_values.measure_id
        and readings.area_id = known_values.area_id
        and readings.segment = known_values.segment
        and readings.period_type = known_values.period_type
        and known_values.period_end between readings.period_end - interval 12 month and readings.period_end + interval 6 month
    where readings.read_as = 'higher_after'
    group by readings.figure_id
),

every_segment as (
    select
        readings.figure_id,
        bool_and(own.value > before.value) as is_borne_out,
        string_agg(format('{} {:,.0f} after {:,.0f}', own.segment, own.value, before.value), ', ' order by own.segment) as evidence
    from readings
    inner join known_values as own on
        readings.measure_id = own.measure_id
        and readings.area_id = own.area_id
        and readings.period_type = own.period_type
        and readings.period_end = own.period_end
        and own.segment not in ('all', 'not recorded')
    inner join known_values as before on
        own.measure_id = before.measure_id
        and own.area_id = before.area_id
        and own.segment = before.segment
        and before.period_type = 'year'
        and before.period_end = date '2019-12-31'
    where readings.read_as = 'every_segment_above_2019'
    group by readings.figure_id
),

profiled as (
    select
        readings.figure_id,
        case readings.finding_kinds
            when 'unchanged' then max(profiles.cramers_v) < 0.05
            when 'working_hours' then min(least(profiles.working_hours_before_pct, profiles.working_hours_after_pct)) > 50
        end as is_borne_out,
        max_by(profiles.sentence, row(profiles.cramers_v, profiles.sentence)) filter (where profiles.cramers_v is not null) as evidence
    from readings
    inner join {{ ref('profile_changes') }} as profiles on
        readings.measure_id = profiles.measure_id
        and readings.area_id = profiles.area_id
    where readings.read_as = 'profile'
    group by readings.figure_id, readings.finding_kinds
),

-- Of the three forces, the one first in the one rate is not first in the other.
disagreeing as (
    select
        readings.figure_id,
        max_by(known_values.area_id, row(known_values.value, known_values.area_id)) filter (where known_values.measure_id = readings.measure_id)
        <> max_by(known_values.area_id, row(known_values.value, known_values.area_id)) filter (where known_values.measure_id = readings.segment) as is_borne_out,
        'first: ' || max_by(known_values.area_id, row(known_values.value, known_values.area_id)) filter (where known_values.measure_id = readings.measure_id) || ' and '
        || max_by(known_values.area_id, row(known_values.value, known_values.area_id)) filter (where known_values.measure_id = readings.segment) as evidence
    from readings
    inner join known_values on
        known_values.measure_id in (readings.measure_id, readings.segment)
        and known_values.segment = 'all'
        and known_values.period_type = 'r12m'
        and readings.period_end = known_values.period_end
        and known_values.area_id in (
            select '{{ var("home_force") }}_force'
            union all
            select comparator_id from {{ ref('comparator_sets') }} where set_id = 'tri_force'
        )
    where readings.read_as = 'ranks_disagree'
    group by readings.figure_id, readings.measure_id, readings.segment
),

inflated as (
    select
        readings.figure_id,
        max(bt.gap_points) > 1 as is_borne_out,
        format('errors removed by the BT rules make up to {:.1f} points of abandonment in a month', max(bt.gap_points)) as evidence
    from readings
    inner join {{ ref('bt_adjustment') }} as bt on readings.area_id = bt.force_area_id
    where readings.read_as = 'bt'
    group by readings.figure_id
)

select * from dated
union all
select * from of_measures
union all
select * from first_months
union all
select * from newest
union all
select * from fallen
union all
select * from above
union all
select * from inflated
union all
select * from related
union all
select * from driven
union all
select * from found
union all
select * from profiled
union all
select * from disagreeing
union all
select * from records
union all
select * from after_change
union all
select * from every_segment
