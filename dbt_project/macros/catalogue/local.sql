{# Crimes that matter to communities: anti-social behaviour from the logs, and the street-level open data. #}
{% macro catalogue_local() %}
domain: local
owner: Response performance
basis: force
frameworks: [OPCC, CSP]
plan_priority: 3
themes: [anti-social behaviour]
exclusions: test logs and duplicates
measures:
- id: asb_incidents
  title: Anti-social behaviour incidents
  definition: Logs with an anti-social behaviour type.
  statistic: count
  fact: fct_logs
  population: logs with an anti-social behaviour type
  where: asb_type is not null
  segment_by: asb_type
  direction: decrease
  seasonal: true

- id: asb_share_of_total
  title: Share of anti-social behaviour by type
  definition: Anti-social behaviour incidents of each type as a percentage of all anti-social behaviour incidents.
  statistic: share_of_total
  fact: fct_logs
  population: logs with an anti-social behaviour type
  where: asb_type is not null
  segment_by: asb_type
  direction: neutral

- id: asb_incident_rate
  title: Anti-social behaviour incidents per 1,000 residents
  definition: Logs with an anti-social behaviour type per 1,000 residents.
  statistic: population_rate
  population: logs with an anti-social behaviour type
  numerator: {measure: asb_incidents}
  per: 1000
  direction: decrease
  headline_period: r12m
  seasonal: true

- id: street_crime_volume
  title: Street-level crimes and incidents (police.uk)
  definition: Rows of the published street-level data that fall within the force; an identical row met in two files counts once.
  statistic: count
  fact: fct_street_crimes
  population: street-level rows, by the force they fall within
  segment_by: crime_type
  direction: decrease
  basis: open data
  owner: Open data
  seasonal: true
  themes: [open data]
  lag_months: 2
  exclusions: an identical row met in a second file

- id: street_crime_rate
  title: Street-level crimes and incidents (police.uk) per 1,000 residents
  definition: Rows of the published street-level data that fall within the force per 1,000 residents; comparable between forces.
  statistic: population_rate
  population: street-level rows, by the force they fall within
  numerator: {measure: street_crime_volume}
  per: 1000
  direction: decrease
  headline_period: r12m
  basis: open data
  owner: Open data
  seasonal: true
  themes: [open data]
  lag_months: 2
  exclusions: an identical row met in a second file
{% endmacro %}
