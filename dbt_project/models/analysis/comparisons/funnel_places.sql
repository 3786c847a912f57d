-- Places of one kind beside each other, each with the limits that chance allows a place of its size: the districts and community policing teams of a
-- force, and the forces of a set. The newest complete period that all of them have, twelve months before any shorter one; groups of three or more.
-- One row per measure and area.
{{ config(schema='measures', materialized='table') }}

with

areas as (
    select * from {{ ref('dim_area') }}
    where not is_unallocated and force_code <> 'unknown'
),

measures as (
    select * from {{ ref('dim_measure') }}
    where unit in ('pct', {{ quoted_rates() }}) and statistic not in ('mean', 'median', 'p90', 'estimate')
),

measure_values as (
    select * from {{ ref('int_complete_values') }}
    where segment = 'all' and numerator >= 0 and denominator > 0
),

measure_sets as (
    select * from {{ ref('comparator_sets') }}
    where force_code is not null
),

comparator_values as (
    select * from {{ ref('comparator_values') }}
    where segment = 'all' and numerator >= 0 and denominator > 0
),

-- Who is compared with whom: the areas of one level of a force, and the forces of a set while they are in it.
members as (
    select
        area_id,
        force_code || '_' || level as peer_group,
        date '1900-01-01' as valid_from,
        date '9999-12-31' as valid_to
    from areas
    where level <> 'force'

    union all

    select
        areas.area_id,
        measure_sets.set_id as peer_group,
        measure_sets.valid_from,
        measure_sets.valid_to
    from areas
    inner join measure_sets on areas.force_code = measure_sets.force_code
    where areas.level = 'force'
),

figures as (
    select
        measure_values.measure_id,
        measure_values.area_id,
        members.peer_group,
        measure_values.period_type,
        measure_values.period_end,
        measure_values.numerator,
        measure_values.denominator
    from measure_values
    inner join members on
        measure_values.area_id = members.area_id
        and measure_values.period_end between members.valid_from and members.valid_to

    union all

    -- forces whose own figures the warehouse does not hold, as they were supplied
    select
        comparator_values.measure_id,
        areas.area_id,
        measure_sets.set_id as peer_group,
        comparator_values.period_type,
        comparator_values.period_end,
        comparator_values.numerator,
        comparator_values.denominator
    from comparator_values
    inner join measure_sets on
        comparator_values.comparator_id = measure_sets.comparator_id
        and comparator_values.period_end between measure_sets.valid_from and measure_sets.valid_to
    inner join areas on measure_sets.force_code = areas.force_code and areas.level = 'force'
    where not exists (
        select 1 from measure_values
        where
            measure_values.measure_id = comparator_values.measure_id
            and measure_values.area_id = areas.area_id
            and measure_values.period_type = comparator_values.period_type
            and measure_values.period_end = comparator_values.period_end
    )
),

-- Of the periods of a group, those in which the most of its places have a figure; of these the newest of the longest kind.
periods as (
    select
        figures.measure_id,
        figures.peer_group,
        figures.period_type,
        figures.period_end,
        count(*) as places,
        sum(figures.numerator) as numerator,
        sum(figures.denominator) as denominator,
        bool_and(figures.numerator <= figures.denominator) as has_shares_only
    from figures
    group by figures.measure_id, figures.peer_group, figures.period_type, figures.period_end
    having count(*) >= 3 and sum(figures.numerator) > 0
    qualify row_number() over (
        partition by figures.measure_id, figures.peer_group
        order by places desc, {{ months_in('figures.period_type') }} desc, figures.period_end desc
    ) = 1
),

placed as (
    select
        figures.*,
        measures.unit,
        {{ unit_factor('measures.unit') }} as factor,
        measures.unit = 'pct' and periods.has_shares_only as is_share,
        periods.numerator / periods.denominator as quotient
    from figures
    inner join periods on
        figures.measure_id = periods.measure_id
        and figures.peer_group = periods.peer_group
        and figures.period_type = periods.period_type
        and figures.period_end = periods.period_end
    inner join measures on figures.measure_id = measures.measure_id
),

limited as (
    select
        *,
        {%- for name, z in funnel_z().items() %}
        {{ funnel_limit('is_share', 'quotient', 'denominator', z, -1) }} as lower_{{ name }},
        {{ funnel_limit('is_share', 'quotient', 'denominator', z, 1) }} as upper_{{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from placed
)

select
    measure_id,
    area_id,
    peer_group,
    period_type,
    period_end,
    numerator,
    denominator,
    unit,
    is_share,
    numerator * factor / denominator as value,
    quotient * factor as centre,
    lower_998 * factor as alarm_lower,
    lower_95 * factor as alert_lower,
    upper_95 * factor as alert_upper,
    upper_998 * factor as alarm_upper,
    {{ funnel_state('numerator / denominator') }} as funnel_state
from limited
