-- The limits of each funnel (funnel_places) at forty sizes from its smallest place to its largest, closer together where the limits bend. One row per
-- measure, group and size.
{{ config(schema='measures', materialized='table') }}

with

places as (
    select * from {{ ref('funnel_places') }}
),

groups as (
    select
        measure_id,
        peer_group,
        any_value(unit) as unit,
        any_value(is_share) as is_share,
        any_value(centre) as centre,
        0.8 * min(denominator) as smallest,
        1.05 * max(denominator) as largest
    from places
    group by measure_id, peer_group
),

sizes as (
    select
        groups.*,
        {{ unit_factor('groups.unit') }} as factor,
        groups.centre / {{ unit_factor('groups.unit') }} as quotient,
        cast(steps.step as integer) as point_no,
        groups.smallest + (groups.largest - groups.smallest) * pow(steps.step / 39.0, 2) as denominator
    from groups
    cross join range(40) as steps (step) -- noqa: AL05
)

select
    measure_id,
    peer_group,
    point_no,
    denominator,
    unit,
    centre
    {%- for name, words in {'998': 'alarm', '95': 'alert'}.items() -%}
    ,
    {{ funnel_limit('is_share', 'quotient', 'denominator', funnel_z()[name], -1) }} * factor as {{ words }}_lower,
    {{ funnel_limit('is_share', 'quotient', 'denominator', funnel_z()[name], 1) }} * factor as {{ words }}_upper
    {%- endfor %}
from sizes
