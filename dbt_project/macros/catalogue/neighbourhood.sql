{#
  Crimes that matter to neighbourhoods, each volume with its rate per residents; by the day of recording, cancelled crimes out.
  Dwelling burglary is set against residents like the others: households are in no feed. methods.md 6.1 P3, 6.2.
#}
{% macro catalogue_neighbourhood() %}
domain: neighbourhood
owner: Crime performance
basis: force
frameworks: [OPCC, CSP]
plan_priority: 3
exclusions: cancelled crimes
headline_period: r12m
themes: [neighbourhood crime]
measures:
{% for entry in [
    {'id': 'neighbourhood_crime', 'title': 'Neighbourhood crime',
     'words': 'of neighbourhood crime: burglary of a dwelling, robbery, vehicle offences and theft from the person',
     'where': "(offence_group = 'burglary' and offence_code like '28%') or offence_group in ('robbery', 'vehicle offences', 'theft from the person')"},
    {'id': 'burglary', 'title': 'Burglary', 'words': 'in the offence group burglary', 'where': "offence_group = 'burglary'"},
    {'id': 'burglary_dwelling', 'title': 'Burglary of a dwelling', 'words': 'in the offence group burglary with a residential code (28)',
     'where': "offence_group = 'burglary' and offence_code like '28%'"},
    {'id': 'robbery', 'title': 'Robbery', 'words': 'in the offence group robbery', 'where': "offence_group = 'robbery'"},
    {'id': 'vehicle_crime', 'title': 'Vehicle crime', 'words': 'in the offence group vehicle offences', 'where': "offence_group = 'vehicle offences'"},
    {'id': 'theft_from_the_person', 'title': 'Theft from the person', 'words': 'in the offence group theft from the person',
     'where': "offence_group = 'theft from the person'"},
    {'id': 'shoplifting', 'title': 'Shoplifting', 'words': 'in the offence group shoplifting', 'where': "offence_group = 'shoplifting'"},
    {'id': 'criminal_damage_arson', 'title': 'Criminal damage and arson', 'words': 'in the offence group criminal damage and arson',
     'where': "offence_group = 'criminal damage and arson'", 'seasonal': true},
    {'id': 'rural_crime', 'title': 'Rural crime', 'words': 'that carry the rural crime flag', 'where': 'is_rural'},
    {'id': 'drug_offences', 'title': 'Drug offences', 'words': 'in the offence group drug offences', 'where': "offence_group = 'drug offences'",
     'direction': 'neutral'},
    {'id': 'drug_possession', 'title': 'Possession of drugs', 'words': 'in the offence group drug offences with a code of possession (92D, 92E)',
     'where': "offence_group = 'drug offences' and offence_code in ('92D', '92E')", 'direction': 'neutral'},
    {'id': 'drug_supply', 'title': 'Drug supply', 'words': 'in the offence group drug offences with any other code (92A to 92C)',
     'where': "offence_group = 'drug offences' and offence_code not in ('92D', '92E')", 'direction': 'neutral'},
] %}
- id: {{ entry.id }}_volume
  title: {{ entry.title }}
  definition: "Crimes {{ entry.words }}, recorded and not cancelled."
  statistic: count
  fact: fct_crimes
  population: "crimes {{ entry.words }}, not cancelled"
  where: {{ entry.where }}
  direction: {{ entry.direction or 'decrease' }}
  seasonal: {{ 'true' if entry.seasonal else 'false' }}

- id: {{ entry.id }}_rate
  title: {{ entry.title }} per 1,000 residents
  definition: "Crimes {{ entry.words }}, recorded and not cancelled, per 1,000 residents."
  statistic: population_rate
  population: "crimes {{ entry.words }}, not cancelled"
  numerator: {measure: {{ entry.id }}_volume}
  per: 1000
  direction: {{ entry.direction or 'decrease' }}
  seasonal: {{ 'true' if entry.seasonal else 'false' }}

{% endfor %}
{% endmacro %}
