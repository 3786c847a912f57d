-- What adds up: an area and its parts, all and its segments, a whole and its kinds (seed parts_of_wholes). Equations of segments or kinds make a block with
-- those of the other areas of the group. One row per equation and count in it. Only where the figures do add up, and only among periods that may be shown.
{{ config(schema='intermediate', materialized='table') }}

with

windows as (
    select * from {{ ref('int_disclosure_windows') }}
),

-- Twelve months of which the quarters are not known are shown once a year.
cells as (
    select
        cells.*,
        concat_ws('|', cells.cell_key, cells.area_id, cells.segment, cells.period_type, cells.period_end) as cell_id,
        concat_ws('|', cells.cell_key, cells.segment, cells.period_type, cells.period_end) as across_areas,
        concat_ws('|', cells.cell_key, cells.area_id, cells.period_type, cells.period_end) as across_segments,
        concat_ws('|', cells.area_id, cells.segment, cells.period_type, cells.period_end) as across_kinds
    from {{ ref('int_disclosure_cells') }} as cells
    left join windows on
        cells.cell_key = windows.cell_key
        and cells.segment = windows.segment
        and cells.group_area_id = windows.group_area_id
        and cells.period_end = windows.period_end
    left join windows as upper_windows on
        cells.cell_key = upper_windows.cell_key
        and cells.segment = upper_windows.segment
        and cells.upper_group_area_id = upper_windows.group_area_id
        and cells.period_end = upper_windows.period_end
    where
        cells.is_shown
        and (
            not cells.is_protected
            or cells.period_type <> 'r12m'
            or (
                coalesce(windows.is_open, month(cells.period_end) = {{ var('disclosure_year_end_month') }})
                and (cells.upper_group_area_id is null or coalesce(upper_windows.is_open, month(cells.period_end) = {{ var('disclosure_year_end_month') }}))
            )
        )
),

kinds as (
    select * from {{ ref('int_disclosure_kinds') }}
),

equations as (
    select
        'areas|' || parents.cell_id as equation_id,
        cast(null as varchar) as block_id,
        parents.cell_id as whole_id,
        parts.cell_id as part_id,
        not parts.is_only_part and parts.amount > 0 and parts.amount = parents.amount as is_all
    from cells as parts
    inner join cells as parents on
        parts.parent_area_id = parents.area_id
        and parts.across_areas = parents.across_areas

    union all

    select
        'segments|' || totals.cell_id as equation_id,
        'segments|' || coalesce(totals.group_area_id, totals.area_id) || '|' || totals.across_areas as block_id,
        totals.cell_id as whole_id,
        parts.cell_id as part_id,
        false as is_all
    from cells as parts
    inner join cells as totals on parts.across_segments = totals.across_segments
    where
        totals.segment = 'all'
        and parts.segment <> 'all'

    union all

    select
        'kinds|' || wholes.cell_id as equation_id,
        'kinds|' || coalesce(wholes.group_area_id, wholes.area_id) || '|' || wholes.across_areas as block_id,
        wholes.cell_id as whole_id,
        parts.cell_id as part_id,
        false as is_all
    from kinds
    inner join cells as parts on kinds.part_key = parts.cell_key
    inner join cells as wholes on
        kinds.whole_key = wholes.cell_key
        and parts.across_kinds = wholes.across_kinds
),

sums as (
    select
        equations.equation_id,
        any_value(equations.block_id) as block_id,
        any_value(equations.whole_id) as whole_id
    from equations
    inner join cells as parts on equations.part_id = parts.cell_id
    inner join cells as wholes on equations.whole_id = wholes.cell_id
    group by equations.equation_id
    having sum(parts.amount) = any_value(wholes.amount)
),

members as (
    select
        equations.equation_id,
        equations.block_id,
        equations.part_id as cell_id,
        false as is_whole
    from equations
    inner join sums on equations.equation_id = sums.equation_id

    union all

    select
        equation_id,
        block_id,
        whole_id as cell_id,
        true as is_whole
    from sums
),

-- An area that has all that the larger one has: what that one shows of a month, small as it may be, would be known to be its own.
dominant as (
    select distinct equations.part_id as cell_id
    from equations
    inner join sums on equations.equation_id = sums.equation_id
    where equations.is_all
)

-- A count that adds up with nothing stands alone.
select
    coalesce(members.equation_id, 'alone|' || cells.cell_id) as equation_id,
    members.block_id,
    cells.cell_id,
    coalesce(members.is_whole, false) as is_whole,
    cells.cell_key,
    cells.area_id,
    cells.segment,
    cells.period_type,
    cells.period_end,
    cells.amount,
    cells.is_protected,
    cells.is_protected and (cells.amount between 1 and cells.small_to or dominant.cell_id is not null) as is_small
from cells
left join members on cells.cell_id = members.cell_id
left join dominant on cells.cell_id = dominant.cell_id
