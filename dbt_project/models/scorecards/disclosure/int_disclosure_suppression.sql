-- Which counts the public may not see. Small ones are suppressed first. Then, until nothing is left to do (six rounds; a test says so where they were not
-- enough): where an area and its parts show all but one of their counts, or the suppressed ones add up to less than var disclosure_width, the next smallest
-- count of at least that many is suppressed too; and the segments of a count, or the kinds of a whole, are shown for a group of areas all together or not at
-- all. Of a whole table of areas by segments its margins say little (Fréchet bounds); of a table with gaps, nobody knows without a program what they say.
-- One row per count that may be shown or is suppressed.
{{ config(schema='intermediate', materialized='table') }}

{%- set rounds = 6 %}

with

members as (
    select * from {{ ref('int_disclosure_members') }}
),

hidden_0 as (
    select distinct cell_id
    from members
    where is_small
),
{% for round in range(rounds) %}
open_{{ round }} as (
    select
        members.equation_id,
        members.block_id,
        members.cell_id,
        members.is_whole,
        members.amount,
        members.is_protected,
        hidden.cell_id is not null as is_hidden,
        count(hidden.cell_id) over (partition by members.equation_id) as hidden_count,
        count(*) over (partition by members.equation_id) as member_count,
        coalesce(sum(members.amount) filter (where hidden.cell_id is not null and not members.is_whole) over (partition by members.equation_id), 0)
            as hidden_amount,
        bool_or(hidden.cell_id is not null and members.is_whole) over (partition by members.equation_id) as is_whole_hidden,
        count(hidden.cell_id) over (partition by members.block_id) as hidden_in_block
    from members
    left join hidden_{{ round }} as hidden on members.cell_id = hidden.cell_id
),

-- parts before the whole, those of at least so many before noughts, the smallest first; suppressed noughts that the whole gives away are no loss
chosen_{{ round }} as (
    select cell_id
    from open_{{ round }}
    where
        block_id is null
        and member_count > 1
        and ({{ is_open_to_subtraction() }})
        and is_protected
        and not is_hidden
    qualify row_number() over (partition by equation_id order by is_whole, amount < {{ var('disclosure_width') }}, amount, cell_id) = 1
),

-- the whole of a single kind is that kind
together_{{ round }} as (
    select cell_id
    from open_{{ round }}
    where
        block_id is not null
        and hidden_in_block > 0
        and is_protected
        and (not is_whole or member_count = 2)
),

hidden_{{ round + 1 }} as (
    select cell_id from hidden_{{ round }}
    union distinct
    select cell_id from chosen_{{ round }}
    union distinct
    select cell_id from together_{{ round }}
),
{% endfor %}
cells as (
    select distinct
        cell_id,
        cell_key,
        area_id,
        segment,
        period_type,
        period_end,
        amount,
        is_protected,
        is_small
    from members
)

select
    cells.cell_id,
    cells.cell_key,
    cells.area_id,
    cells.segment,
    cells.period_type,
    cells.period_end,
    cells.amount,
    cells.is_protected,
    case
        when cells.is_small then 'primary'
        when hidden.cell_id is not null then 'secondary'
        else 'none'
    end as suppression
from cells
left join hidden_{{ rounds }} as hidden on cells.cell_id = hidden.cell_id
