-- Which counts are kinds of which (seed parts_of_wholes), and the family of each: the kinds of one whole, together with those of another that one of them is
-- a kind of, too. One row per whole and kind.
{{ config(schema='intermediate') }}

with recursive kinds as (
    select distinct
        wholes.numerator_key as whole_key,
        parts.numerator_key as part_key
    from {{ ref('parts_of_wholes') }} as pairs
    inner join {{ ref('int_disclosure_policies') }} as wholes on pairs.whole_measure_id = wholes.measure_id
    inner join {{ ref('int_disclosure_policies') }} as parts on pairs.part_measure_id = parts.measure_id
),

fellows (part_key, fellow_key) as (
    select
        part_key,
        part_key as fellow_key
    from kinds

    union distinct

    select
        fellows.part_key,
        others.part_key as fellow_key
    from fellows
    inner join kinds as wholes on fellows.fellow_key = wholes.part_key
    inner join kinds as others on wholes.whole_key = others.whole_key
),

families as (
    select
        part_key,
        min(fellow_key) as family_key
    from fellows
    group by part_key
)

select
    kinds.whole_key,
    kinds.part_key,
    families.family_key
from kinds
inner join families on kinds.part_key = families.part_key
