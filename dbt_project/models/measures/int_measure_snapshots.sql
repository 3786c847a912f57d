-- What stands on each dated snapshot of a fact: distinct things, or a number added up, by measure, area, segment and date. A snapshot in which nothing is of the
-- measure counts 0. Each date stands for itself and is never summed; snapshots are few and small, so all are counted anew every night.
-- Its unit tests speak of logs, whose columns must be known by then. depends_on: {{ ref('fct_logs') }}
{%- set read = catalogue() %}
{%- set measures = read.measures | selectattr('made_of', 'equalto', 'snapshots') | list %}
{%- set facts = measures | map(attribute='fact') | unique | list %}

with

{% for fact in facts -%}
{%- set levels = read.facts[fact].levels -%}
{{ fact }}_rows as (
    select
        * exclude (area_ids),
        unnest(area_ids) as area_id
    from (
        select
            *,
            [{% for level in levels %}{{ level }}_area_id{{ ', ' if not loop.last }}{% endfor %}] as area_ids
        from {{ ref(fact) }}
        where not is_excluded
    ) as placed
),

{{ fact }}_dates as (
    select distinct
        force_code,
        local_date
    from {{ ref(fact) }}
),

{% endfor -%}
areas as (
    select * from {{ ref('dim_area') }}
),

counted as (
    {%- for measure in measures %}
    select
        '{{ measure.id }}' as measure_id,
        force_code,
        area_id,
        unnest(['all'{% if measure.segment_by %}, coalesce(cast({{ measure.segment_by }} as varchar), 'not recorded'){% endif %}]) as segment,
        local_date as snapshot_date,
        {{ measure.of if measure.statistic == 'snapshot' else 'null' }} as thing,
        {{ measure.of if measure.statistic == 'snapshot_sum' else 'null' }} as amount
    from {{ measure.fact }}_rows
    where {{ measure.where }}
    {{ 'union all' if not loop.last }}
    {%- else %}
    select
        cast(null as varchar) as measure_id,
        cast(null as varchar) as force_code,
        cast(null as varchar) as area_id,
        cast(null as varchar) as segment,
        cast(null as date) as snapshot_date,
        cast(null as varchar) as thing,
        cast(null as bigint) as amount
    where false
    {%- endfor %}
),

things as (
    select
        measure_id,
        area_id,
        segment,
        snapshot_date,
        count(distinct thing) + cast(coalesce(sum(amount), 0) as bigint) as value
    from counted
    group by measure_id, area_id, segment, snapshot_date
),

dates as (
    {%- for measure in measures %}
    select
        '{{ measure.id }}' as measure_id,
        {{ literal_list(read.facts[measure.fact].levels) }} as levels,
        force_code,
        local_date as snapshot_date
    from {{ measure.fact }}_dates
    {{ 'union all' if not loop.last }}
    {%- else %}
    select
        cast(null as varchar) as measure_id,
        cast([] as varchar[]) as levels,
        cast(null as varchar) as force_code,
        cast(null as date) as snapshot_date
    where false
    {%- endfor %}
),

-- The segments that the measure was ever seen in, in that force.
segments as (
    select
        measure_id,
        force_code,
        segment
    from counted
    union
    select
        measure_id,
        force_code,
        'all' as segment
    from dates
)

select
    dates.measure_id,
    areas.area_id,
    segments.segment,
    dates.snapshot_date,
    cast(coalesce(things.value, 0) as double) as value
from dates
inner join areas
    on
        dates.force_code = areas.force_code
        and list_contains(dates.levels, areas.level)
inner join segments
    on
        dates.measure_id = segments.measure_id
        and dates.force_code = segments.force_code
left join things
    on
        dates.measure_id = things.measure_id
        and areas.area_id = things.area_id
        and segments.segment = things.segment
        and dates.snapshot_date = things.snapshot_date
