-- Returned figures, estimates and comparators that are in no measure, and those that can hardly be: the file, the row, the value and why.
-- One row per figure and rule, of the latest versions. A figure that a later return replaced is no issue. What a supplier wrote where a name of ours
-- is expected may be anything: it is masked.
with recipes as (
    select * from {{ ref('int_measure_recipes') }}
),

loads as (
    select * from {{ source('ingest', 'loads') }}
),

figures as (
    select
        'measure_returns' as feed,
        measure_id,
        area_id,
        segment,
        period_type,
        period_end,
        numerator,
        denominator,
        value,
        supplied_by,
        exclusion_code,
        load_id,
        file_row
    from {{ ref('fct_measure_returns') }}

    union all

    select
        'csew_estimates' as feed,
        measure_id,
        area_id,
        segment,
        period_type,
        period_end,
        numerator,
        denominator,
        value,
        supplied_by,
        nullif(exclusion_code, 'comparator') as exclusion_code,
        load_id,
        file_row
    from {{ ref('fct_survey_estimates') }}

    union all

    select
        'force_comparators' as feed,
        measure_id,
        comparator_id as area_id,
        segment,
        period_type,
        period_end,
        numerator,
        denominator,
        value,
        supplied_by,
        exclusion_code,
        load_id,
        file_row
    from {{ ref('fct_comparators') }}
),

judged as (
    select
        figures.*,
        recipes.unit,
        recipes.segments,
        -- a rate over what was recorded in the same period may pass 100, a share of a whole may not
        figures.exclusion_code is null and (
            figures.value < 0
            or (figures.value > 100 and recipes.unit = 'pct' and recipes.statistic <> 'rate')
        ) as is_impossible,
        figures.exclusion_code is null and recipes.unit = 'pct' and figures.denominator > 0
        and abs(figures.value - 100 * figures.numerator / figures.denominator) > 0.1 as is_not_of_its_parts
    from figures
    left join recipes on figures.measure_id = recipes.measure_id
),

issues as (
    select
        *,
        exclusion_code as rule,
        case exclusion_code
            when 'unknown_area' then 'area_id'
            when 'unknown_segment' then 'segment'
            else 'measure_id'
        end as column_name,
        case exclusion_code
            when 'unknown_area' then area_id
            when 'unknown_segment' then null
            else measure_id
        end as value_text,
        case exclusion_code
            when 'unknown_measure' then 'the catalogue has no such measure'
            when 'computed_measure' then 'the measure is computed here from a feed; a return does not replace it'
            when 'unknown_area' then 'no area or comparator goes by this name (seed area_aliases)'
            when 'unknown_segment' then 'one of several segments that the measure does not list, and which cannot be told apart (its `segments` in the catalogue)'
        end as reason,
        true as is_rejected
    from judged
    where exclusion_code in ('unknown_measure', 'computed_measure', 'unknown_area', 'unknown_segment')

    union all

    select
        *,
        'impossible_value' as rule,
        'value' as column_name,
        cast(value as varchar) as value_text,
        case when value < 0 then 'below nought' else 'a share above 100%' end as reason,
        false as is_rejected
    from judged
    where is_impossible

    union all

    select
        *,
        'not_of_its_parts' as rule,
        'value' as column_name,
        cast(value as varchar) as value_text,
        'numerator and denominator give ' || format('{:.1f}', 100 * numerator / denominator) || '%' as reason,
        false as is_rejected
    from judged
    where is_not_of_its_parts

    union all

    select
        *,
        exclusion_code as rule,
        'value' as column_name,
        cast(null as varchar) as value_text,
        'suppressed by the supplier' as reason,
        false as is_rejected
    from judged
    where exclusion_code = 'suppressed'

    union all

    select
        *,
        'unknown_segment' as rule,
        'segment' as column_name,
        cast(null as varchar) as value_text,
        'a segment that the measure does not list, published as other (its `segments` in the catalogue)' as reason,
        false as is_rejected
    from judged
    where exclusion_code is null and segment = 'other' and not list_contains(coalesce(segments, []), 'other')
)

select
    issues.load_id,
    issues.file_row,
    issues.rule,
    issues.feed,
    masked(loads.file_path) as file_path,
    issues.column_name,
    case when issues.column_name = 'value' then issues.value_text else masked(issues.value_text) end as value_text,
    issues.reason,
    issues.is_rejected,
    case when issues.rule = 'unknown_measure' then masked(issues.measure_id) else issues.measure_id end as measure_id,
    case when issues.is_rejected then masked(issues.area_id) else issues.area_id end as area_id,
    case when issues.is_rejected then masked(issues.segment) else issues.segment end as segment,
    issues.period_type,
    issues.period_end,
    issues.supplied_by
from issues
inner join loads on loads.load_id = issues.load_id
