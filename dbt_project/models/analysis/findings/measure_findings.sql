-- What can be said of each figure, in the report's own words: every phrase is a rule (pipelines/catalogue/findings.yaml), every finding has the numbers
-- it rests on and one sentence made of them. Findings of one series and period do not contradict each other (seed finding_exclusions).
-- One row per measure, area, segment, period and kind.
{{ config(
    schema='measures',
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ forget_changed_series() }}",
) }}
{%- set findings = findings_catalogue() %}
{%- set rules = findings.rules %}
{%- set sections = findings.sections | list %}
{%- set numbers = findings.numbers %}
{%- set signals = findings.leads.index('signal') + 1 %}
{%- set records = findings.leads.index('record') + 1 %}
{%- set is_record_said = '(found.k >= ' ~ var('high_months') ~ ' and tones.sign <> 0 and found.sign = tones.sign) is true' %}

with

measures as (
    {{ measures_beside_means() }}
),

areas as (
    select
        *,
        {{ spoken_area('area_name', 'level', 'force_code') }} as spoken_name
    from {{ ref('dim_area') }}
),

months as (
    select * from {{ ref('int_finding_months') }}
    where {{ is_read_for_changed_series() }}
),

changes as (
    select * from {{ ref('int_finding_changes') }}
    where {{ is_read_for_changed_series() }}
),

tones as (
    select
        *,
        case when ends_with(variation, '_high') then 1 when ends_with(variation, '_low') then -1 else 0 end as sign
    from {{ ref('measure_tones') }}
    where {{ is_read_for_changed_series() }}
),

charted as (
    select
        months.* exclude (month),
        'month' as period_type,
        measures.direction,
        last_day(months.month - interval 1 month) as month_before,
        -- newly special in the direction of the step, or from beyond two sigma on one side to beyond it on the other
        coalesce(
            months.step <> 0
            and (
                (months.special_cause_sign = months.step and case months.step when 1 then months.lowest_sign_before else -months.highest_sign_before end < 1)
                or (months.step = 1 and months.adjusted_before < months.lower_2s and months.value_adjusted > months.upper_2s)
                or (months.step = -1 and months.adjusted_before > months.upper_2s and months.value_adjusted < months.lower_2s)
            ), false
        ) as is_newly_special,
        months.value - months.value_before as step_size,
        {{ target_name('months.target_type') }} as target_name,
        {{ running_text('months.target_months_running', 'month') }} as target_run,
        strftime(months.month - interval 1 month, '%B %Y') as month_before_name,
        case
            when months.is_seasonally_adjusted is not true then {{ running_text('months.exceptional_k', 'month') }}
            when months.exceptional_k > 1 then ' for the time of year,' || {{ running_text('months.exceptional_k', 'month') }}
            else strftime(months.month, ' for %B')
        end as unusual_text,
        case
            when months.exceptional_k = 1 then ''
            when months.outside_k = months.exceptional_k then ' in each of the last ' || months.exceptional_k || ' months'
            else ' in ' || months.outside_k || ' of the last ' || months.exceptional_k || ' months'
        end as outside_text,
        case
            when months.exceptional_k = 1 then ''
            when months.outside_k = months.exceptional_k then months.exceptional_k || ' months '
            else months.outside_k || ' of the last ' || months.exceptional_k || ' months '
        end as outside_term,
        case when months.is_seasonally_adjusted then ' for the time of year,' else '' end || {{ running_text('months.shift_k', 'month') }} as shift_text,
        {{ value_text('months.value', 'measures.unit') }} as value_text,
        {{ value_text('months.value_before', 'measures.unit') }} as before_text,
        {{ value_text('months.target', 'measures.unit') }} as target_text,
        {{ one_decimal('abs(months.slope_pct)') }} as slope_text
    from months
    inner join measures on months.measure_id = measures.measure_id
),

