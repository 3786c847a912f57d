{# Recorded crime: by the day of recording, never of commission; cancelled crimes are out. methods.md 4.1. #}
{% macro catalogue_crime() %}
domain: crime
owner: Crime performance
basis: force
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

{% for entry in [
    {'id': 'da_crime_volume', 'title': 'Domestic abuse crimes', 'words': 'flagged as domestic abuse', 'where': 'is_domestic_abuse'},
    {'id': 'rape_volume', 'title': 'Rape', 'words': 'in the offence group rape', 'where': 'is_rape'},
    {'id': 'sso_volume', 'title': 'Serious sexual offences', 'words': 'in the offence group serious sexual offence', 'where': 'is_sso'},
    {'id': 'rasso_crime_volume', 'title': 'Rape and serious sexual offences', 'words': 'that are rape or a serious sexual offence', 'where': '(is_rape or is_sso)'},
    {'id': 'rape_child_victim_volume', 'title': 'Rape, child victims', 'words': 'in the offence group rape with a victim under 18',
     'where': 'is_rape and is_child_victim', 'headline_period': 'month'},
    {'id': 'rasso_child_victim_volume', 'title': 'Rape and serious sexual offences, child victims',
     'words': 'that are rape or a serious sexual offence with a victim under 18', 'where': '(is_rape or is_sso) and is_child_victim'},
] %}
- id: {{ entry.id }}
  title: {{ entry.title }}
  definition: Crimes {{ entry.words }}, recorded and not cancelled.
  statistic: count
  fact: fct_crimes
  population: crimes {{ entry.words }}, not cancelled
  where: {{ entry.where }}
  direction: decrease
  headline_period: {{ entry.headline_period or 'r12m' }}
  sensitive: true

{% endfor %}
{% endmacro %}
