{# Crimes that matter to communities: anti-social behaviour from the logs, and the street-level open data. #}
{% macro catalogue_local() %}
domain: local
owner: Response performance
basis: force
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
{% endmacro %}
