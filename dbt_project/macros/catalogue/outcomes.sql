{#
  Outcomes and arrests, on the finalised basis: what was finalised (or who was arrested) in the period, whatever the crime's own date.
  A rate over crimes recorded in the same period can pass 100%. methods.md 4.2, 4.3.
#}
{% macro catalogue_outcomes() %}
domain: outcomes
owner: Crime performance
basis: force
measures:
{% for population in [
    {'id': 'da', 'where': 'is_domestic_abuse', 'title': 'Domestic abuse', 'words': 'domestic abuse crimes'},
    {'id': 'rape', 'where': 'is_rape', 'title': 'Rape', 'words': 'rape'},
    {'id': 'sso', 'where': 'is_sso', 'title': 'Serious sexual offences', 'words': 'serious sexual offences'},
] %}
{% set volume = population.id ~ ('_crime_volume' if population.id == 'da' else '_volume') %}
- id: {{ population.id }}_fat_outcome_rate
  title: {{ population.title }}, further action taken
  definition: Outcomes with further action (charge, caution, penalty notice) of {{ population.words }} finalised in the period per 100 such crimes recorded in it.
  statistic: rate
  population: outcomes finalised and crimes recorded, {{ population.words }}
  numerator: {fact: fct_crime_outcomes, where: is_fat and {{ population.where }}}
  denominator: {measure: {{ volume }}}
  direction: increase
  headline_period: r12m
  sensitive: true

{% for code, words in [('15', 'evidential difficulties, victim supports'), ('16', 'evidential difficulties, victim does not support')] %}
- id: {{ population.id }}_outcome_{{ code }}_rate
  title: {{ population.title }}, outcome {{ code }}
  definition: Outcomes {{ code }} ({{ words }}) as a percentage of all outcomes of {{ population.words }} finalised in the period.
  statistic: share
  fact: fct_crime_outcomes
  population: outcomes finalised, {{ population.words }}; code 0 is none
  where: is_outcome and {{ population.where }}
  numerator: outcome_code = '{{ code }}'
  direction: decrease
  headline_period: r12m
  sensitive: true

{% endfor %}
{% endfor %}
- id: da_arrest_rate
  title: Domestic abuse arrest rate
  definition: Arrests for domestic abuse crimes in the period per 100 domestic abuse crimes recorded in it; the two need not match one to one.
  statistic: rate
  population: arrests made and crimes recorded, domestic abuse crimes
  numerator: {fact: fct_arrests, where: is_domestic_abuse}
  denominator: {measure: da_crime_volume}
  direction: increase
  headline_period: r12m
  owner: Custody performance
  sensitive: true
{% endmacro %}
