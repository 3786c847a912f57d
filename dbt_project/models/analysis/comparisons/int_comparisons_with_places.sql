-- Each value of a force beside the same measure elsewhere: an average as supplied (vs_national, vs_msg, vs_england_wales), another force
-- (vs_hampshire), and the set that both belong to, as one (vs_tri_force), with its rank there. Sets are dated data (seed comparator_sets). One row a
-- value and comparison. A share or rate has its place in the funnel about an average or a set; survey estimates and single forces are
-- tested in measure_comparisons. Volumes of places of another size are not compared.
{{ config(materialized='view') }}

with

areas as (
    select * from {{ ref('dim_area') }}
    where level = 'force' and force_code <> 'unknown'
),

measures as (
    select * from {{ ref('dim_measure') }}
),

measure_sets as (
    select * from {{ ref('comparator_sets') }}
),

comparator_values as (
    select * from {{ ref('comparator_values') }}
    where value is not null
),

own as (
    select
        measure_values.*,
        areas.force_code
    from {{ ref('int_changed_values') }} as measure_values
    inner join areas on measure_values.area_id = areas.area_id
),

-- Averages and other forces, as they were supplied.
supplied as (
    select
        own.series_id,
        own.period_type,
        own.period_end,
        'vs_' || comparator_values.comparator_id as comparison,
        coalesce(bool_or(measure_sets.force_code is not null), false) as is_force,
        any_value(comparator_values.value) as base_value,
        any_value(comparator_values.numerator) as base_numerator,
        any_value(comparator_values.denominator) as base_denominator,
        any_value(comparator_values.margin) as base_margin
    from own
    inner join comparator_values on
        own.measure_id = comparator_values.measure_id
        and own.segment = comparator_values.segment
        and own.period_type = comparator_values.period_type
        and own.period_end = comparator_values.period_end
        and own.force_code <> comparator_values.comparator_id
    left join measure_sets on
        comparator_values.comparator_id = measure_sets.comparator_id
        and own.period_end between measure_sets.valid_from and measure_sets.valid_to
    group by own.series_id, own.period_type, own.period_end, comparator_values.comparator_id
),

-- The members of a set of forces, each with its own figure where the warehouse holds it, else with the supplied one.
members as (
    select
        measure_sets.set_id,
        measure_sets.force_code,
        own.measure_id,
        own.segment,
        own.period_type,
        own.period_end,
        own.numerator,
        own.denominator,
        own.series_id
    from measure_sets
    inner join own on
        measure_sets.force_code = own.force_code
        and own.period_end between measure_sets.valid_from and measure_sets.valid_to
    where own.is_complete and own.numerator >= 0 and own.denominator > 0

    union all

    select
        measure_sets.set_id,
        measure_sets.force_code,
        comparator_values.measure_id,
        comparator_values.segment,
        comparator_values.period_type,
        comparator_values.period_end,
        comparator_values.numerator,
        comparator_values.denominator,
        null as series_id
    from measure_sets
    inner join comparator_values on
        measure_sets.comparator_id = comparator_values.comparator_id
        and comparator_values.period_end between measure_sets.valid_from and measure_sets.valid_to
    where measure_sets.force_code is not null and comparator_values.numerator >= 0 and comparator_values.denominator > 0
),

each_once as (
    select
        members.*,
        measures.unit = 'pct' and members.numerator <= members.denominator as is_share,
        count(*) over (partition by members.set_id, members.measure_id, members.segment, members.period_type, members.period_end) as member_count
    from members
    inner join measures on members.measure_id = measures.measure_id
    where measures.unit in ('pct', {{ quoted_rates() }}) and measures.statistic not in ('mean', 'median', 'p90')
    qualify row_number() over (
        partition by members.set_id, members.force_code, members.measure_id, members.segment, members.period_type, members.period_end
        order by members.series_id nulls last
    ) = 1
),

-- Only a whole set is ranked: the second of two is not the second of three.
whole as (
    select
        each_once.*,
        {{ interval_end('is_share', 'numerator', 'denominator', -1) }} as lowest,
        {{ interval_end('is_share', 'numerator', 'denominator', 1) }} as highest
    from each_once
    where each_once.member_count = (
        select count(distinct measure_sets.force_code)
        from measure_sets
        where measure_sets.set_id = each_once.set_id and each_once.period_end between measure_sets.valid_from and measure_sets.valid_to
    )
),

