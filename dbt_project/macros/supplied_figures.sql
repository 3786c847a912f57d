-- The figures that somebody else worked out, as rows of a fact: their place and period's end resolved, and why they count for nothing, if they do.
-- Goes on after the CTEs `supplied` (staged rows, the place as named in `place`) and `places` (spelling, place_id, force_code). A figure of a measure that
-- the warehouse works out itself is a fault where `refuses_computed`: of another place it is not.
{% macro supplied_figures(place_id, local_date, refuses_computed) %}
recipes as (
    select * from {{ ref('int_measure_recipes') }}
),

resolved as (
    select
        concat(supplied.file_hash, '-', supplied.file_row) as return_id,
        supplied.measure_id,
        coalesce(places.place_id, supplied.place) as {{ place_id }},
        coalesce(places.force_code, 'unknown') as force_code,
        case when supplied.segment is null then 'all' when list_contains(recipes.segments, supplied.segment) then supplied.segment else 'other' end as segment,
        coalesce(supplied.segment, 'all') as supplied_segment,
        supplied.period_type,
        {{ period_end_of('supplied.period_type', 'supplied.period_end') }} as period_end,
        {{ month_of('supplied.period_end') }} as month,
        supplied.numerator,
        supplied.denominator,
        supplied.value,
        supplied.margin,
        supplied.supplied_by,
        supplied.returned_at,
        supplied.load_id,
        supplied.file_row,
        case
            when recipes.measure_id is null then 'unknown_measure'
            {% if refuses_computed %}
            when recipes.statistic <> 'returned' then 'computed_measure'
            {% endif %}
            when places.place_id is null then 'unknown_area'
            -- a measure with a part called other has no room for another
            when segment <> supplied_segment and list_contains(recipes.segments, 'other') then 'unknown_segment'
            when supplied.value is null then 'suppressed'
        end as fault
    from supplied
    left join places on places.spelling = {{ plain_spelling('supplied.place') }}
    left join recipes on supplied.measure_id = recipes.measure_id
),

-- A segment that is not listed is published as `other`; where there are several, they cannot be told apart and none is.
told_apart as (
    select
        * replace (
            case
                when
                    fault is null and segment <> supplied_segment
                    and min(supplied_segment) over others <> max(supplied_segment) over others then 'unknown_segment'
                else fault
            end as fault
        )
    from resolved
    window others as (partition by measure_id, {{ place_id }}, segment, period_type, period_end, fault is null)
),

-- One figure may come under two spellings of its place or of its period's end: the one returned last counts.
ranked as (
    select
        *,
        row_number() over (
            partition by measure_id, {{ place_id }}, segment, period_type, period_end, fault is null
            order by returned_at desc, return_id desc
        ) as position
    from told_apart
)

select
    return_id,
    measure_id,
    {{ place_id }},
    force_code,
    segment,
    period_type,
    period_end,
    month,
    {{ local_date }} as local_date,
    numerator,
    denominator,
    value,
    margin,
    supplied_by,
    returned_at,
    coalesce(fault, case when position > 1 then 'superseded' end) as exclusion_code,
    fault is not null or position > 1 as is_excluded,
    load_id,
    file_row
from ranked
{% endmacro %}
