{#
  What the report says is not collected yet, or names without a figure. Each lights up with its first return; until then it stands in
  core.dim_measure with its reason, so that a gap is seen and not forgotten.
#}
{% macro catalogue_gaps() %}
domain: gaps
owner: Performance analysis
basis: return
measures:
{% for id, title, words, unit, rolls_up, direction, frameworks, priority, reason in [
    ('vehicle_stops', 'Vehicle stops', 'Vehicles stopped in the month.', 'count', 'sum', 'neutral', '[OPCC]', 3, 'to come from the force\'s computer system; the extract is planned'),
    ('fatal_4_metrics', 'Fatal 4 offences', 'Offences of the Fatal 4 in the month; segments are the four.', 'count', 'sum', 'decrease', '[OPCC]', 3, 'the performance framework project has still to connect the systems'),
    ('ocr_processing_demand', 'Online reports, demand on operators', 'Minutes that operators spent on processing online reports in the month, chasing information included.', 'count', 'sum', 'decrease', '[OPCC]', 1, 'processing times and chased information are not measured; automatic processing is planned'),
    ('da_victim_voice', 'Domestic abuse, victim voice', 'Victims of domestic abuse satisfied with the service, per 100 who answered.', 'pct', 'ratio', 'increase', '[OPCC, WCJB]', 2, 'the victim voice survey has no results yet'),
    ('public_confidence_survey', 'Public confidence survey', 'Residents with confidence in the police, per 100 who answered the OPCC\'s own survey.', 'pct', 'ratio', 'increase', '[OPCC]', 4, 'the survey is in development; the Crime Survey stands in for it'),
    ('rural_crime_survey_responses', 'Rural crime survey', 'Residents who answered the rural crime survey.', 'count', 'none', 'increase', '[OPCC]', 1, 'launched this quarter; results are not returned yet'),
    ('neurodiversity_survey_responses', 'Neurodiversity survey', 'Persons who answered the neurodiversity survey.', 'count', 'none', 'increase', '[OPCC, WCJB]', 4, 'named without a result'),
    ('opcc_in_person_visits', 'OPCC assurance visits', 'Visits of OPCC staff to police locations in the quarter.', 'count', 'sum', 'increase', '[OPCC]', 1, 'the programme was widened, but visits are not counted in the report'),
    ('mobile_police_station_deployments', 'Mobile police stations, deployments', 'Deployments of mobile police stations in the month.', 'count', 'sum', 'increase', '[OPCC]', 1, 'the diary of deployments begins with the two dedicated stations'),
    ('community_remedy_uses', 'Community remedies used', 'Community remedies used in the quarter.', 'count', 'sum', 'increase', '[OPCC, CSP]', 3, 'the strategy was published this quarter; uses are not counted yet'),
    ('shift_overlap_minutes', 'Shift overlap', 'Minutes by which response shifts overlap, on average in the month.', 'count', 'none', 'increase', '[OPCC]', 1, 'the shift pattern is not extracted from the duty system'),
    ('outcome_16_audit_compliance_rate', 'Outcome 16 audit', 'Audited outcomes 16 that were justified, per 100 audited.', 'pct', 'ratio', 'increase', '[OPCC]', 2, 'the audit is under way; no findings are returned'),
    ('hotspot_patrol_effect', 'Hotspot patrols, effect', 'Change of ASB at patrolled hotspots against their past, per cent.', 'pct', 'none', 'decrease', '[OPCC, CSP]', 3, 'the analysis of the operation has not been reported yet'),
    ('stalking_and_harassment_network_cases', 'Stalking and harassment network, cases', 'Cases that the stalking and harassment network advised on in the quarter.', 'count', 'sum', 'neutral', '[WCJB]', 4, 'performance is measured by the partners, but not returned'),
] %}
- id: {{ id }}
  title: "{{ title }}"
  definition: "{{ words }}"
  statistic: returned
  population: not collected yet
  unit: {{ unit }}
  rolls_up: {{ rolls_up }}
  direction: {{ direction }}
  frameworks: {{ frameworks }}
  plan_priority: {{ priority }}
  themes: [not collected]
  sensitive: {{ 'true' if id in ['da_victim_voice', 'stalking_and_harassment_network_cases'] else 'false' }}
  not_collected: "{{ reason }}"
{% endfor %}
{% endmacro %}
