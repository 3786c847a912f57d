{# Readers' table macro spc_as_published(moment): the charts as they were published last at a moment, put together from the two ledgers. #}
{% macro create_spc_as_published(signal_ledger, limit_ledger) %}
create or replace macro {{ limit_ledger.schema }}.measures__spc_as_published(moment) as table
with signals as (
    select *
    from {{ signal_ledger.schema }}.{{ signal_ledger.identifier }}
    where published_at <= moment
    qualify change_no = max(change_no) over (partition by measure_id, area_id, segment, month)
),

limits as (
    select *
    from {{ limit_ledger.schema }}.{{ limit_ledger.identifier }}
    where published_at <= moment
    qualify change_no = max(change_no) over (partition by measure_id, area_id, segment, phase)
)

select
    signals.measure_id, signals.area_id, signals.segment, signals.month,
    signals.value, signals.value / coalesce(limits.seasonal_index[month(signals.month)], 1) as value_adjusted,
    signals.phase, limits.phase_start, limits.window_start, limits.window_end, limits.n_phase, limits.mean, limits.mr_bar, limits.lpl, limits.upl, limits.lower_2s, limits.upper_2s,
    signals.rule_outside, signals.rule_shift, signals.rule_trend, signals.rule_two_of_three, signals.special_cause, signals.variation,
    signals.target, signals.assurance, limits.limits_status,
    signals.month = max(signals.month) over (partition by signals.measure_id, signals.area_id, signals.segment) as is_latest,
    greatest(signals.published_at, limits.published_at) as said_since
from signals
inner join limits using (measure_id, area_id, segment, phase)
where not signals.is_withdrawn
{% endmacro %}
