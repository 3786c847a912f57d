{# Violence and serious harm, each volume with its rate per residents; by the day of recording, cancelled crimes out. methods.md 4.1, 6.1 P2, 6.2. #}
{% macro catalogue_violence() %}
domain: violence
owner: Crime performance
basis: force
frameworks: [OPCC, CSP]
plan_priority: 2
exclusions: cancelled crimes
headline_period: r12m
measures:
{% for entry in [
    {'id': 'violence_against_the_person', 'title': 'Violence against the person',
     'words': 'of violence against the person: homicide, violence with and without injury, stalking and harassment', 'seasonal': true,
     'where': "offence_group in ('homicide', 'violence with injury', 'violence without injury', 'stalking and harassment')"},
    {'id': 'violence_with_injury', 'title': 'Violence with injury', 'words': 'in the offence group violence with injury', 'seasonal': true,
     'where': "offence_group = 'violence with injury'"},
    {'id': 'serious_violence', 'title': 'Serious violence', 'sensitive': true,
     'words': 'of serious violence: homicide, attempted murder (2), wounding or endangering life (5A, 5D, 5E), and robbery or violence with injury in which a knife was used',
     'where': "offence_group = 'homicide' or offence_code in ('2', '5A', '5D', '5E') or (is_knife and offence_group in ('robbery', 'violence with injury'))"},
    {'id': 'knife_crime', 'title': 'Knife crime', 'words': 'in which a knife or sharp instrument was used or threatened', 'where': 'is_knife'},
    {'id': 'homicide', 'title': 'Homicide', 'words': 'in the offence group homicide', 'where': "offence_group = 'homicide'", 'per': 100000, 'sensitive': true},
    {'id': 'stalking_harassment', 'title': 'Stalking and harassment', 'words': 'in the offence group stalking and harassment', 'sensitive': true,
     'where': "offence_group = 'stalking and harassment'"},
    {'id': 'hate_crime', 'title': 'Hate crime', 'words': 'that carry the hate crime flag', 'where': 'is_hate', 'sensitive': true},
    {'id': 'exploitation_crime', 'title': 'Exploitation', 'words': 'that carry an exploitation flag (criminal, sexual, modern slavery)',
     'where': 'is_exploitation', 'sensitive': true},
    {'id': 'weapons_possession', 'title': 'Possession of weapons', 'words': 'in the offence group possession of weapons', 'direction': 'neutral',
     'where': "offence_group = 'possession of weapons'"},
] %}
{% set per = entry.per or 1000 %}
- id: {{ entry.id }}_volume
  title: {{ entry.title }}
  definition: "Crimes {{ entry.words }}, recorded and not cancelled."
  statistic: count
  fact: fct_crimes
  population: "crimes {{ entry.words }}, not cancelled"
  where: {{ entry.where }}
  direction: {{ entry.direction or 'decrease' }}
  seasonal: {{ 'true' if entry.seasonal else 'false' }}
  sensitive: {{ 'true' if entry.sensitive else 'false' }}

- id: {{ entry.id }}_rate
  title: {{ entry.title }} per {{ '{:,}'.format(per) }} residents
  definition: "Crimes {{ entry.words }}, recorded and not cancelled, per {{ '{:,}'.format(per) }} residents."
  statistic: population_rate
  population: "crimes {{ entry.words }}, not cancelled"
  numerator: {measure: {{ entry.id }}_volume}
  per: {{ per }}
  direction: {{ entry.direction or 'decrease' }}
  seasonal: {{ 'true' if entry.seasonal else 'false' }}
  sensitive: {{ 'true' if entry.sensitive else 'false' }}

{% endfor %}
{% endmacro %}
