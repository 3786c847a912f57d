-- Every BT rule with the calls it removed, and the month's raw and adjusted abandonment beside it (domain/methods.md 2.2).
-- One row per force, month and rule; a rule that removed nothing stands with 0.
{{ config(schema='quality') }}

with legs as (
    select * from {{ ref('fct_bt_legs') }} where is_offered
),

rules as (
    select unnest(['BT_TEST', 'BT_DUP', 'BT_GHOST', 'BT_OUTAGE', 'BT_ZERO']) as rule_code
),

months as (
    select
        force_area_id,
        month,
        count(*) as offered_raw,
        count(*) filter (where is_abandoned) as abandoned_raw,
        count(*) filter (where is_kept) as offered_adjusted,
        count(*) filter (where is_kept and is_abandoned) as abandoned_adjusted
    from legs
    group by force_area_id, month
),

matched as (
    select
        force_area_id,
        month,
        rule_code,
        count(*) as calls_matched,
        count(*) filter (where not is_kept) as calls_removed,
        count(*) filter (where not is_kept and is_abandoned) as abandoned_removed
    from legs
    where rule_code is not null
    group by force_area_id, month, rule_code
),

rated as (
    select
        *,
        100.0 * abandoned_raw / offered_raw as rate_raw,
        100.0 * abandoned_adjusted / nullif(offered_adjusted, 0) as rate_adjusted
    from months
)

select
    rated.force_area_id,
    rated.month,
    rules.rule_code,
    coalesce(matched.calls_matched, 0) as calls_matched,
    coalesce(matched.calls_removed, 0) as calls_removed,
    coalesce(matched.abandoned_removed, 0) as abandoned_removed,
    rated.offered_raw,
    rated.abandoned_raw,
    cast(rated.rate_raw as double) as rate_raw,
    rated.offered_adjusted,
    rated.abandoned_adjusted,
    cast(rated.rate_adjusted as double) as rate_adjusted,
    cast(rated.rate_raw - rated.rate_adjusted as double) as gap_points
from rated
cross join rules
left join matched
    on
        matched.force_area_id = rated.force_area_id
        and matched.month = rated.month
        and matched.rule_code = rules.rule_code
