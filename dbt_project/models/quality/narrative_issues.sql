-- What is wrong in sentences: those that people write beside the figures (governance.commentary, and the titles that the report prints), and those that
-- are generated (measures.measure_findings). One row per sentence, rule and excerpt.
--   percent_for_points     a percentage that changed is said to have changed by %
--   points_for_volume      a volume or a time is said to have changed by points
--   impossible_percentage  no whole number of the base gives that percentage, or the two numbers beside it give another
--   number_not_in_marts    a fact or an interpretation holds a number that the marts do not hold for its measure
--   direction_contradicted it says up where the marts say down, or down where they say up
--   significance_not_held  "significant" of what was not tested, or is not
--   strength_not_held      "strong" of what is not
--   cause_not_tested       "driven by" without a decomposition or a significant correlation
--   placeholder            words still to be written
with

measures as (
    select * from {{ ref('dim_measure') }}
),

items as (
    select * from {{ ref('int_governance__items') }}
),

commentary as (
    select * from {{ ref('commentary') }}
    where not is_withdrawn
),

-- Figures and findings of measures that somebody has written about: of most nothing is ever said but by rule.
findings as (
    select * from {{ ref('measure_findings') }}
    where measure_id in (select measure_id from commentary)
),

measure_values as (
    select * from {{ ref('measure_values') }}
    where measure_id in (select measure_id from commentary)
),

comparisons as (
    select * from {{ ref('measure_comparisons') }}
    where measure_id in (select measure_id from commentary)
),

comparator_values as (
    select * from {{ ref('comparator_values') }}
),

correlations as (
    select * from {{ ref('correlations') }}
),

drivers as (
    select * from {{ ref('drivers') }}
),

sentences as (
    select
        'commentary' as source,
        commentary.commentary_id as source_id,
        commentary.measure_id,
        commentary.area_id,
        measures.title,
        measures.unit,
        commentary.period_end,
        -- a hypothesis is marked as untested, and an action is of what is to come
        commentary.type in ('fact', 'interpretation') and measures.status = 'collected' as is_held_to_marts,
        commentary.sentence
    from commentary
    left join measures on commentary.measure_id = measures.measure_id

    union all

    -- written by rule from the marts: only the rules of wording can find anything
    select
        'finding' as source,
        source_id,
        measure_id,
        area_id,
        null as title,
        unit,
        period_end,
        false as is_held_to_marts,
        sentence
    from {{ ref('int_doubtful_findings') }}
),

-- What the report prints of the workbook: nothing of it may still be to be written.
printed as (
    select 'commentary' as source, source_id, measure_id, period_end, sentence from sentences where source = 'commentary'
    {%- for name, key in [('outcome', 'outcome_id'), ('focus', 'focus_id'), ('deliverable', 'deliverable_id'), ('risk', 'risk_id')] %}
    union all
    select '{{ name }}' as source, {{ key }} as source_id, null as measure_id, null as period_end, title as sentence
    from {{ ref({'outcome': 'outcomes', 'focus': 'focus', 'deliverable': 'deliverables', 'risk': 'risk_register'}[name]) }}
    where not is_withdrawn
    {%- endfor %}
),

placeholders as (
    select source, source_id, measure_id, period_end, unnest(excerpts) as excerpt, generate_subscripts(excerpts, 1) as excerpt_no
    from (select *, regexp_extract_all(sentence, '{{ narrative_placeholder() }}') as excerpts from printed)
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
        regexp_extract_all(sentence, '{{ narrative_point_change() }}') as excerpts
    from sentences
    where unit <> 'pct'
),

shares_of as (
    select
        *,
        list_filter(regexp_extract_all(sentence, '{{ narrative_share_of() }}'), lambda excerpt: regexp_matches(excerpt, '\d$')) as excerpts
    from sentences
),

