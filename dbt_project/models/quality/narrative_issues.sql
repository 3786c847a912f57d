-- What is wrong with the numbers in sentences: those that people write beside the figures (governance.commentary), and those that are generated
-- (measures.measure_findings). One row per sentence, rule and excerpt.
--   percent_for_points    a percentage that changed is said to have changed by %
--   points_for_volume     a volume or a time is said to have changed by points
--   impossible_percentage no whole number of so many gives that percentage, or not the two numbers beside it
--   number_not_in_marts   a fact holds a number that the marts do not hold for its measure
with

measures as (
    select * from {{ ref('dim_measure') }}
),

commentary as (
    select * from {{ ref('commentary') }}
    where not is_withdrawn
),

findings as (
    select * from {{ ref('measure_findings') }}
),

measure_values as (
    select * from {{ ref('measure_values') }}
),

comparisons as (
    select * from {{ ref('measure_comparisons') }}
),

comparator_values as (
    select * from {{ ref('comparator_values') }}
),

sentences as (
    select
        'commentary' as source,
        commentary.commentary_id as source_id,
        commentary.measure_id,
        measures.unit,
        commentary.period_end,
        commentary.type = 'fact' and measures.status = 'collected' as is_held_to_marts,
        commentary.sentence
    from commentary
    left join measures on commentary.measure_id = measures.measure_id

    union all

    -- written by rule from the marts: only the rules of wording can find anything
    select
        'finding' as source,
        concat_ws('|', measure_id, area_id, segment, period_type, period_end, kind) as source_id,
        measure_id,
        unit,
        period_end,
        false as is_held_to_marts,
        sentence
    from findings
    where contains(sentence, '%') or contains(sentence, 'pts')
),

percent_changes as (
    select
        *,
        regexp_extract_all(sentence, '{{ narrative_percent_change() }}') as excerpts
    from sentences
    where unit = 'pct'
),

point_changes as (
    select
        *,
        regexp_extract_all(sentence, '\d+(?:\.\d+)?\s?%?\s?-?(?:percentage points|pts?|points)\b') as excerpts
    from sentences
    where unit <> 'pct'
),

-- "25.5%, over 48 checks": some whole number of 48 must round to it.
shares_of as (
    select
        *,
        -- "over 10 hours" is no number of cases
        list_filter(
            regexp_extract_all(
                sentence,
                '\d+(?:\.\d+)?\s?%,?\s+(?:of|over|in|from|among|out of)\s+(?:the\s+|all\s+)?\d[\d,]*\b(?:\s?(?:s|seconds|minutes|hours|days|weeks|months|years)\b)?'
            ),
            lambda excerpt: regexp_matches(excerpt, '\d$')
        ) as excerpts
    from sentences
),

-- "679 of the 1,955, or 34.7%": the two must give it.
parts_of as (
    select
        *,
        regexp_extract_all(sentence, '\b\d[\d,]*\s+(?:of|out of)\s+(?:the\s+|all\s+)?\d[\d,]*[^%\d]{0,12}\d+(?:\.\d+)?\s?%') as excerpts
    from sentences
),

found as (
    select source, source_id, measure_id, period_end, 'percent_for_points' as rule, unnest(excerpts) as excerpt, generate_subscripts(excerpts, 1) as excerpt_no
    from percent_changes
    union all
    select source, source_id, measure_id, period_end, 'points_for_volume' as rule, unnest(excerpts) as excerpt, generate_subscripts(excerpts, 1) as excerpt_no
    from point_changes
    union all
    select source, source_id, measure_id, period_end, 'share_of' as rule, unnest(excerpts) as excerpt, generate_subscripts(excerpts, 1) as excerpt_no
    from shares_of
    union all
    select source, source_id, measure_id, period_end, 'part_of' as rule, unnest(excerpts) as excerpt, generate_subscripts(excerpts, 1) as excerpt_no
    from parts_of
),

figured as (
    select
        *,
        list_transform(
            regexp_extract_all(replace(excerpt, ',', ''), '\d+(?:\.\d+)?'), lambda number: cast(number as double)
        ) as numbers,
        cast(length(regexp_extract(excerpt, '\.(\d+)\s?%', 1)) as integer) as decimals
    from found
),

impossible as (
    select
        source,
        source_id,
        measure_id,
        period_end,
        rule,
        excerpt,
        excerpt_no,
        case rule
            when 'share_of' then
                numbers[1] > 100
                or numbers[2] = 0
                or abs(round(100 * round(numbers[1] * numbers[2] / 100) / numbers[2], decimals) - numbers[1]) > 1e-9
            else numbers[2] = 0 or abs(round(100 * numbers[1] / numbers[2], decimals) - numbers[3]) > 1e-9
        end as is_impossible
    from figured
    where rule in ('share_of', 'part_of')
),

-- The numbers of facts, without those that are names, dates or parts of a definition.
stated as (
    select
        *,
        regexp_extract_all(
            {%- for _ in narrative_names() %}regexp_replace({% endfor -%}
            sentence
            {%- for name in narrative_names() %}, '{{ name }}', ' ', 'g'){% endfor -%}
            , '{{ narrative_number() }}'
        ) as excerpts
    from sentences
    where is_held_to_marts
),

tokens as (
    select
        source,
        source_id,
        measure_id,
        period_end,
        unnest(excerpts) as excerpt,
        generate_subscripts(excerpts, 1) as excerpt_no
    from stated
),

