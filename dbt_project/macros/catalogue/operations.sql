{# Powers used in operations. methods.md 5. #}
{% macro catalogue_operations() %}
domain: local
owner: Operations
basis: force
frameworks: [OPCC, CSP]
plan_priority: 3
themes: [anti-social behaviour]
measures:
- id: section_60_authorities
  title: Section 60 authorities, last six weeks
  definition: Section 60 authorities that began in the six weeks (42 days) up to the day. The report does not say which day its six weeks end on; the month's end is assumed.
  statistic: snapshot
  fact: fct_section_60_windows
  population: authorities granted
  of: authority_id
  direction: neutral

- id: section_60_authority_volume
  title: Section 60 authorities
  definition: Section 60 authorities, by the month in which they begin.
  statistic: count
  fact: fct_section_60
  population: authorities granted
  direction: neutral
{% endmacro %}