compared as (
    select
        changes.*,
        measures.direction,
        coalesce(months.is_too_few, false) as is_too_few,
        case when measures.unit <> 'pct' then changes.change_pct end as band_pct,
        100 * changes.change / nullif(abs(changes.base_value), 0) as relative_pct,
        {{ finding_period_name('changes.period_type', 'changes.base_period_end', 'measures.statistic') }} as base_name,
        {{ year_before_name('changes.period_type', 'changes.base_period_end') }} as year_before_name,
        {{ value_text('changes.value', 'measures.unit') }} as value_text,
        {{ value_text('changes.base_value', 'measures.unit') }} as base_text,
        {{ change_text('changes.change', 'changes.change_pct', 'measures.unit', 'changes.value') }} as change_text,
        -- up 11.8% (1,039); of what would be 0.0, what is left: up 1, down by less than a tenth of a percentage point
        case sign(changes.change) when 1 then 'up ' else 'down ' end
        || case
            when not regexp_matches(regexp_replace(change_text, 'per [0-9,]+', ''), '[1-9]')
                then 'by less than ' || case measures.unit when 'pct' then 'a tenth of a percentage point' when 'seconds' then 'a second' else 'can be shown' end
            when changes.change_pct is null then regexp_replace(change_text, '[+−()]', '', 'g')
            else regexp_replace(regexp_replace(regexp_replace(change_text, '[+−]', '', 'g'), '^0\.0% \((.*)\)$', '\1'), ' \(0(\.0)?( per [0-9,]+)?\)$', '')
        end as moved_text,
        -- inside brackets: −9.4%, −1,188
        regexp_replace(change_text, '^(.*?),? ?\((.*)\)$', '\1, \2').ltrim(', ') as change_inside_text,
        coalesce(
            case sign(changes.change_per_month) when 1 then ', ' || format('{:,}', cast(changes.change_per_month as bigint)) || ' more per month' end,
            case sign(changes.change_per_month) when -1 then ', ' || format('{:,}', cast(-changes.change_per_month as bigint)) || ' fewer per month' end,
            ''
        ) as per_month_text,
        case when changes.is_significant then ', significant' when not changes.is_significant then ', not significant' else '' end as significance_text,
        case when changes.is_significant then ', a significant change' when not changes.is_significant then ' (not significant)' else '' end
            as significance_words
    from changes
    inner join measures on changes.measure_id = measures.measure_id
    left join months on
        changes.series_id = months.series_id
        and changes.period_end = months.period_end
),

-- Rolling twelve months against those before them and against 2019, with what the monthly chart says at their end.
yearly as (
    select
        compared.*,
        coalesce(months.rule_shift, 0) as rule_shift,
        coalesce(months.rule_trend, 0) as rule_trend,
        baselines.base_period_end as baseline_period_end,
        baselines.base_value as baseline_value,
        baselines.change as baseline_change,
        baselines.change_pct as baseline_change_pct,
        baselines.change_inside_text as baseline_change_text,
        baselines.z as baseline_z,
        baselines.p as baseline_p
    from compared
    left join compared as baselines on
        compared.series_id = baselines.series_id
        and compared.period_type = baselines.period_type
        and compared.period_end = baselines.period_end
        and baselines.comparison = 'baseline_2019'
    left join months on
        compared.series_id = months.series_id
        and compared.period_end = months.period_end
    where
        compared.comparison = 'yoy'
        and compared.period_type = 'r12m'
),

-- Segments that are compared with 2019 are all above it: said of the whole.
every_segment as (
    select
        totals.measure_id,
        totals.area_id,
        totals.segment,
        totals.series_id,
        totals.period_type,
        totals.period_end,
        totals.value,
        totals.is_latest,
        totals.direction,
        cast(count(*) as integer) as segments
    from compared as totals
    inner join compared as parts on
        totals.measure_id = parts.measure_id
        and totals.area_id = parts.area_id
        and totals.period_type = parts.period_type
        and totals.period_end = parts.period_end
        and totals.comparison = parts.comparison
        and parts.segment <> 'all'
    where
        totals.segment = 'all'
        and totals.comparison = 'baseline_2019'
    group by all
    having bool_and(coalesce(parts.z > {{ var('significance_z') }} and parts.relative_pct > {{ var('baseline_band_pct') }}, false))
),

