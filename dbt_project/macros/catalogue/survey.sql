{#
  What residents think of their local police: the Crime Survey for England & Wales, a proxy until the OPCC has a confidence survey of its own.
  Each release covers twelve months, so two releases in a row share nine of them. A difference inside the margins is no difference. methods.md 5.
#}
{% macro catalogue_survey() %}
domain: confidence
owner: OPCC performance
basis: CSEW
measures:
{% for question, title, words in [
    ('overall_confidence', 'Overall confidence in local police', 'have confidence in their local police overall'),
    ('excellent_good_job', 'Police are doing an excellent or good job', 'say that the police in their local area do an excellent or good job'),
    ('relied_on_when_needed', 'Police can be relied on when needed', 'agree that the local police can be relied on when needed'),
    ('treat_with_respect', 'Police would treat you with respect', 'agree that the local police would treat them with respect'),
    ('treat_fairly', 'Police would treat you fairly', 'agree that the local police treat everybody fairly'),
    ('understand_local_concerns', 'Police understand local concerns', 'agree that the local police understand the issues that affect the community'),
    ('deal_with_local_concerns', 'Police deal with local concerns', 'agree that the local police deal with the things that matter to the community'),
] %}
- id: csew_{{ question }}
  title: "CSEW, {{ title }}"
  definition: "Residents aged 16 and over who {{ words }}, estimated by the Crime Survey for England & Wales over twelve months, with its 95% margin."
  statistic: estimate
  where: measure_id = 'csew_{{ question }}'
  of: value
  margin: margin
  population: residents aged 16 and over, as sampled by the survey
  unit: pct
  direction: increase
  headline_period: quarter
  frameworks: [OPCC]
  plan_priority: {{ 1 if question in ['excellent_good_job', 'relied_on_when_needed'] else 4 }}
  themes: [confidence]
  lag_months: 4
{% endfor %}
{% endmacro %}
