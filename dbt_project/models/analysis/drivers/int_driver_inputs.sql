-- A hash of all that a change of a series is taken apart with, and whether it has changed since the last completed build: the change, the cells of its months,
-- the counts of parts and wholes, and titles. One row per series whose changes are taken apart, and one for each that no longer is.
{{ config(schema='intermediate', materialized='table') }}

with

periods as (
    select * from {{ ref('int_driver_periods') }}
),

series as (
    select distinct
        series_id,
        area_id,
        unnest([measure_id, case when driver_kind = 'part' then dimension_1 end]) as measure_id
    from periods
),

cells as (
    select
        read.series_id,
        cells.*
    from (
        select
            series_id,
            set_id,
            area_id,
            min(base_period_end - to_months(months_in_period)) as months_from,
            max(period_end) as months_to
        from periods
        group by series_id, set_id, area_id
    ) as read
    inner join {{ ref('int_driver_cells') }} as cells on
        read.set_id = cells.set_id
        and read.area_id = cells.area_id
        and read.months_from < cells.month
        and read.months_to >= cells.month
),

counts as (
    select
        measure_id,
        area_id,
        period_type,
        period_end,
        numerator
    from {{ ref('int_complete_values') }}
    where
        segment = 'all'
        and measure_id in (select measure_id from series)
),

{%- set inputs = {
    'periods': ['series_id'],
    'cells': ['series_id'],
    'counts': ['measure_id', 'area_id'],
    'dim_measure': ['measure_id'],
} %}

inputs as (
    {{- input_hashes(inputs, ['periods', 'cells', 'counts']) }}
),

-- Their names are told.
areas as (
    select sum(hash(input)) as content from {{ ref('dim_area') }} as input  -- noqa: AL05
),

hashed as (
    {{ hashed_inputs('series_id', 'areas') }}
)

{{ changes_of_inputs('hashed') }}
