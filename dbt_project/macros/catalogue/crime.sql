{#
  Recorded crime: by the day of recording, never of commission; cancelled crimes are out. All crime, domestic abuse, rape and serious sexual
  offences, child victims. Each volume with its rate per residents. methods.md 4.1, 4.3, 6.1.
#}
{% macro catalogue_crime() %}
domain: crime
owner: Crime performance
basis: force
frameworks: [OPCC, CSP]
plan_priority: 2
exclusions: cancelled crimes
measures:
- id: recorded_crime_volume
  title: Recorded crime
  definition: Crimes recorded and not cancelled.
  statistic: count
  fact: fct_crimes
  population: crimes not cancelled
  segment_by: offence_group
  direction: decrease
  headline_period: r12m
  seasonal: true
  plan_priority: 3

- id: recorded_crime_rate
  title: Recorded crime per 1,000 residents
  definition: Crimes recorded and not cancelled per 1,000 residents; fraud is recorded nationally and is not in it.
  statistic: population_rate
  population: crimes not cancelled
  numerator: {measure: recorded_crime_volume}
  per: 1000
  direction: decrease
  headline_period: r12m
  seasonal: true
  plan_priority: 3

{% for entry in [
    {'id': 'da_crime_volume', 'rate': 'da_crime_rate', 'per': 1000, 'title': 'Domestic abuse crimes', 'words': 'flagged as domestic abuse',
     'where': 'is_domestic_abuse', 'segment_by': 'da_risk', 'themes': '[domestic abuse]'},
    {'id': 'rape_volume', 'rate': 'rape_rate', 'per': 100000, 'title': 'Rape', 'words': 'in the offence group rape', 'where': 'is_rape'},
    {'id': 'sso_volume', 'rate': 'sso_rate', 'per': 100000, 'title': 'Serious sexual offences',
     'words': 'in the offence group serious sexual offence', 'where': 'is_sso'},
    {'id': 'rasso_crime_volume', 'rate': 'rasso_crime_rate', 'per': 100000, 'title': 'Rape and serious sexual offences',
     'words': 'that are rape or a serious sexual offence', 'where': '(is_rape or is_sso)'},
    {'id': 'rape_child_victim_volume', 'title': 'Rape, child victims', 'words': 'in the offence group rape with a victim under 18',
     'where': 'is_rape and is_child_victim', 'headline_period': 'month', 'themes': '[rape and serious sexual offences, children]'},
    {'id': 'rape_adult_victim_volume', 'title': 'Rape, adult victims', 'words': 'in the offence group rape with a victim of 18 or over',
     'where': 'is_rape and is_adult_victim', 'headline_period': 'month'},
    {'id': 'rasso_child_victim_volume', 'title': 'Rape and serious sexual offences, child victims',
     'words': 'that are rape or a serious sexual offence with a victim under 18', 'where': '(is_rape or is_sso) and is_child_victim',
     'themes': '[rape and serious sexual offences, children]'},
    {'id': 'csa_tagged_crimes', 'title': 'Crimes tagged as child sexual abuse', 'words': 'that carry the child sexual abuse tag',
     'where': 'is_csa', 'themes': '[children]'},
] %}
- id: {{ entry.id }}
  title: {{ entry.title }}
  definition: Crimes {{ entry.words }}, recorded and not cancelled.
  statistic: count
  fact: fct_crimes
  population: crimes {{ entry.words }}, not cancelled
  where: {{ entry.where }}
{% if entry.segment_by %}
  segment_by: {{ entry.segment_by }}
{% endif %}
  direction: decrease
  headline_period: {{ entry.headline_period or 'r12m' }}
  sensitive: true
  themes: {{ entry.themes or '[rape and serious sexual offences]' }}

{% if entry.rate %}
- id: {{ entry.rate }}
  title: {{ entry.title }} per {{ '{:,}'.format(entry.per) }} residents
  definition: Crimes {{ entry.words }}, recorded and not cancelled, per {{ '{:,}'.format(entry.per) }} residents.
  statistic: population_rate
  population: crimes {{ entry.words }}, not cancelled
  numerator: {measure: {{ entry.id }}}
  per: {{ entry.per }}
  direction: decrease
  headline_period: r12m
  sensitive: true
  themes: {{ entry.themes or '[rape and serious sexual offences]' }}

{% endif %}
{% endfor %}
- id: rape_child_victim_share
  title: Share of rapes with a child victim
  definition: Rapes with a victim under 18 as a percentage of all rapes, those with a victim of unknown age among them.
  statistic: share
  fact: fct_crimes
  population: crimes in the offence group rape, not cancelled
  where: is_rape
  numerator: is_child_victim
  direction: neutral
  sensitive: true
  themes: [rape and serious sexual offences, children]
{% endmacro %}