read_tokens as (
    select
        *,
        list_transform(regexp_extract_all(excerpt, '\d+'), lambda part: cast(part as bigint)) as parts,
        cast(length(regexp_extract(excerpt, '\.(\d+)', 1)) as integer) as decimals,
        case
            when regexp_matches(excerpt, '[ms:]') and not regexp_matches(excerpt, 'pts|points') then 'duration'
            when regexp_matches(excerpt, 'pt|points') then 'points'
            when contains(excerpt, '%') then 'pct'
            else 'plain'
        end as kind
    from tokens
),

numbers as (
    select
        *,
        case
            when kind = 'duration' and len(parts) = 3 then parts[1] * 3600 + parts[2] * 60 + parts[3]
            when kind = 'duration' and len(parts) = 2 then parts[1] * 60 + parts[2]
            when kind = 'duration' then parts[1]
            else cast(regexp_extract(replace(excerpt, ',', ''), '\d+(?:\.\d+)?') as double)
        end as number
    from read_tokens
),

-- What the marts hold of each measure, as it may be said: of the period spoken of and the thirteen months before.
held as (
    select measure_values.measure_id, measure_values.period_end, {{ narrative_kind('measures.unit') }} as kind, measure_values.value
    from measure_values
    inner join measures on measure_values.measure_id = measures.measure_id
    union all
    select measure_id, period_end, 'plain' as kind, unnest([numerator, denominator]) as value
    from measure_values
    union all
    select measure_id, period_end, unnest(['plain', 'pct', 'points']) as kind, margin as value
    from measure_values
    where margin is not null
    union all
    select measure_id, period_end, unnest(['plain', 'pct', 'points']) as kind, margin as value
    from comparator_values
    where margin is not null
    union all
    select comparator_values.measure_id, comparator_values.period_end, {{ narrative_kind('measures.unit') }} as kind, comparator_values.value
    from comparator_values
    inner join measures on comparator_values.measure_id = measures.measure_id
    union all
    select comparisons.measure_id, comparisons.period_end, {{ narrative_kind('measures.unit') }} as kind, comparisons.base_value as value
    from comparisons
    inner join measures on comparisons.measure_id = measures.measure_id
    union all
    select
        comparisons.measure_id,
        comparisons.period_end,
        case when measures.unit = 'pct' then 'points' else {{ narrative_kind('measures.unit') }} end as kind,
        comparisons.change as value
    from comparisons
    inner join measures on comparisons.measure_id = measures.measure_id
    union all
    select measure_id, period_end, 'pct' as kind, change_pct as value
    from comparisons
    union all
    select measure_id, period_end, 'plain' as kind, unnest([change_per_month, months]) as value
    from comparisons
    union all
    select measure_id, period_end, 'pct' as kind, unnest([share_pct, base_share_pct]) as value
    from findings
    where share_pct is not null
    union all
    select unnest([measure_a, measure_b]) as measure_id, period_end, 'plain' as kind, r as value
    from {{ ref('correlations') }}
),

-- Targets hold for longer than a period.
targets as (
    select
        targets.measure_id,
        {{ narrative_kind('measures.unit') }} as kind,
        targets.target as value
    from {{ ref('int_measure_targets') }} as targets
    inner join measures on targets.measure_id = measures.measure_id
),

unheld as (
    select numbers.*
    from numbers
    where
        not exists (
            select 1
            from held
            where
                held.measure_id = numbers.measure_id
                and held.kind = numbers.kind
                and held.period_end between numbers.period_end - interval 13 month and last_day(numbers.period_end)
                and abs(round(abs(held.value), numbers.decimals) - numbers.number) < 1e-9
        )
        and not exists (
            select 1
            from targets
            where targets.measure_id = numbers.measure_id and targets.kind = numbers.kind and abs(targets.value - numbers.number) < 1e-9
        )
),

issues as (
    select
        source,
        source_id,
        rule,
        excerpt_no,
        trim(excerpt) as excerpt,
        measure_id,
        period_end,
        case rule
            when 'percent_for_points' then '"' || trim(excerpt) || '" is said of a percentage, which changes in points'
            else '"' || trim(excerpt) || '" is said of a volume or a time, which does not change in points'
        end as message,
        case rule
            when 'percent_for_points' then 'write pts, and take change from measures.measure_comparisons'
            else 'write the change as a number and in %'
        end as way_out
    from found
    where rule in ('percent_for_points', 'points_for_volume')

    union all

    select
        source,
        source_id,
        'impossible_percentage' as rule,
        -- the two forms are counted apart
        cast(row_number() over (partition by source, source_id order by rule, excerpt_no) as integer) as excerpt_no,
        trim(excerpt) as excerpt,
        measure_id,
        period_end,
        case
            when rule = 'share_of' then 'no whole number of that many gives the percentage in "' || trim(excerpt) || '"'
            else 'the two numbers in "' || trim(excerpt) || '" give another percentage'
        end as message,
        'say what the percentage is of, or correct one of the two' as way_out
    from impossible
    where is_impossible

    union all

    select
        source,
        source_id,
        'number_not_in_marts' as rule,
        excerpt_no,
        trim(excerpt) as excerpt,
        measure_id,
        period_end,
        'the marts hold no ' || trim(excerpt) || ' for ' || measure_id || ' in the thirteen months to ' || strftime(period_end, '%b %Y') as message,
        'correct the number, name the measure that it is of, or type the sentence as interpretation' as way_out
    from unheld
)

select
    source,
    source_id,
    rule,
    cast(excerpt_no as integer) as excerpt_no,
    excerpt,
    measure_id,
    period_end,
    message,
    way_out
from issues
