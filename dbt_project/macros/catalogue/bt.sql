{# 999 on BT's clock: raw takes every leg as supplied, adjusted what the approved BT rules leave. Never one series with the force's clock. methods.md 2.1, 2.2. #}
{% macro catalogue_bt() %}
domain: contact
owner: Crime & Communication Centre performance
basis: BT
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
{% endfor %}
{% endmacro %}
