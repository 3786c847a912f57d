{# 999 on BT's clock: raw takes every leg as supplied, adjusted what the approved BT rules leave. Never one series with the force's clock. methods.md 2.1, 2.2. #}
{% macro catalogue_bt() %}
domain: contact
owner: Crime & Communication Centre performance
basis: BT
frameworks: [OPCC]
plan_priority: 1
measures:
{% for basis in [
    {'suffix': '', 'kept': 'is_offered', 'seconds': 'answer_seconds', 'title': '', 'words': 'as supplied by BT'},
    {'suffix': '_adjusted', 'kept': 'is_kept', 'seconds': 'adjusted_answer_seconds', 'title': ', adjusted', 'words': 'left by the approved BT rules'},
] %}
- id: bt_999_calls_offered{{ basis.suffix }}
  title: BT 999 calls offered{{ basis.title }}
  definition: BT legs presented to the force and answered or abandoned, {{ basis.words }}.
  statistic: count
  fact: fct_bt_legs
  population: offered legs, {{ basis.words }}
  where: {{ basis.kept }}
  direction: neutral
  seasonal: true

- id: bt_999_abandonment_rate{{ basis.suffix }}
  title: BT 999 abandonment rate{{ basis.title }}
  definition: Abandoned legs as a percentage of offered legs, {{ basis.words }}.
  statistic: share
  fact: fct_bt_legs
  population: offered legs, {{ basis.words }}
  where: {{ basis.kept }}
  numerator: is_abandoned
  direction: decrease

- id: bt_999_answer_time_mean{{ basis.suffix }}
  title: BT 999 average answer time{{ basis.title }}
  definition: Mean time from presentation by BT to the answer, transfer included, over answered legs {{ basis.words }}.
  statistic: mean
  fact: fct_bt_legs
  population: answered legs, {{ basis.words }}
  where: {{ basis.kept }} and is_answered
  of: {{ basis.seconds }}
  direction: decrease

{% for statistic, title, words in [('median', 'median', 'Median'), ('p90', '90th percentile of the', '90th percentile of the')] %}
- id: bt_999_answer_time_{{ statistic }}{{ basis.suffix }}
  title: BT 999 {{ title }} answer time{{ basis.title }}
  definition: {{ words }} time from presentation by BT to the answer, transfer included, over answered legs {{ basis.words }}.
  statistic: {{ statistic }}
  fact: fct_bt_legs
  population: answered legs, {{ basis.words }}
  where: {{ basis.kept }} and is_answered
  of: {{ basis.seconds }}
  direction: decrease

{% endfor %}
{% for id, condition, title, words, direction in [
    ('answered_within_10s_rate', '< 10', 'in under 10 seconds', 'less than 10 seconds', 'increase'),
    ('answered_over_60s_rate', '>= 60', 'after a minute or more', '60 seconds or more', 'decrease'),
] %}
- id: bt_999_{{ id }}{{ basis.suffix }}
  title: BT 999 calls answered {{ title }}{{ basis.title }}
  definition: Answered legs with an answer time of {{ words }} on BT's clock as a percentage of answered legs, {{ basis.words }}.
  statistic: share
  fact: fct_bt_legs
  population: answered legs with a time, {{ basis.words }}
  where: {{ basis.kept }} and is_answered and {{ basis.seconds }} is not null
  numerator: {{ basis.seconds }} {{ condition }}
  direction: {{ direction }}
{% if direction == 'increase' %}
  targets:
  - {value: 90, type: ambition}
{% endif %}

{% endfor %}
{% endfor %}
- id: bt_999_calls_removed
  title: BT 999 calls removed by the BT rules
  definition: Offered legs that the approved BT rules take out, by rule.
  statistic: count
  fact: fct_bt_legs
  population: offered legs that a BT rule takes out
  where: is_offered and not is_kept
  segment_by: rule_code
  direction: decrease
{% endmacro %}
