{# Domestic violence protection notices (a superintendent's) and orders (a court's). methods.md 4. #}
{% macro catalogue_protection() %}
domain: outcomes
owner: Vulnerability and public protection
basis: force
frameworks: [OPCC, CSP, WCJB]
plan_priority: 2
themes: [violence against women and girls, domestic abuse]
sensitive: true
measures:
{% for kind, name in [('dvpn', 'notices'), ('dvpo', 'orders')] %}
- id: {{ kind }}_applications
  title: {{ kind | upper }} applications
  definition: Domestic violence protection {{ name }} applied for, by the month of the application.
  statistic: count
  fact: fct_protection_orders
  population: {{ name }} applied for
  where: kind = '{{ kind | upper }}'
  direction: neutral

- id: {{ kind }}_authorised
  title: {{ kind | upper }}s authorised
  definition: Domestic violence protection {{ name }} {{ 'authorised by a superintendent' if kind == 'dvpn' else 'made by a court' }}, by the month of the authorisation.
  statistic: count
  fact: fct_protection_authorisations
  population: {{ name }} authorised
  where: kind = '{{ kind | upper }}'
  direction: neutral

{% endfor %}
- id: dvpo_dvpn_use
  title: DVPO and DVPN use
  definition: Domestic violence protection notices and orders authorised, by the month of the authorisation.
  statistic: count
  fact: fct_protection_authorisations
  population: notices and orders authorised
  direction: neutral
{% endmacro %}
