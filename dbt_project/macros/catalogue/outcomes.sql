{#
  Outcomes of crimes, on both bases. Finalised: what was finalised in the period, whatever the crime's own date, so that a rate over crimes
  recorded in the same period can pass 100%. Cohort: what the crimes recorded in the period have come to by now, which still grows.
  Which outcome is of which class says seed outcome_classes, by date. methods.md 4.2, 4.3.
#}
{% macro catalogue_outcomes() %}
domain: outcomes
owner: Crime performance
basis: force
frameworks: [OPCC, WCJB]
plan_priority: 2
exclusions: outcomes of cancelled or missing crimes; code 0, not yet assigned
headline_period: r12m
measures:
{% for population in [
    {'id': 'da', 'where': 'is_domestic_abuse', 'title': 'Domestic abuse', 'words': 'domestic abuse crimes', 'volume': 'da_crime_volume'},
    {'id': 'rape', 'where': 'is_rape', 'title': 'Rape', 'words': 'rape', 'volume': 'rape_volume'},
    {'id': 'sso', 'where': 'is_sso', 'title': 'Serious sexual offences', 'words': 'serious sexual offences', 'volume': 'sso_volume'},
    {'id': 'rasso', 'where': '(is_rape or is_sso)', 'title': 'Rape and serious sexual offences', 'words': 'rape and serious sexual offences',
     'volume': 'rasso_crime_volume'},
    {'id': 'recorded_crime', 'where': 'true', 'title': 'All crime', 'words': 'all recorded crime', 'volume': 'recorded_crime_volume', 'is_open': true},
] %}
{% set sensitive = 'false' if population.is_open else 'true' %}
{% for class, column, title, words in [
    ('fat_outcome', 'is_fat', 'further action taken', 'with further action (charge, caution, penalty notice)'),
    ('fat_plus_outcome', 'is_fat_plus', 'further action taken or taken into consideration',
     'with further action (charge, caution, penalty notice) or taken into consideration'),
    ('positive_outcome', 'is_positive', 'positive outcomes', 'that are positive (charge, caution, penalty notice, community resolution, warning)'),
    ('charge', 'is_charge', 'charged or summonsed', 'of charge or summons'),
] %}
- id: {{ population.id }}_{{ class }}_rate
  title: {{ population.title }}, {{ title }}
  definition: Outcomes {{ words }} of {{ population.words }} finalised in the period per 100 such crimes recorded in it.
  statistic: rate
  population: outcomes finalised and crimes recorded, {{ population.words }}
  numerator: {fact: fct_crime_outcomes, where: {{ column }}{{ '' if population.is_open else ' and ' ~ population.where }}}
  denominator: {measure: {{ population.volume }}}
  direction: increase
  sensitive: {{ sensitive }}

{% endfor %}
- id: {{ population.id }}_outcome_volume
  title: {{ population.title }}, outcomes
  definition: Outcomes of {{ population.words }} finalised in the period.
  statistic: count
  fact: fct_crime_outcomes
  population: outcomes finalised, {{ population.words }}; code 0 is none
  where: is_outcome{{ '' if population.is_open else ' and ' ~ population.where }}
  direction: neutral
  sensitive: {{ sensitive }}

{% for code, words in [('15', 'evidential difficulties, victim supports'), ('16', 'evidential difficulties, victim does not support')] %}
- id: {{ population.id }}_outcome_{{ code }}_rate
  title: {{ population.title }}, outcome {{ code }}
  definition: Outcomes {{ code }} ({{ words }}) as a percentage of all outcomes of {{ population.words }} finalised in the period.
  statistic: share
  fact: fct_crime_outcomes
  population: outcomes finalised, {{ population.words }}; code 0 is none
  where: is_outcome{{ '' if population.is_open else ' and ' ~ population.where }}
  numerator: outcome_code = '{{ code }}'
  direction: decrease
  sensitive: {{ sensitive }}

- id: {{ population.id }}_outcome_{{ code }}_volume
  title: {{ population.title }}, outcomes {{ code }}
  definition: Outcomes {{ code }} ({{ words }}) of {{ population.words }} finalised in the period.
  statistic: count
  fact: fct_crime_outcomes
  population: outcomes finalised, {{ population.words }}; code 0 is none
  where: is_outcome{{ '' if population.is_open else ' and ' ~ population.where }} and outcome_code = '{{ code }}'
  direction: decrease
  sensitive: {{ sensitive }}

{% endfor %}
{% for id, condition, title, words, direction in [
    ('fat_outcome_rate', 'is_fat_to_date', 'further action taken to date', 'further action (charge, caution, penalty notice)', 'increase'),
    ('charge_rate', 'is_charged_to_date', 'charged or summonsed to date', 'a charge or summons', 'increase'),
    ('outcome_15_rate', "latest_outcome_code = '15'", 'outcome 15 to date', 'outcome 15', 'decrease'),
    ('outcome_16_rate', "latest_outcome_code = '16'", 'outcome 16 to date', 'outcome 16', 'decrease'),
    ('unassigned_rate', 'not has_outcome', 'not yet assigned an outcome', 'no outcome yet', 'decrease'),
] %}
- id: {{ population.id }}_{{ id }}_cohort
  title: {{ population.title }}, {{ title }}
  definition: Crimes ({{ population.words }}) recorded in the period whose latest outcome to date is {{ words }}, as a percentage of those recorded in it.
  statistic: cohort_rate
  fact: fct_crimes
  population: crimes recorded in the period, {{ population.words }}
{% if not population.is_open %}
  where: {{ population.where }}
{% endif %}
  numerator: {{ condition }}
  direction: {{ direction }}
  exclusions: cancelled crimes
  sensitive: {{ sensitive }}

{% endfor %}
- id: {{ population.id }}_days_to_charge_median
  title: {{ population.title }}, median days from recording to charge
  definition: Median days from the day of recording to a charge or summons, over those charged in the period.
  statistic: median
  fact: fct_crime_outcomes
  population: charges and summonses, {{ population.words }}
  where: is_charge{{ '' if population.is_open else ' and ' ~ population.where }}
  of: days_to_outcome
  unit: days
  direction: decrease
  sensitive: {{ sensitive }}

{% endfor %}
- id: out_of_court_resolution_volume
  title: Out-of-court resolutions
  definition: Cautions, penalty notices, warnings, community resolutions and diversion (outcomes 2, 2A, 3, 3A, 6, 7, 8 and 22) finalised in the period.
  statistic: count
  fact: fct_crime_outcomes
  population: outcomes finalised out of court
  where: outcome_code in ('2', '2A', '3', '3A', '6', '7', '8', '22')
  segment_by: outcome_code
  direction: neutral
  frameworks: [WCJB]
  plan_priority: 4
{% endmacro %}
