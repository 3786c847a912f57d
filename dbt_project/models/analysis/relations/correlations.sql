-- Declared pairs of monthly series (seed correlation_pairs) and how they go together over the months up to each of the last 24 month ends.
-- One row per pair and month end. Months only: over rolling twelve months any two series seem related (methods.md 0.5 and 2.6).
{{ config(schema='measures', materialized='table') }}

with

pairs as (
    select * from {{ ref('correlation_pairs') }}
),

measures as (
    select * from {{ ref('dim_measure') }}
),

months as (
    select
        measure_id,
        area_id,
        segment,
        cast(date_trunc('month', period_end) as date) as month,
        numerator,
        denominator,
        value
    from {{ ref('int_complete_values') }}
    where
        period_type = 'month'
        and value is not null
),

-- With a lag, b is taken that many months after a.
points as (
    select
        pairs.pair_id,
        a.month,
        cast(a.month + to_months(pairs.lag_months) as date) as month_b,
        a.value as a,
        b.value as b,
        a.numerator as count_a,
        b.numerator as count_b,
        case when pairs.is_compositional and a.denominator = b.denominator then a.denominator - a.numerator - b.numerator end as count_other
    from pairs
    inner join months as a
        on
            pairs.measure_a = a.measure_id
            and pairs.segment_a = a.segment
            and pairs.area_id = a.area_id
    inner join months as b
        on
            pairs.measure_b = b.measure_id
            and pairs.segment_b = b.segment
            and pairs.area_id = b.area_id
            and a.month + to_months(pairs.lag_months) = b.month
    where a.month >= coalesce(pairs.since_month, a.month)
),

stepped as (
    select
        *,
        case when count_a > 0 and count_b > 0 and count_other > 0 then ln(count_a / count_other) end as log_a,
        case when count_a > 0 and count_b > 0 and count_other > 0 then ln(count_b / count_other) end as log_b,
        lag(month) over months_of_pair as month_before,
        a - lag(a) over months_of_pair as step_a,
        b - lag(b) over months_of_pair as step_b
    from points
    window months_of_pair as (partition by pair_id order by month)
),

ends as (
    select
        pair_id,
        month
    from points
    qualify month > max(month) over (partition by pair_id) - interval 24 month
),

gathered as (
    select
        ends.pair_id,
        last_day(ends.month) as period_end,
        min(stepped.month) as window_start,
        count(*) as n,
        list(stepped.a order by stepped.month) as a,
        list(stepped.b order by stepped.month) as b,
        list(stepped.count_a order by stepped.month) as counts_a,
        list(stepped.count_b order by stepped.month) as counts_b,
        list(stepped.log_a order by stepped.month) filter (where stepped.log_a is not null) as logs_a,
        list(stepped.log_b order by stepped.month) filter (where stepped.log_b is not null) as logs_b,
        -- a step from a month that lies in the window and is the one just before
        list(stepped.step_a order by stepped.month)
        filter (where stepped.month_before = stepped.month - interval 1 month and stepped.month > {{ window_start() }}) as steps_a,
        list(stepped.step_b order by stepped.month)
        filter (where stepped.month_before = stepped.month - interval 1 month and stepped.month > {{ window_start() }}) as steps_b
    from ends
    inner join pairs on ends.pair_id = pairs.pair_id
    inner join stepped
        on
            ends.pair_id = stepped.pair_id
            and stepped.month <= ends.month
            and stepped.month >= {{ window_start() }}
    group by ends.pair_id, ends.month
),

related as (
    select
        pair_id,
        period_end,
        window_start,
        cast(n as integer) as n,
        {{ pearson_r('a', 'b') }} as r,
        cast(coalesce(len(steps_a), 0) as integer) as n_differenced,
        {{ pearson_r('steps_a', 'steps_b') }} as r_differenced,
        case when list_count(counts_a) = n and list_count(counts_b) = n then {{ pearson_r('counts_a', 'counts_b') }} end as r_counts,
        case when len(logs_a) = n then {{ pearson_r('logs_a', 'logs_b') }} end as r_log_ratio
    from gathered
),

tested as (
    select
        *,
        {{ correlation_p('r', 'n') }} as p_value,
        case when n > 3 and abs(r) < 1 then tanh(atanh(r) - 1.959963984540054 / sqrt(n - 3)) end as r_lower,
        case when n > 3 and abs(r) < 1 then tanh(atanh(r) + 1.959963984540054 / sqrt(n - 3)) end as r_upper,
        {{ correlation_p('r_differenced', 'n_differenced') }} as p_differenced
    from related
),

judged as (
    select
        *,
        {{ correlation_words('r') }} as strength,
        case when r > 0 then 'positive' when r < 0 then 'negative' end as direction,
        coalesce(
            n >= 12
            and (r_lower > 0 or r_upper < 0)
            and sign(r_differenced) = sign(r)
            and p_differenced < 0.05, false
        ) as is_significant
    from tested
)

select
    judged.pair_id,
    pairs.area_id,
    judged.period_end,
    pairs.measure_a,
    pairs.segment_a,
    pairs.measure_b,
    pairs.segment_b,
    pairs.lag_months,
    judged.window_start,
    pairs.since_month,
    judged.n,
    judged.r,
    judged.r_lower,
    judged.r_upper,
    judged.p_value,
    judged.n_differenced,
    judged.r_differenced,
    judged.p_differenced,
    judged.strength,
    judged.direction,
    judged.is_significant,
    pairs.is_compositional,
    case when pairs.is_compositional then judged.r_counts end as r_counts,
    case when pairs.is_compositional then judged.r_log_ratio end as r_log_ratio,
    'Pearson, monthly values; interval by Fisher z, p by Student t' as method,
    concat_ws(
        '; ',
        case when pairs.is_compositional then 'two shares of one total: negative by construction, judge by counts or log-ratios' end,
        case when judged.n < 12 then 'fewer than 12 months' end,
        'association, not cause'
    ) as caveat,
    measures_a.title || ' and ' || measures_b.title || ', ' || judged.n || case judged.n when 1 then ' month to ' else ' months to ' end
    || strftime(judged.period_end, '%B %Y') || ': '
    || coalesce(
        judged.strength || coalesce(' ' || judged.direction, '') || ' correlation of ' || replace(format('{:.2f}', judged.r), '-', '−')
        || coalesce(replace(format(' (95% interval {:.2f} to {:.2f})', judged.r_lower, judged.r_upper), '-', '−'), '')
        || case when judged.n < 12 then ', too early to test' when judged.is_significant then ', significant' else ', not significant' end,
        'no correlation can be worked out'
    )
    || case when pairs.is_compositional then '; two shares of one total go against each other by construction' else '' end
    || '. Association is not cause.' as sentence
from judged
inner join pairs on judged.pair_id = pairs.pair_id
inner join measures as measures_a on pairs.measure_a = measures_a.measure_id
inner join measures as measures_b on pairs.measure_b = measures_b.measure_id
