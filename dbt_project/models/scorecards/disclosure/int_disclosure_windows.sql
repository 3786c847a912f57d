-- Whether the twelve months to the end of a quarter may be shown, given all those before. Their differences are differences of quarters:
-- R(t) - R(t-1) = Q(t) - Q(t-4). Who has them all knows each quarter but for one number a calendar quarter and area, between nothing and the smallest such
-- quarter so far; and who knows the quarters of the whole as well, knows that these numbers add up in both directions. What is left open for a
-- quarter of an area is the width of a cell in a table with known margins (Fréchet bounds). Where that falls under var disclosure_width, the series is
-- shown once a year from then on: windows that share no month. The parts of one sum, the segments of a count and the kinds of a whole, are shown at the same
-- ends: the one that is not shown would be the whole less the others. One row per count, segment, group of areas and end of a quarter.
{{ config(schema='intermediate', materialized='table') }}

with

families as (
    select distinct
        part_key as cell_key,
        family_key
    from {{ ref('int_disclosure_kinds') }}
),

cells as (
    select * from {{ ref('int_disclosure_cells') }}
    where not is_only_part
),

quarters as (
    select
        cell_key,
        segment,
        parent_area_id as group_area_id,
        area_id,
        period_end,
        amount,
        quarter(period_end) as calendar_quarter
    from cells
    where
        period_type = 'quarter'
        and parent_area_id is not null
),

ends as (
    select distinct
        cell_key,
        segment,
        parent_area_id as group_area_id,
        period_end
    from cells
    where
        period_type = 'r12m'
        and parent_area_id is not null
),

smallest as (
    select
        ends.cell_key,
        ends.segment,
        ends.group_area_id,
        ends.period_end,
        quarters.area_id,
        quarters.calendar_quarter,
        min(quarters.amount) as amount
    from ends
    inner join quarters on
        ends.cell_key = quarters.cell_key
        and ends.segment = quarters.segment
        and ends.group_area_id = quarters.group_area_id
        and ends.period_end >= quarters.period_end
    group by ends.cell_key, ends.segment, ends.group_area_id, ends.period_end, quarters.area_id, quarters.calendar_quarter
),

margins as (
    select
        *,
        sum(amount) over (partition by cell_key, segment, group_area_id, period_end, area_id) as of_area,
        sum(amount) over (partition by cell_key, segment, group_area_id, period_end, calendar_quarter) as of_quarter,
        sum(amount) over (partition by cell_key, segment, group_area_id, period_end) as of_all
    from smallest
),

widths as (
    select
        cell_key,
        segment,
        group_area_id,
        period_end,
        min(least(of_area, of_quarter, of_all - of_area, of_all - of_quarter)) as width
    from margins
    group by cell_key, segment, group_area_id, period_end
),

told as (
    select
        ends.*,
        coalesce(widths.width, 0) as width,
        min(ends.period_end) over parts_of_one_sum as first_end,
        min(ends.period_end) filter (where coalesce(widths.width, 0) < {{ var('disclosure_width') }}) over parts_of_one_sum as narrow_from
    from ends
    left join widths on
        ends.cell_key = widths.cell_key
        and ends.segment = widths.segment
        and ends.group_area_id = widths.group_area_id
        and ends.period_end = widths.period_end
    left join families on ends.cell_key = families.cell_key
    window
        parts_of_one_sum as (partition by coalesce(families.family_key, ends.cell_key), ends.segment = 'all', ends.group_area_id)
)

-- A yearly window may not share a month with the quarterly ones shown before.
select
    cell_key,
    segment,
    group_area_id,
    period_end,
    width,
    narrow_from,
    coalesce(period_end < narrow_from, true)
    or (
        month(period_end) = {{ var('disclosure_year_end_month') }}
        and (narrow_from = first_end or period_end >= last_day(narrow_from + interval 9 month))
    ) as is_open
from told
