{# Contact: the force's own telephony (999, 101, CCH, CRIB), logs from silent calls, online reports. methods.md 2. #}
{% macro catalogue_contact() %}
domain: contact
owner: Crime & Communication Centre performance
basis: force
frameworks: [OPCC]
plan_priority: 1
exclusions: test calls; calls neither answered nor abandoned
measures:
{% for line in [
    {'id': 'public_999', 'code': '999', 'name': 'Public 999'},
    {'id': 'line_101', 'code': '101', 'name': '101'},
    {'id': 'cch', 'code': 'cch', 'name': 'CCH'},
    {'id': 'crib', 'code': 'crib', 'name': 'CRIB'},
] %}
- id: {{ line.id }}_calls_offered
  title: {{ line.name }} calls offered
  definition: Calls offered to the force on the {{ line.name }} line that were either answered or abandoned.
  statistic: count
  fact: fct_force_calls
  population: resolved calls on the {{ line.name }} line
  where: line = '{{ line.code }}' and is_resolved
  direction: neutral
  seasonal: true

- id: {{ line.id }}_abandonment_rate
  title: {{ line.name }} abandonment rate
  definition: Calls abandoned as a percentage of calls offered on the {{ line.name }} line.
  statistic: share
  fact: fct_force_calls
  population: resolved calls on the {{ line.name }} line
  where: line = '{{ line.code }}' and is_resolved
  numerator: is_abandoned
  direction: decrease

- id: {{ line.id }}_wait_time_mean
  title: {{ line.name }} average wait to answer
  definition: Mean time from a call being offered to its being answered, on the force's own clock.
  statistic: mean
  fact: fct_force_calls
  population: answered calls on the {{ line.name }} line
  where: line = '{{ line.code }}' and is_answered
  of: wait_seconds
  direction: decrease
{% if line.id == 'cch' %}
  targets:
  - {value: 30, type: SLA, area: wiltshire_force}
{% endif %}

- id: {{ line.id }}_wait_time_median
  title: {{ line.name }} median wait to answer
  definition: Median time from a call being offered to its being answered, on the force's own clock.
  statistic: median
  fact: fct_force_calls
  population: answered calls on the {{ line.name }} line
  where: line = '{{ line.code }}' and is_answered
  of: wait_seconds
  direction: decrease
{% if line.id == 'cch' %}
  targets:
  - {value: 30, type: SLA, area: wiltshire_force}
{% endif %}

- id: {{ line.id }}_wait_time_p90
  title: {{ line.name }} 90th percentile of the wait to answer
  definition: The wait from a call being offered to its being answered that nine calls in ten do not exceed, on the force's own clock.
  statistic: p90
  fact: fct_force_calls
  population: answered calls on the {{ line.name }} line
  where: line = '{{ line.code }}' and is_answered
  of: wait_seconds
  direction: decrease

{% endfor %}

- id: public_999_answered_within_10s_rate
  title: Public 999 calls answered in under 10 seconds
  definition: Answered 999 calls with a wait of less than 10 seconds as a percentage of answered 999 calls.
  statistic: share
  fact: fct_force_calls
  population: answered calls on the 999 line
  where: line = '999' and is_answered
  numerator: wait_seconds < {threshold}
  threshold:
  - {value: 10}
  direction: increase
  targets:
  - {value: 90, type: ambition}

- id: public_999_answered_over_60s_rate
  title: Public 999 calls answered after a minute or more
  definition: Answered 999 calls with a wait of at least 60 seconds as a percentage of answered 999 calls.
  statistic: share
  fact: fct_force_calls
  population: answered calls on the 999 line
  where: line = '999' and is_answered
  numerator: wait_seconds >= 60
  direction: decrease

- id: cch_answered_within_sla_rate
  title: CCH calls answered within the SLA
  definition: Answered CCH calls with a wait of at most the SLA (30 seconds) as a percentage of answered CCH calls.
  statistic: share
  fact: fct_force_calls
  population: answered calls on the CCH line
  where: line = 'cch' and is_answered
  numerator: wait_seconds <= {threshold}
  threshold:
  - {value: 30}
  direction: increase

- id: cch_abandoned_count
  title: CCH calls abandoned
  definition: Calls on the CCH line that the caller abandoned.
  statistic: count
  fact: fct_force_calls
  population: abandoned calls on the CCH line
  where: line = 'cch' and is_abandoned
  direction: decrease

- id: cch_abandoned_within_0_60s_count
  title: CCH calls abandoned within 60 seconds
  definition: CCH calls abandoned after a wait of at most 60 seconds, while the IVR message about online reporting plays.
  statistic: count
  fact: fct_force_calls
  population: calls on the CCH line abandoned within the IVR window
  where: line = 'cch' and is_abandoned and wait_seconds <= {{ var('ivr_window_seconds') }}
  direction: neutral

- id: cch_abandoned_within_0_60s_share
  title: Share of abandoned CCH calls abandoned within 60 seconds
  definition: CCH calls abandoned after at most 60 seconds as a percentage of all abandoned CCH calls.
  statistic: share
  fact: fct_force_calls
  population: abandoned calls on the CCH line
  where: line = 'cch' and is_abandoned
  numerator: wait_seconds <= {{ var('ivr_window_seconds') }}
  direction: neutral

# (A - A60) / (offered - A60): a call abandoned inside the IVR window is taken out of both sides.
- id: cch_abandonment_rate_excl_ivr_window
  title: CCH abandonment rate without the IVR window
  definition: CCH calls abandoned after more than 60 seconds as a percentage of calls offered that were not abandoned within 60 seconds.
  statistic: share
  fact: fct_force_calls
  population: resolved calls on the CCH line, without those abandoned within the IVR window
  where: line = 'cch' and is_resolved and not (is_abandoned and wait_seconds <= {{ var('ivr_window_seconds') }})
  numerator: is_abandoned
  direction: decrease

- id: silent_999_logs
  title: Silent 999 logs
  definition: Logs closed as silent 999.
  statistic: count
  fact: fct_logs
  population: logs with closing type silent 999
  where: is_silent_999
  direction: decrease
  headline_period: r12m

# A silent call need not make one log, nor a log stand for one call: the rate is an upper bound of the share of calls.
- id: silent_999_share_of_calls
  title: Silent 999 logs per 100 calls offered
  definition: Logs closed as silent 999 per 100 calls offered to the force on the 999 line in the same period.
  statistic: rate
  population: silent 999 logs and resolved calls on the 999 line
  numerator: {measure: silent_999_logs}
  denominator: {measure: public_999_calls_offered}
  direction: decrease
  headline_period: r12m

- id: no_deployment_logs
  title: No Deployment logs
  definition: Logs whose final grade is No Deployment.
  statistic: count
  fact: fct_logs
  population: logs finally graded No Deployment
  where: is_no_deployment
  direction: neutral

- id: ocr_volume
  title: Online crime reports
  definition: Online reports submitted, whatever the form.
  statistic: count
  fact: fct_online_reports
  population: online reports
  segment_by: form_type
  direction: neutral
  owner: Digital contact
  exclusions: none

- id: ocr_use_for_additional_information
  title: Online reports that add information to a crime
  definition: Online reports submitted to provide more information on a crime already reported.
  statistic: count
  fact: fct_online_reports
  population: online reports with additional information
  where: is_additional_information
  direction: neutral
  owner: Digital contact
  exclusions: none

- id: ocr_additional_information_share
  title: Share of online reports that add information to a crime
  definition: Online reports submitted to provide more information on a crime already reported, as a percentage of all online reports.
  statistic: share
  fact: fct_online_reports
  population: online reports
  numerator: is_additional_information
  segment_by: form_type
  direction: neutral
  owner: Digital contact
  exclusions: none
{% endmacro %}