-- How many R12m values in a row lie above 2019: over the whole series.
above_2019 as (
    select
        series_id,
        period_end,
        12 * year(period_end) + month(period_end) as period,
        period - row_number() over (partition by series_id order by period_end) as run
    from {{ ref('measure_comparisons') }}
    where
        comparison = 'baseline_2019'
        and period_type = 'r12m'
        and is_comparable
        and change > 0
        and {{ is_changed_series() }}
),

runs_above_2019 as (
    select
        series_id,
        period_end,
        cast(row_number() over (partition by series_id, run order by period_end) as integer) as k
    from above_2019
),

elevations as (
    select
        compared.*,
        runs_above_2019.k
    from compared
    inner join runs_above_2019 on
        compared.series_id = runs_above_2019.series_id
        and compared.period_end = runs_above_2019.period_end
    where
        compared.comparison = 'baseline_2019'
        and compared.period_type = 'r12m'
),

-- A part whose share in a significant change of the whole can be set against its share in the whole a year before.
parts as (
    select
        part.*,
        whole_measures.title as whole_title,
        100 * part.change / whole.change as share_pct,
        100 * part.base_value / whole.base_value as base_share_pct,
        {{ whole_text('100 * part.change / whole.change') }} as share_text,
        {{ whole_text('100 * part.base_value / whole.base_value') }} as base_share_text,
        case sign(whole.change) when 1 then 'increase' else 'decrease' end as whole_moved,
        case part.period_type when 'month' then ' on ' || part.year_before_name when 'r12m' then ' over 12 months' else ' on the year before' end as whole_when
    from {{ ref('parts_of_wholes') }} as declared
    inner join compared as part on declared.part_measure_id = part.measure_id
    inner join compared as whole on
        declared.whole_measure_id = whole.measure_id
        and part.area_id = whole.area_id
        and part.segment = whole.segment
        and part.period_type = whole.period_type
        and part.period_end = whole.period_end
        and part.comparison = whole.comparison
    inner join measures as whole_measures on declared.whole_measure_id = whole_measures.measure_id
    where
        part.comparison = 'yoy'
        and part.segment = 'all'
        and whole.is_significant
        and whole.base_value > 0
),

-- Means of durations beside the median of the same rows, and the share of logs over ten hours where there is one.
means as (
    select
        means.measure_id,
        means.area_id,
        means.segment,
        means.series_id,
        means.period_type,
        means.period_end,
        means.value,
        measures.direction,
        means.period_end = max(means.period_end) over (partition by means.series_id, means.period_type) as is_latest,
        {{ is_recent('means.') }} as is_recent,
        medians.value as base_value,
        means.value / nullif(medians.value, 0) as ratio,
        long_ones.value as share_pct,
        {{ value_text('medians.value', 'measures.unit') }} as base_text,
        format('{:.2f}', round(means.value / nullif(medians.value, 0), 2)) as ratio_text,
        {{ one_decimal('long_ones.value') }} as share_text
    from {{ ref('measure_values') }} as means
    inner join measures on means.measure_id = measures.measure_id
    inner join {{ ref('measure_values') }} as medians on
        measures.median_measure_id = medians.measure_id
        and means.area_id = medians.area_id
        and means.segment = medians.segment
        and means.period_type = medians.period_type
        and means.period_end = medians.period_end
    left join {{ ref('measure_values') }} as long_ones on
        measures.over_10h_measure_id = long_ones.measure_id
        and means.area_id = long_ones.area_id
        and means.segment = long_ones.segment
        and means.period_type = long_ones.period_type
        and means.period_end = long_ones.period_end
    where
        measures.statistic = 'mean'
        and measures.median_measure_id <> measures.measure_id
        and means.is_complete
        and {{ is_changed_series('means.series_id') }}
        and means.period_type in ('month', 'r12m')
    qualify is_latest or is_recent
),