ranked as (
    select
        ours.set_id,
        ours.series_id,
        any_value(ours.measure_id) as measure_id,
        ours.period_type,
        ours.period_end,
        sum(others.numerator) as base_numerator,
        sum(others.denominator) as base_denominator,
        cast(1 + count(*) filter (where others.numerator / others.denominator > ours.numerator / ours.denominator) as integer) as rank,
        cast(count(*) as integer) as rank_of,
        -- apart from every other member by more than both their 95 % intervals
        bool_and(others.force_code = ours.force_code or others.highest < ours.lowest or others.lowest > ours.highest) as is_rank_distinct
    from whole as ours
    inner join whole as others on
        ours.set_id = others.set_id
        and ours.measure_id = others.measure_id
        and ours.segment = others.segment
        and ours.period_type = others.period_type
        and ours.period_end = others.period_end
    where ours.series_id is not null
    group by ours.set_id, ours.series_id, ours.period_type, ours.period_end
),

compared as (
    select
        series_id,
        period_type,
        period_end,
        comparison,
        is_force,
        base_value,
        base_numerator,
        base_denominator,
        base_margin,
        cast(null as integer) as rank,
        cast(null as integer) as rank_of,
        cast(null as boolean) as is_rank_distinct
    from supplied

    union all

    select
        ranked.series_id,
        ranked.period_type,
        ranked.period_end,
        'vs_' || ranked.set_id as comparison,
        false as is_force,
        ranked.base_numerator / ranked.base_denominator * {{ unit_factor('measures.unit') }} as base_value,
        ranked.base_numerator,
        ranked.base_denominator,
        null as base_margin,
        ranked.rank,
        ranked.rank_of,
        ranked.is_rank_distinct
    from ranked
    inner join measures on ranked.measure_id = measures.measure_id
),

sides as (
    select
        compared.*,
        own.measure_id,
        own.area_id,
        own.segment,
        own.value,
        own.numerator,
        own.denominator,
        own.margin,
        case
            when not own.is_complete then 'the ' || case own.period_type when 'r12m' then 'twelve months are' else own.period_type || ' is' end || ' not complete'
            when own.value is null then 'nothing to divide by'
            when measures.unit = 'count' then 'volumes of places of another size are not compared: rates are'
        end as reason,
        measures.unit = 'pct' and own.numerator <= own.denominator as is_share,
        compared.base_value / {{ unit_factor('measures.unit') }} as centre,
        -- what has a funnel: shares and rates of a known size, about an average or a set; surveys have margins, single forces are tested one against the other
        not compared.is_force
        and own.is_complete
        and measures.unit in ('pct', {{ quoted_rates() }})
        and measures.statistic not in ('mean', 'median', 'p90', 'estimate')
        and own.numerator >= 0
        and own.denominator > 0
        and compared.base_value > 0 as has_funnel
    from compared
    inner join own on
        compared.series_id = own.series_id
        and compared.period_type = own.period_type
        and compared.period_end = own.period_end
    inner join measures on own.measure_id = measures.measure_id
),

limited as (
    select
        *,
        {%- for name, z in funnel_z().items() %}
        case when has_funnel then {{ funnel_limit('is_share', 'centre', 'denominator', z, -1) }} end as lower_{{ name }},
        case when has_funnel then {{ funnel_limit('is_share', 'centre', 'denominator', z, 1) }} end as upper_{{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from sides
)

select
    measure_id,
    area_id,
    segment,
    series_id,
    period_type,
    period_end,
    comparison,
    period_end as base_period_end,
    value,
    numerator,
    denominator,
    margin,
    base_value,
    base_numerator,
    base_denominator,
    base_margin,
    reason,
    lower_998,
    lower_95,
    upper_95,
    upper_998,
    {{ funnel_state('numerator / denominator') }} as funnel_state,
    case
        when has_funnel and is_share then (numerator / denominator - centre) / sqrt(nullif(centre * (1 - centre), 0) / denominator)
        when has_funnel then (numerator - centre * denominator) / sqrt(centre * denominator)
    end as funnel_z,
    rank,
    rank_of,
    is_rank_distinct
from limited