parts_of as (
    select
        *,
        list_filter(
            regexp_extract_all(sentence, '{{ narrative_part_of() }}'),
            lambda excerpt: not regexp_matches(excerpt, 'of\s+(?:the\s+|all\s+)?{{ narrative_line() }}')
        ) as excerpts
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

-- Sentences that are held to the marts, without numbers that are names, dates or parts of a definition.
stated as (
    select
        *,
        {% for _ in narrative_names() %}regexp_replace({% endfor -%}
        sentence
        {%- for name in narrative_names() %}, '{{ name }}', ' ', 'g'){% endfor %} as said
    from sentences
    where is_held_to_marts
),

excerpted as (
    select *, false as is_directed, regexp_extract_all(said, '{{ narrative_number() }}') as excerpts from stated
    union all
    select *, true as is_directed, regexp_extract_all(said, '{{ narrative_directed_number() }}') as excerpts from stated
),

tokens as (
    select
        source,
        source_id,
        measure_id,
        title,
        period_end,
        is_directed,
        unnest(excerpts) as excerpt,
        generate_subscripts(excerpts, 1) as excerpt_no
    from excerpted
),

read_tokens as (
    select
        *,
        list_transform(regexp_extract_all(figure, '\d+'), lambda part: cast(part as bigint)) as parts,
        cast(length(regexp_extract(figure, '\.(\d+)', 1)) as integer) as decimals,
        case
            when regexp_matches(figure, '[ms:]') and not regexp_matches(figure, 'pts|points') then 'duration'
            when regexp_matches(figure, 'pt|points') then 'points'
            when contains(figure, '%') then 'pct'
            else 'plain'
        end as kind
    from (select *, regexp_extract(excerpt, '{{ narrative_number() }}') as figure from tokens)
),

numbers as (
    select
        *,
        case
            when kind = 'duration' and len(parts) = 3 then parts[1] * 3600 + parts[2] * 60 + parts[3]
            when kind = 'duration' and len(parts) = 2 then parts[1] * 60 + parts[2]
            when kind = 'duration' then parts[1]
            else cast(regexp_extract(replace(figure, ',', ''), '\d+(?:\.\d+)?') as double)
        end as number
    from read_tokens
),

-- What the marts hold of each measure, as it may be said: of the period spoken of and the thirteen months before.
held as (
    {{ narrative_held() }}
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
        not numbers.is_directed
        and not exists (
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

-- Changes as they may be said, with their sign.
changes as (
    select
        comparisons.measure_id,
        comparisons.area_id,
        comparisons.period_end,
        comparisons.comparison,
        unnest([
            struct_pack(
                kind := case when measures.unit = 'pct' then 'points' else {{ narrative_kind('measures.unit') }} end, value := comparisons.change
            ),
            struct_pack(kind := 'pct', value := comparisons.change_pct),
            struct_pack(kind := 'plain', value := comparisons.change_per_month)
        ], recursive := true)
    from comparisons
    inner join measures on comparisons.measure_id = measures.measure_id
),

-- A number that is a change in the marts, said the other way.
misdirected as (
    select numbers.source, numbers.source_id, numbers.excerpt, numbers.excerpt_no, numbers.measure_id, numbers.title, numbers.period_end
    from numbers
    inner join changes
        on
            numbers.measure_id = changes.measure_id
            and numbers.kind = changes.kind
            and changes.period_end between numbers.period_end - interval 13 month and last_day(numbers.period_end)
            and abs(round(abs(changes.value), numbers.decimals) - numbers.number) < 1e-9
    where numbers.is_directed and numbers.number > 0
    group by all
    having not bool_or(sign(changes.value) = {{ narrative_sign('numbers.excerpt') }})
),

-- Words that say a way: borne out by a change of the measure in that month, or by a finding of its trend.
ways as (
    select source, source_id, measure_id, area_id, title, period_end, unnest(excerpts) as excerpt, generate_subscripts(excerpts, 1) as excerpt_no
    from (select *, regexp_extract_all(said, '{{ narrative_direction() }}') as excerpts from stated)
),

trends as (
    select distinct measure_id, area_id, period_end, {{ narrative_sign("replace(kind, '_', ' ')") }} as way
    from findings
    where regexp_matches(kind, 'increas|decreas|rising|falling')
),

contradicted as (
    select ways.source, ways.source_id, ways.excerpt, ways.excerpt_no, ways.measure_id, ways.title, ways.period_end
    from ways
    inner join comparisons
        on
            ways.measure_id = comparisons.measure_id
            and coalesce(ways.area_id, comparisons.area_id) = comparisons.area_id
            and last_day(ways.period_end) = last_day(comparisons.period_end)
    where
        ways.excerpt not ilike 'not%'
        and comparisons.comparison in ('yoy', 'previous_period', 'baseline_2019')
        and comparisons.change is not null
        and not exists (
            select 1
            from trends
            where
                ways.measure_id = trends.measure_id
                and coalesce(ways.area_id, trends.area_id) = trends.area_id
                and last_day(ways.period_end) = last_day(trends.period_end)
                and {{ narrative_sign('ways.excerpt') }} = trends.way
        )
    group by all
    having not bool_or(sign(comparisons.change) = {{ narrative_sign('ways.excerpt') }}) and bool_or(comparisons.change <> 0)
),

claims as (
    {%- for rule, pattern in narrative_claims().items() %}
    select
        source,
        source_id,
        measure_id,
        area_id,
        title,
        period_end,
        regexp_matches(said, '(?i)correlat|\br\s?=|relationship|associat|move (?:closely )?together') as is_of_correlation,
        '{{ rule }}' as rule,
        unnest(excerpts) as excerpt,
        generate_subscripts(excerpts, 1) as excerpt_no
    from (select *, regexp_extract_all(said, '{{ pattern }}') as excerpts from stated)
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

-- What the marts hold for or against each claim, in the month that it speaks of.
weighed as (
    select
        claims.*,
        (
            select bool_or(comparisons.is_significant)
            from comparisons
            where
                comparisons.measure_id = claims.measure_id
                and coalesce(claims.area_id, comparisons.area_id) = comparisons.area_id
                and last_day(comparisons.period_end) = last_day(claims.period_end)
        ) as is_change_significant,
        (
            select count(distinct measure_values.period_end)
            from measure_values
            where
                measure_values.measure_id = claims.measure_id
                and measure_values.period_type = 'month'
                and measure_values.value is not null
                and measure_values.period_end <= last_day(claims.period_end)
        ) as month_count,
        (
            select arg_max(correlations, row(abs(correlations.r), correlations.pair_id))
            from correlations
            where
                claims.measure_id in (correlations.measure_a, correlations.measure_b)
                and last_day(correlations.period_end) = last_day(claims.period_end)
        ) as correlation,
        (
            select count(*) > 0
            from drivers
            where drivers.measure_id = claims.measure_id and last_day(drivers.period_end) = last_day(claims.period_end)
        ) as is_decomposed
    from claims
    where not regexp_matches(claims.excerpt, '(?i)^(?:no|not|nor|without)\b')
),

unborne as (
    select
        *,
        {{ narrative_verdict() }} as finding
    from weighed
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
            when 'percent_for_points' then 'write percentage points, and take change from measures.measure_comparisons'
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
        'the marts hold no ' || trim(excerpt) || ' for "' || title || '" in the thirteen months to ' || strftime(period_end, '%B %Y') as message,
        'correct the number, or name the measure that it is of' as way_out
    from unheld

    union all

    select
        source,
        source_id,
        'direction_contradicted' as rule,
        cast(row_number() over (partition by source, source_id order by excerpt) as integer) as excerpt_no,
        trim(excerpt) as excerpt,
        measure_id,
        period_end,
        '"' || trim(excerpt) || '" goes the other way in the marts: "' || title || '" went '
        || case when {{ narrative_sign('excerpt') }} > 0 then 'down' else 'up' end || ' (' || strftime(period_end, '%B %Y') || ')' as message,
        'correct the direction, or name the measure that it is of' as way_out
    from (
        select * from misdirected
        union all
        select * from contradicted
    ) as turned

    union all

    select
        source,
        source_id,
        rule,
        excerpt_no,
        trim(excerpt) as excerpt,
        measure_id,
        period_end,
        '"' || trim(excerpt) || '" ' || finding as message,
        case rule
            when 'cause_not_tested' then 'say what goes together and not what causes it, or type the sentence as hypothesis'
            else 'leave the word out, or say what was tested'
        end as way_out
    from unborne
    where finding is not null

    union all

    select
        source,
        source_id,
        'placeholder' as rule,
        excerpt_no,
        trim(excerpt) as excerpt,
        measure_id,
        period_end,
        '"' || trim(excerpt) || '" stands where words are still to be written' as message,
        'write them, or take the row out' as way_out
    from placeholders
)

select
    issues.source,
    issues.source_id,
    issues.rule,
    cast(issues.excerpt_no as integer) as excerpt_no,
    issues.excerpt,
    issues.measure_id,
    issues.period_end,
    'sheet ' || replace(items.feed, 'governance_', '') || ', row ' || items.file_row as sheet_row_text,
    issues.message,
    issues.way_out
from issues
left join items
    on
        items.feed = case issues.source
            when 'commentary' then 'governance_commentary'
            when 'outcome' then 'governance_outcomes'
            when 'focus' then 'governance_focus'
            when 'deliverable' then 'governance_deliverables'
            when 'risk' then 'governance_risks'
        end
        and issues.source_id = items.item_id
