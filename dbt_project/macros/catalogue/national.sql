{#
  National frames: the six National Crime and Policing Measures, as the centre returns them for the force's area, and what a PCC has to publish
  (Specified Information Order). methods.md 7.
#}
{% macro catalogue_national() %}
domain: national
owner: OPCC performance
basis: return
measures:
{% for id, title, words, population, unit, rolls_up, direction in [
    ('ncpm_homicide_volume', 'NCPM, homicide', 'Murder and other homicide recorded in the quarter.', 'homicides', 'count', 'sum', 'decrease'),
    ('ncpm_serious_violence_volume', 'NCPM, serious violence', 'Hospital admissions of under-25s for assault with a sharp object in the quarter.', 'residents under 25', 'count', 'sum', 'decrease'),
    ('ncpm_drug_supply_disruptions', 'NCPM, drugs supply and county lines', 'Disruptions of drugs supply and county lines in the quarter.', 'drugs supply', 'count', 'sum', 'increase'),
    ('ncpm_neighbourhood_crime_volume', 'NCPM, neighbourhood crime', 'Burglary, robbery, vehicle crime and theft from the person recorded in the quarter.', 'neighbourhood crimes', 'count', 'sum', 'decrease'),
    ('ncpm_cyber_crime_volume', 'NCPM, cyber crime', 'Cyber crimes reported by residents to the national reporting centre in the quarter.', 'reports of cyber crime', 'count', 'sum', 'decrease'),
    ('ncpm_victim_satisfaction_rate', 'NCPM, satisfaction of victims', 'Victims satisfied with the service of the police, per 100 who answered; the segment is victims of domestic abuse.', 'victims surveyed', 'pct', 'ratio', 'increase'),
    ('sio_items_current_rate', 'Specified information, current', 'Items of specified information published and within their review cycle, per 100 required.', 'items of the Specified Information Order', 'pct', 'none', 'increase'),
    ('opcc_decisions_published', 'Decisions published', 'Decisions of the PCC published in the quarter.', 'decisions of the PCC', 'count', 'sum', 'neutral'),
    ('panel_actions_open', 'Police and Crime Panel, actions open', 'Actions of the Police and Crime Panel not yet closed at the end of the quarter.', 'actions of the panel', 'count', 'none', 'decrease'),
] %}
- id: {{ id }}
  title: "{{ title }}"
  definition: "{{ words }}"
  statistic: returned
  population: "{{ population }}"
  unit: {{ unit }}
  rolls_up: {{ rolls_up }}
  direction: {{ direction }}
  headline_period: quarter
  frameworks: [OPCC]
  plan_priority: {{ 2 if id.startswith('ncpm') and 'neighbourhood' not in id and 'satisfaction' not in id else 3 if 'neighbourhood' in id else 4 if 'satisfaction' in id else 1 }}
  themes: [{{ 'national measures' if id.startswith('ncpm') else 'statutory' }}]
  sensitive: {{ 'true' if id in ['ncpm_homicide_volume', 'ncpm_serious_violence_volume'] else 'false' }}
  lag_months: {{ 3 if id.startswith('ncpm') else 1 }}
{% endfor %}
{% endmacro %}