found as (
    {%- for rule in rules %}
    {%- set relation = rule['from'] %}
    select
        measure_id,
        area_id,
        segment,
        series_id,
        period_type,
        period_end,
        value,
        is_latest,
        '{{ rule.kind }}' as kind,
        '{{ rule.section }}' as section,
        {{ rules | length * sections.index(rule.section) + loop.index }} as place,
        case
            when direction = 'neutral' or {{ rule.sign }} = 0 then 'neutral'
            when {{ rule.sign }} = case direction when 'increase' then 1 else -1 end or {{ rule.sign }} = 2 then 'better'
            else 'worse'
        end as judgement,
        {%- for name, type in numbers.items() %}
        {%- set given = rule[name] or (name if name in findings.relations[relation] else 'null') %}
        cast({{ given }} as {{ type }}) as {{ name }},
        {%- endfor %}
        {{ rule.says }} as clause,
        {{ rule.term or rule.says }} as words,
        {{ literal(rule.because) }} as evidence,
        {{ 'case when ' ~ rule.leads_when ~ ' then ' ~ (findings.leads.index(rule.leads) + 1) ~ ' end' if rule.leads else 'cast(null as integer)' }} as lead_class,
        {{ rule.sign }} as sign,
        {{ rule.special_causes or 'cast([] as varchar[])' }} as special_causes
    from {{ relation }}
    where
        {{ rule.when }}
        {%- if relation == 'charted' and not rule.any_chart %}
        and not is_too_few
        {%- endif %}
    {%- if not loop.last %}

    union all
    {%- endif %}
    {%- endfor %}
),

-- What is found together, of a series and period.
together as (
    select
        series_id,
        period_type,
        period_end,
        list(kind) as kinds
    from found
    group by series_id, period_type, period_end
),

-- Of two findings that cannot both be said, the seed names the one that gives way.
weaker as (
    select
        kind,
        list(gives_way_to) as stronger
    from {{ ref('finding_exclusions') }}
    group by kind
),

-- The places of what is said, in order: whole rows of findings are wide, and sorting them took a third of this model.
kept as (
    select
        found.series_id,
        found.period_type,
        found.period_end,
        list_sort(list(found.place)) as places
    from found
    inner join together on
        found.series_id = together.series_id
        and found.period_type = together.period_type
        and found.period_end = together.period_end
    left join weaker on found.kind = weaker.kind
    where
        found.words is not null
        and found.clause is not null
        and list_has_any(together.kinds, weaker.stronger) is not true
    group by found.series_id, found.period_type, found.period_end
)

select
    found.measure_id,
    found.area_id,
    found.segment,
    found.series_id,
    found.period_type,
    found.period_end,
    found.kind,
    found.section,
    list_position(kept.places, found.place) as finding_order,
    found.judgement,
    found.value,
    measures.unit,
    {%- for name in numbers %}
    found.{{ name }},
    {%- endfor %}
    found.evidence,
    found.words,
    found.clause,
    {{ said_of_figure(
        figure_clause(
            'measures', 'areas.spoken_name', 'found.segment', value_text('found.value', 'measures.unit'), 'found.value', 'found.period_type', 'found.period_end'
        ),
        'found.clause'
    ) }} as sentence,
    case
        when found.lead_class = {{ signals }} and not (found.sign = tones.sign and list_contains(found.special_causes, tones.special_cause)) is true then null
        when found.lead_class = {{ records }} and not {{ is_record_said }} then null
        else cast(found.lead_class as integer)
    end as lead_class,
    -- a high or low of a few months, against the tone or of common cause is no news
    found.lead_class is distinct from {{ records }} or {{ is_record_said }} as is_said,
    found.is_latest
from found
inner join kept on
    found.series_id = kept.series_id
    and found.period_type = kept.period_type
    and found.period_end = kept.period_end
inner join measures on found.measure_id = measures.measure_id
inner join areas on found.area_id = areas.area_id
left join tones on
    found.series_id = tones.series_id
    and found.period_end = tones.period_end
where
    list_contains(kept.places, found.place)
    and {{ is_changed_series('found.series_id') }}
