-- Targets and service levels by measure, area and date. Area '*' is every area; an area without a target takes that of the area it is part of.
-- Where seed measure_targets has lines for a measure and area, they count instead of the catalogue's and the standards' (seed sla).
{%- set read = catalogue() %}
{%- set dated = [] -%}
{%- for measure in read.measures -%}
    {%- for target in measure.targets -%}
        {%- do dated.append((measure.id, target)) -%}
    {%- endfor -%}
{%- endfor %}

with

from_catalogue as (
    select *
    from (
        values
        {%- for measure_id, target in dated %}
        ({{ literal(measure_id) }}, {{ literal(target.area or '*') }}, cast({{ target.value }} as double), {{ literal(target.type) }}, date '{{ target["from"] or "0001-01-01" }}'){{ ',' if not loop.last }}
        {%- endfor %}
    ) as targets (measure_id, area_id, target, target_type, valid_from)  -- noqa: AL05
),

graded as (
    select *
    from (
        values
        {%- for measure in read.measures | selectattr('sla_grade') %}
        ({{ literal(measure.id) }}, {{ literal(measure.sla_grade) }}){{ ',' if not loop.last }}
        {%- endfor %}
    ) as grades (measure_id, grade)  -- noqa: AL05
),

from_sla as (
    select
        graded.measure_id,
        sla.area_id,
        cast(sla.threshold_seconds as double) as target,
        'SLA' as target_type,
        coalesce(sla.valid_from, date '0001-01-01') as valid_from,
        coalesce(sla.valid_to, date '9999-12-31') as valid_to
    from graded
    inner join {{ ref('sla') }} as sla on graded.grade = sla.grade
),

-- A target of the catalogue holds until the next one of its area.
defined as (
    select
        measure_id,
        area_id,
        target,
        target_type,
        valid_from,
        lead(valid_from - 1, 1, date '9999-12-31') over (partition by measure_id, area_id order by valid_from) as valid_to
    from from_catalogue

    union all

    select
        measure_id,
        area_id,
        target,
        target_type,
        valid_from,
        valid_to
    from from_sla
),

own as (
    select * from {{ ref('measure_targets') }}
)

select defined.*
from defined
anti join own on
    defined.measure_id = own.measure_id
    and defined.area_id = own.area_id

union all

select
    measure_id,
    area_id,
    target,
    target_type,
    valid_from,
    valid_to
from own
