{# Arrests, by the month of arrest, with the crime they were made for: a rate sets them against the crimes recorded in the same period. methods.md 4.3. #}
{% macro catalogue_arrests() %}
domain: arrests
owner: Custody performance
basis: force
frameworks: [OPCC, WCJB]
plan_priority: 2
exclusions: arrests for cancelled or missing crimes
headline_period: r12m
measures:
- id: arrest_volume
  title: Arrests
  definition: Arrests made, each for a recorded crime.
  statistic: count
  fact: fct_arrests
  population: arrests
  segment_by: disposal
  direction: neutral

{% for population in [
    {'id': 'da', 'where': 'is_domestic_abuse', 'title': 'Domestic abuse', 'words': 'domestic abuse crimes', 'volume': 'da_crime_volume'},
    {'id': 'rape', 'where': 'is_rape', 'title': 'Rape', 'words': 'rape', 'volume': 'rape_volume'},
    {'id': 'sso', 'where': 'is_sso', 'title': 'Serious sexual offences', 'words': 'serious sexual offences', 'volume': 'sso_volume'},
    {'id': 'rasso', 'where': '(is_rape or is_sso)', 'title': 'Rape and serious sexual offences', 'words': 'rape and serious sexual offences',
     'volume': 'rasso_crime_volume'},
] %}
- id: {{ population.id }}_arrest_volume
  title: {{ population.title }} arrests
  definition: Arrests made for {{ population.words }}.
  statistic: count
  fact: fct_arrests
  population: arrests for {{ population.words }}
  where: {{ population.where }}
  direction: neutral
  sensitive: true

- id: {{ population.id }}_arrest_rate
  title: {{ population.title }} arrest rate
  definition: Arrests for {{ population.words }} in the period per 100 such crimes recorded in it; the two need not match one to one.
  statistic: rate
  population: arrests made and crimes recorded, {{ population.words }}
  numerator: {fact: fct_arrests, where: {{ population.where }}}
  denominator: {measure: {{ population.volume }}}
  direction: increase
  sensitive: true

{% endfor %}
- id: da_remand
  title: Domestic abuse, charged and remanded
  definition: Arrests for domestic abuse crimes that ended in a charge and a remand in custody.
  statistic: count
  fact: fct_arrests
  population: arrests for domestic abuse crimes
  where: is_domestic_abuse and disposal like '%remand%'
  direction: increase
  headline_period: quarter
  yoy_basis: quarter
  sensitive: true
  themes: [domestic abuse]

- id: da_remand_share
  title: Share of domestic abuse arrests charged and remanded
  definition: Arrests for domestic abuse crimes that ended in a charge and a remand in custody, as a percentage of those with a known disposal.
  statistic: share
  fact: fct_arrests
  population: arrests for domestic abuse crimes with a known disposal
  where: is_domestic_abuse and disposal is not null
  numerator: disposal like '%remand%'
  direction: increase
  sensitive: true
  themes: [domestic abuse]

- id: da_conditional_bail_share
  title: Share of domestic abuse arrests with conditional bail
  definition: Arrests for domestic abuse crimes that ended in conditional bail, as a percentage of those with a known disposal.
  statistic: share
  fact: fct_arrests
  population: arrests for domestic abuse crimes with a known disposal
  where: is_domestic_abuse and disposal is not null
  numerator: disposal = 'conditional bail'
  direction: neutral
  sensitive: true
  themes: [domestic abuse]
{% endmacro %}
