{# The force as an organisation, as its departments return it: people, vehicles, emissions, complaints, inspection, and roads policing's own counts. #}
{% macro catalogue_workforce() %}
domain: workforce
owner: Force performance
basis: return
measures:
{% for id, title, words, population, unit, rolls_up, period, direction, theme in [
    ('workforce_strength', 'Workforce, strength', 'Full-time equivalents in post at the end of the month; segments are officers, staff, PCSOs and specials (heads).', 'officers, staff, PCSOs and specials', 'count', 'none', 'snapshot', 'increase', 'people'),
    ('workforce_establishment', 'Workforce, establishment', 'Funded full-time equivalents at the end of the month; segments as for strength.', 'funded posts', 'count', 'none', 'snapshot', 'neutral', 'people'),
    ('young_in_service_rate', 'Young in service', 'Response officers with less than three years of service, per 100 at the end of the month.', 'response officers', 'pct', 'none', 'snapshot', 'decrease', 'people'),
    ('sickness_rate', 'Sickness', 'Working days lost to sickness, per 100 in the month.', 'officers and staff', 'pct', 'ratio', 'month', 'decrease', 'people'),
    ('ccc_operator_strength', 'Control centre operators, strength', 'Operators of the control centre in post at the end of the month, full-time equivalents; the segment is new starters.', 'operators of the control centre', 'count', 'none', 'snapshot', 'increase', 'people'),
    ('ccc_operator_establishment', 'Control centre operators, establishment', 'Funded operators of the control centre at the end of the month, full-time equivalents.', 'operators of the control centre', 'count', 'none', 'snapshot', 'neutral', 'people'),
    ('response_vehicle_availability_rate', 'Response vehicles available', 'Response vehicles fit for use, per 100 of the fleet\'s at the end of the month.', 'response vehicles', 'pct', 'none', 'snapshot', 'increase', 'fleet'),
    ('response_vehicles_on_order', 'Response vehicles on order', 'Response vehicles ordered and not delivered at the end of the month.', 'response vehicles', 'count', 'none', 'snapshot', 'neutral', 'fleet'),
    ('co2_emissions', 'Carbon emissions', 'Emissions in the month by the certified method, in kilograms of CO2 equivalent; segments are organisations and sources.', 'sites, vehicles and travel of the OPCC and the force', 'kg', 'sum', 'month', 'decrease', 'sustainability'),
    ('complaints_recorded', 'Complaints recorded', 'Complaints about the force recorded in the quarter.', 'complaints', 'count', 'sum', 'quarter', 'decrease', 'complaints'),
    ('complaints_logged_within_2_days_rate', 'Complaints logged within two days', 'Complaints logged within two working days, per 100.', 'complaints', 'pct', 'ratio', 'quarter', 'increase', 'complaints'),
    ('complaints_contacted_within_10_days_rate', 'Complainants contacted within ten days', 'Complainants contacted within ten working days, per 100.', 'complaints', 'pct', 'ratio', 'quarter', 'increase', 'complaints'),
    ('complaint_reviews_received', 'Complaint reviews received', 'Reviews of complaints that the OPCC received in the quarter.', 'reviews by the OPCC', 'count', 'sum', 'quarter', 'neutral', 'complaints'),
    ('complaint_reviews_upheld_rate', 'Complaint reviews upheld', 'Reviews that the OPCC upheld, per 100 decided.', 'reviews by the OPCC', 'pct', 'ratio', 'quarter', 'neutral', 'complaints'),
    ('peel_grade', 'PEEL grades', 'Grade of an inspected question as a number: 1 inadequate, 2 requires improvement, 3 adequate, 4 good, 5 outstanding; the segment names programme and question, for grades of two programmes do not compare.', 'questions of a PEEL inspection', 'score', 'none', 'snapshot', 'increase', 'inspection'),
    ('peel_questions_graded', 'PEEL, questions by grade', 'Questions of a PEEL inspection given a grade; segments name programme and grade.', 'questions of a PEEL inspection', 'count', 'none', 'snapshot', 'neutral', 'inspection'),
    ('peel_causes_of_concern_open', 'PEEL, causes of concern open', 'Causes of concern of the inspectorate not yet closed on the day.', 'causes of concern', 'count', 'none', 'snapshot', 'decrease', 'inspection'),
    ('peel_areas_for_improvement_open', 'PEEL, areas for improvement open', 'Areas for improvement of the inspectorate not yet closed on the day.', 'areas for improvement', 'count', 'none', 'snapshot', 'decrease', 'inspection'),
    ('crime_recording_accuracy_rate', 'Crime recording accuracy', 'Reported crimes that were recorded, per 100, estimated by the inspectorate with its margin.', 'crimes reported to the force, as sampled', 'pct', 'none', 'snapshot', 'increase', 'inspection'),
    ('drink_driving_offences', 'Drink driving offences', 'Drink driving offences recorded in the month.', 'offences', 'count', 'sum', 'month', 'decrease', 'roads'),
    ('drug_driving_offences', 'Drug driving offences', 'Drug driving offences recorded in the month.', 'offences', 'count', 'sum', 'month', 'decrease', 'roads'),
] %}
- id: {{ id }}
  title: "{{ title }}"
  definition: "{{ words }}"
  statistic: returned
  population: "{{ population }}"
  unit: {{ unit }}
  rolls_up: {{ rolls_up }}
  direction: {{ direction }}
  headline_period: {{ 'r12m' if theme == 'roads' else period }}
  {{ 'yoy_basis: r12m' if theme == 'roads' else '' }}
  frameworks: {{ '[OPCC, CSP]' if theme == 'roads' else '[OPCC]' }}
  plan_priority: {{ 3 if theme == 'roads' else 1 }}
  themes: [{{ theme }}]
  seasonal: {{ 'true' if id in ['co2_emissions', 'sickness_rate'] or theme == 'roads' else 'false' }}
  lag_months: {{ 1 if period == 'month' or theme == 'people' else 2 }}
{% endfor %}
{% endmacro %}
