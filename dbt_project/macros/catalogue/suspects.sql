{# Suspects who are wanted, on the days of the snapshots. A snapshot is no month end: it is never added up, averaged or charted as a month. methods.md 4.3. #}
{% macro catalogue_suspects() %}
domain: outcomes
owner: Crime performance
basis: force
frameworks: [OPCC, WCJB]
plan_priority: 2
themes: [suspects]
sensitive: true
exclusions: suspects whose crime is cancelled or missing
measures:
{% for entry in [
    {'id': 'da_outstanding_suspects', 'title': 'Domestic abuse', 'words': 'domestic abuse crimes', 'where': 'is_domestic_abuse'},
    {'id': 'rasso_outstanding_suspects', 'title': 'Rape and serious sexual offences', 'words': 'rape and serious sexual offences', 'where': '(is_rape or is_sso)'},
] %}
- id: {{ entry.id }}
  title: {{ entry.title }}, outstanding suspects
  definition: Suspects of {{ entry.words }} who were outstanding on the day of the snapshot; a person wanted for two such crimes counts twice.
  statistic: snapshot
  fact: fct_suspects
  population: suspects and the crimes they are suspected of, {{ entry.words }}
  where: is_outstanding and {{ entry.where }}
  of: suspect_crime_id
  segment_by: age_band
  direction: decrease

{% endfor %}
- id: outstanding_suspects
  title: Outstanding suspects
  definition: Suspects who were outstanding on the day of the snapshot; a person wanted for two crimes counts twice.
  statistic: snapshot
  fact: fct_suspects
  population: suspects and the crimes they are suspected of
  where: is_outstanding
  of: suspect_crime_id
  direction: decrease
{% endmacro %}
