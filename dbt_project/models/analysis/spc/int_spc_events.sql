-- The events of series that count fewer than about five a month, in order, with the days since the one before. One row per event; none where the fact
-- does not keep the days of its events (pipelines/catalogue/facts.yaml). Days between never reach across a gap in the months, or a rebase.
{{ config(schema='intermediate', materialized='table') }}
{%- set read = catalogue() %}

with

{{ event_day_cells(read) }}
days as (
    {%- for fact in event_day_facts(read) %}
    select * from {{ fact }}_days
    {{- ' union all' if not loop.last }}
    {%- endfor %}
),

recipes as (
    select * from {{ ref('int_measure_recipes') }}
),

points as (
    select
        *,
        month_number - row_number() over (partition by series_id, rebase_no order by month_number) as stretch
    from {{ ref('int_spc_points') }}
),

rare as (
    select
        kinds.series_id,
        kinds.area_id,
        kinds.segment,
        recipes.numerator_component_id as component_id
    from {{ ref('int_spc_kinds') }} as kinds
    inner join recipes on kinds.measure_id = recipes.measure_id
    where kinds.kind = 'rare'
),

rare_days as (
    select
        component_id,
        local_date,
        unnest(area_ids) as area_id,
        segment,
        event_count
    from days
    where component_id in (select component_id from rare)
),

in_segments as (
    select
        component_id,
        local_date,
        area_id,
        unnest(['all', segment]) as segment,
        event_count
    from rare_days
),

event_days as (
    select
        points.series_id,
        points.phase,
        points.rebase_no,
        points.stretch,
        points.month,
        points.is_excluded,
        in_segments.local_date as event_date,
        cast(sum(in_segments.event_count) as integer) as event_count
    from in_segments
    inner join rare on
        in_segments.component_id = rare.component_id
        and in_segments.area_id = rare.area_id
        and in_segments.segment = rare.segment
    inner join points on
        rare.series_id = points.series_id
        and date_trunc('month', in_segments.local_date) = points.month
    group by points.series_id, points.phase, points.rebase_no, points.stretch, points.month, points.is_excluded, in_segments.local_date
),

timed as (
    select
        *,
        event_date - lag(event_date) over (partition by series_id, rebase_no, stretch order by event_date) as days_since
    from event_days
),

-- The second and later events of a day come no days after the one before.
events as (
    select
        series_id,
        phase,
        rebase_no,
        month,
        is_excluded,
        event_date,
        unnest(range(event_count)) as number_of_day,
        case when number_of_day = 0 then days_since else 0 end as days_since
    from timed
)

-- A stretch's first event has none before it: it gets a number and no row, so that runs do not cross it.
select
    series_id,
    phase,
    rebase_no,
    month,
    event_date,
    is_excluded,
    cast(event_no as integer) as event_no,
    cast(days_since as integer) as days_since
from (
    select
        *,
        row_number() over (partition by series_id order by event_date, number_of_day) as event_no
    from events
)
where days_since is not null
