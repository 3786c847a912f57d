{# Response: Immediate and Priority logs, how long until someone is there, how long they stay. methods.md 3. #}
{% macro catalogue_response() %}
domain: response
owner: Response performance
basis: force
frameworks: [OPCC, CSP]
plan_priority: 1
exclusions: test logs and duplicates
measures:
- id: log_volume
  title: Logs
  definition: Logs created, by final grade.
  statistic: count
  fact: fct_logs
  population: logs
  segment_by: final_grade
  direction: neutral
  headline_period: r12m

{% for grade in ['Immediate', 'Priority'] %}
{% set id = grade | lower %}
{% set logs = "final_grade = '" ~ grade ~ "'" %}
- id: {{ id }}_log_volume
  title: {{ grade }} logs
  definition: Logs whose final grade is {{ grade }}.
  statistic: count
  fact: fct_logs
  population: logs finally graded {{ grade }}
  where: {{ logs }}
  direction: neutral
  headline_period: r12m

{% for statistic, title, words in [('mean', 'average', 'Mean'), ('median', 'median', 'Median'), ('p90', '90th percentile', '90th percentile of the')] %}
- id: {{ id }}_response_time_{{ statistic }}
  title: {{ grade }} response time, {{ title }}
  definition: {{ words }} time from the clock's start (creation, or the final grading where it differs) to the first arrival; logs over 10 hours stay in.
  statistic: {{ statistic }}
  fact: fct_logs
  population: deployed {{ grade }} logs with a valid response time
  where: {{ logs }}
  of: response_seconds
  direction: decrease
{% if statistic != 'p90' %}
  sla_grade: {{ grade }}
{% endif %}

{% endfor %}
- id: {{ id }}_response_time_mean_excl_over_10h
  title: {{ grade }} response time, average without logs over 10 hours
  definition: Mean response time over logs that were reached within 10 hours.
  statistic: mean
  fact: fct_logs
  population: deployed {{ grade }} logs with a valid response time of at most 36,000 seconds
  where: {{ logs }} and response_seconds <= {{ var('over_10h_seconds') }}
  of: response_seconds
  direction: decrease
  sla_grade: {{ grade }}

- id: {{ id }}_logs_over_10h_share
  title: Share of {{ grade }} logs over 10 hours
  definition: Logs reached after more than 10 hours as a percentage of logs with a valid response time.
  statistic: share
  fact: fct_logs
  population: deployed {{ grade }} logs with a valid response time
  where: {{ logs }} and response_seconds is not null
  numerator: response_seconds > {{ var('over_10h_seconds') }}
  direction: decrease

- id: {{ id }}_logs_over_10h
  title: {{ grade }} logs over 10 hours
  definition: Logs reached after more than 10 hours; some of them should have become scheduled appointments.
  statistic: count
  fact: fct_logs
  population: deployed {{ grade }} logs with a valid response time of more than 36,000 seconds
  where: {{ logs }} and response_seconds > {{ var('over_10h_seconds') }}
  direction: decrease

- id: {{ id }}_no_arrival_share
  title: Share of deployed {{ grade }} logs without an arrival time
  definition: Deployed logs without a valid time of arrival as a percentage of deployed logs; they count against the response rate.
  statistic: share
  fact: fct_logs
  population: deployed {{ grade }} logs
  where: {{ logs }} and is_deployed
  numerator: response_seconds is null
  direction: decrease

- id: {{ id }}_response_rate
  title: {{ grade }} response rate
  definition: Logs reached within the SLA as a percentage of all deployed logs, arrived or not.
  statistic: share
  fact: fct_logs
  population: deployed {{ grade }} logs
  where: {{ logs }} and is_deployed
  numerator: is_within_sla
  direction: increase

- id: {{ id }}_response_rate_attended
  title: {{ grade }} response rate of attended logs
  definition: Logs reached within the SLA as a percentage of logs with a valid response time.
  statistic: share
  fact: fct_logs
  population: deployed {{ grade }} logs with a valid response time
  where: {{ logs }} and response_seconds is not null
  numerator: is_within_sla
  direction: increase

{% for statistic, words in [('mean', 'Mean'), ('median', 'Median'), ('p90', '90th percentile of the')] %}
- id: {{ id }}_time_at_scene_{{ statistic }}
  title: {{ grade }} time at scene, {{ {'mean': 'average', 'p90': '90th percentile'}.get(statistic, statistic) }}
  definition: {{ words }} time from the first arrival to the scene being cleared.
  statistic: {{ statistic }}
  fact: fct_logs
  population: {{ grade }} logs with a valid time at scene
  where: {{ logs }}
  of: time_at_scene_seconds
  direction: neutral

{% endfor %}
{% endfor %}
{% endmacro %}
