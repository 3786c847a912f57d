-- Which published figures have moved, from what to what, when, and why: what was said (measures__value_ledger) beside what came in between the
-- publications (quality__arrivals). The reason follows from these and is the same whenever it is asked for.
with statements as (
    select
        *,
        max(change_no) over (partition by measure_id, area_id, segment, period_type, period_end) as last_change_no
    from {{ ref('measures__value_ledger') }}
),

first_statements as (
    select * from statements
    where change_no = 1 and last_change_no > 1
),

latest_statements as (
    select * from statements
    where change_no = last_change_no
),

previous_statements as (
    select * from statements
    where change_no = last_change_no - 1
),

moves as (
    select * from statements
    where change_no > 1
),

publications as (
    select
        *,
        lag(code_version) over (order by published_at, run_id) as code_before
    from {{ ref('quality__publications') }}
),

arrivals as (
    select * from {{ ref('quality__arrivals') }}
),

measure_feeds as (
    select
        measure_id,
        trim(unnest(string_split(source_feeds, ','))) as feed
    from {{ ref('dim_measure') }}
),

arrived as (
    select
        moves.*,
        arrivals.late_rows,
        arrivals.corrected_rows,
        publications.code_version <> publications.code_before as is_code_changed,
        coalesce(
            arrivals.month <= moves.period_end
            and arrivals.month > moves.period_end - to_months({{ months_in('moves.period_type') }}), false
        ) as is_of_the_period
    from moves
    left join publications on moves.run_id = publications.run_id and moves.published_at = publications.published_at
    left join measure_feeds on moves.measure_id = measure_feeds.measure_id
    left join arrivals
        on
            publications.run_id = arrivals.run_id
            and publications.published_at = arrivals.published_at
            and measure_feeds.feed = arrivals.feed
),

reasons as (
    select
        measure_id,
        area_id,
        segment,
        period_type,
        period_end,
        change_no,
        coalesce(sum(late_rows) filter (where is_of_the_period), 0) as late_rows,
        coalesce(sum(corrected_rows) filter (where is_of_the_period), 0) as corrected_rows,
        coalesce(sum(late_rows + corrected_rows) filter (where not is_of_the_period), 0) as other_rows,
        coalesce(bool_or(is_code_changed), false) as is_code_changed
    from arrived
    group by measure_id, area_id, segment, period_type, period_end, change_no
),

summed as (
    select
        measure_id,
        area_id,
        segment,
        period_type,
        period_end,
        cast(sum(late_rows) as bigint) as late_rows,
        cast(sum(corrected_rows) as bigint) as corrected_rows,
        cast(sum(other_rows) as bigint) as other_rows,
        bool_or(is_code_changed) as is_code_changed,
        max_by({{ revision_reason('late_rows', 'corrected_rows', 'other_rows', 'is_code_changed') }}, change_no) as latest_reason
    from reasons
    group by measure_id, area_id, segment, period_type, period_end
)

select
    first_statements.measure_id,
    first_statements.area_id,
    first_statements.segment,
    first_statements.period_type,
    first_statements.period_end,
    first_statements.value as first_value,
    first_statements.published_at as first_published_at,
    previous_statements.value as previous_value,
    previous_statements.published_at as previous_published_at,
    latest_statements.value,
    latest_statements.published_at,
    latest_statements.value - first_statements.value as change,
    latest_statements.change_no - 1 as revisions,
    summed.late_rows,
    summed.corrected_rows,
    summed.other_rows,
    summed.is_code_changed,
    {{ revision_reason('summed.late_rows', 'summed.corrected_rows', 'summed.other_rows', 'summed.is_code_changed') }} as reason,
    summed.latest_reason
from first_statements
inner join latest_statements
    on
        first_statements.measure_id = latest_statements.measure_id
        and first_statements.area_id = latest_statements.area_id
        and first_statements.segment = latest_statements.segment
        and first_statements.period_type = latest_statements.period_type
        and first_statements.period_end = latest_statements.period_end
inner join previous_statements
    on
        first_statements.measure_id = previous_statements.measure_id
        and first_statements.area_id = previous_statements.area_id
        and first_statements.segment = previous_statements.segment
        and first_statements.period_type = previous_statements.period_type
        and first_statements.period_end = previous_statements.period_end
inner join summed
    on
        first_statements.measure_id = summed.measure_id
        and first_statements.area_id = summed.area_id
        and first_statements.segment = summed.segment
        and first_statements.period_type = summed.period_type
        and first_statements.period_end = summed.period_end
