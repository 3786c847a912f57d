{# What the OPCC and the services that it commissions deliver, as they return it. Counts of things done, not of crime. #}
{% macro catalogue_delivery() %}
domain: delivery
owner: OPCC delivery
basis: return
measures:
{% for id, title, words, unit, rolls_up, period, direction, priority in [
    ('mobile_police_stations_interim_operating', 'Interim mobile police stations in operation', 'Interim mobile police stations in operation on the day.', 'count', 'none', 'snapshot', 'neutral', 1),
    ('mobile_police_stations_dedicated', 'Dedicated mobile police stations', 'Dedicated mobile police stations being converted or in operation, by the day on which they are due.', 'count', 'none', 'snapshot', 'increase', 1),
    ('street_drs_interventions', 'Street Doctors interventions', 'Street Doctors sessions delivered to children of the youth justice service in the year.', 'count', 'none', 'year', 'increase', 2),
    ('safety_at_night_charter_businesses', 'Safety at Night charter, businesses', 'Businesses signed up to the Safety at Night charter on the day.', 'count', 'none', 'snapshot', 'increase', 2),
    ('eotas_mentoring_project_year', 'EOTAS mentoring, year of the project', 'The year that the mentoring project for children educated otherwise than at school is in.', 'count', 'none', 'snapshot', 'neutral', 2),
    ('eotas_children_referred', 'EOTAS mentoring, children referred', 'Children referred to EOTAS mentoring since the start of the project year.', 'count', 'none', 'snapshot', 'increase', 2),
    ('eotas_children_supported', 'EOTAS mentoring, children supported', 'Children supported by EOTAS mentoring since the start of the project year.', 'count', 'none', 'snapshot', 'increase', 2),
    ('blunt_truth_schools_signed_up', 'The Blunt Truth, schools signed up', 'Schools signed up to The Blunt Truth pilot on the day.', 'count', 'none', 'snapshot', 'increase', 2),
    ('pl_kicks_hours_delivered', 'PL Kicks, hours delivered', 'Hours of Premier League Kicks sessions delivered in the quarter.', 'hours', 'sum', 'quarter', 'increase', 3),
    ('pl_kicks_children_engaged', 'PL Kicks, children engaged', 'Children who took part in Premier League Kicks in the quarter; a child may count in several quarters.', 'count', 'none', 'quarter', 'increase', 3),
    ('pl_kicks_hours_planned', 'PL Kicks, hours planned', 'Hours of Premier League Kicks planned at most for the financial year.', 'hours', 'none', 'year', 'neutral', 3),
    ('wsyc_members_recruited', 'Youth commission, members recruited', 'Members recruited to the Wiltshire and Swindon Youth Commission in the quarter.', 'count', 'sum', 'quarter', 'increase', 3),
    ('wsyc_age_limit', 'Youth commission, age limit', 'Age in years up to which somebody can be a member of the Youth Commission.', 'count', 'none', 'snapshot', 'neutral', 3),
    ('wsyc_member_meetings', 'Youth commission, meetings', 'Meetings of the members of the Youth Commission in the quarter.', 'count', 'sum', 'quarter', 'increase', 3),
    ('safer_streets_round', 'Safer Streets, round', 'The round of the Safer Streets fund that is under way.', 'count', 'none', 'snapshot', 'neutral', 3),
    ('safer_streets_funding', 'Safer Streets, funding', 'Funding of the Safer Streets round, match funding included.', 'gbp', 'none', 'snapshot', 'increase', 3),
    ('safer_streets_match_funding', 'Safer Streets, match funding', 'Share of the Safer Streets funding that partners match; of the grant or of the total is not stated.', 'pct', 'none', 'snapshot', 'neutral', 3),
    ('ocg_operation_arrests', 'Organised crime operations, arrests', 'Arrests in operations against organised crime groups in the quarter, as reported; may be rounded.', 'count', 'sum', 'quarter', 'increase', 3),
    ('ocg_operation_charges', 'Organised crime operations, charges', 'Persons charged after operations against organised crime groups in the quarter.', 'count', 'sum', 'quarter', 'increase', 3),
    ('ocg_operation_cash_seized', 'Organised crime operations, cash seized', 'Cash seized in operations against organised crime groups in the quarter, as reported; may be rounded down.', 'gbp', 'sum', 'quarter', 'increase', 3),
    ('isva_additional_funding', 'ISVA, additional funding', 'Ministry of Justice funding for additional independent sexual violence advisers up to the day; a year or in all is not stated.', 'gbp', 'none', 'snapshot', 'increase', 4),
    ('isva_annual_contract_price', 'ISVA, annual price of the contract', 'Price of the contract for independent sexual violence advisers for the year, as reported; may be rounded.', 'gbp', 'none', 'year', 'neutral', 4),
    ('isva_contract_price_years', 'ISVA, years at that price', 'Years for which the price of the contract holds.', 'count', 'none', 'year', 'neutral', 4),
    ('victim_service_review_phase', 'Victim services review, phase', 'The phase of the review of victim services that was completed in the quarter.', 'count', 'none', 'quarter', 'neutral', 4),
    ('advocacy_sv_contract_length', 'Sexual violence advocacy, length of the contract', 'Years for which the advocacy contract runs.', 'count', 'none', 'snapshot', 'neutral', 4),
    ('sexual_harm_support_areas_recommissioned', 'Sexual harm support, areas recommissioned', 'Main areas of support for victims of sexual harm that have been commissioned anew.', 'count', 'none', 'snapshot', 'increase', 4),
    ('sexual_harm_support_new_providers', 'Sexual harm support, new providers', 'New providers of support for victims of sexual harm.', 'count', 'none', 'snapshot', 'neutral', 4),
] %}
- id: {{ id }}
  title: "{{ title }}"
  definition: "{{ words }}"
  statistic: returned
  population: as returned by the OPCC
  unit: {{ unit }}
  rolls_up: {{ rolls_up }}
  direction: {{ direction }}
  headline_period: {{ period }}
  frameworks: {{ '[OPCC, CSP]' if id.startswith(('blunt', 'pl_kicks', 'wsyc', 'safer', 'street_drs', 'eotas')) else '[OPCC]' }}
  plan_priority: {{ priority }}
  themes: [delivery]
  sensitive: {{ 'true' if '_children_' in id else 'false' }}
{% endfor %}

- id: victim_support_service_demand
  title: Demand for victim support services
  definition: Referrals to the core support services for vulnerable victims in the month.
  statistic: returned
  population: referrals accepted by commissioned services; segments are services
  unit: count
  rolls_up: sum
  direction: neutral
  headline_period: r12m
  yoy_basis: r12m
  owner: OPCC commissioning
  frameworks: [OPCC, WCJB]
  plan_priority: 4
  themes: [victims]
  sensitive: true
  lag_months: 1

{% for id, title, words, unit, rolls_up, period, direction, sensitive in [
    ('horizon_caseload', 'Horizon victim and witness care, caseload', 'Victims and witnesses with an open case at the victim and witness care hub on the day.', 'count', 'none', 'snapshot', 'neutral', false),
    ('isva_referrals', 'ISVA referrals', 'Referrals to independent sexual violence advisers in the month.', 'count', 'sum', 'month', 'neutral', true),
    ('isva_waiting_days', 'ISVA, waiting time', 'Mean days from the referral to the first contact of an independent sexual violence adviser.', 'days', 'none', 'quarter', 'decrease', true),
    ('sarc_attendances', 'Sexual assault referral centre, attendances', 'Clients seen at the sexual assault referral centre in the quarter.', 'count', 'sum', 'quarter', 'neutral', true),
    ('therapeutic_support_waiting_days', 'Therapeutic support, waiting time', 'Mean days from the referral to the first session of therapeutic support.', 'days', 'none', 'quarter', 'decrease', true),
    ('custody_healthcare_vacancy_rate', 'Custody healthcare, vacancies', 'Vacant posts of custody healthcare per 100 funded posts at the end of the quarter.', 'pct', 'none', 'quarter', 'decrease', false),
] %}
- id: {{ id }}
  title: "{{ title }}"
  definition: "{{ words }}"
  statistic: returned
  population: as returned by the commissioned service
  unit: {{ unit }}
  rolls_up: {{ rolls_up }}
  direction: {{ direction }}
  headline_period: {{ period }}
  owner: OPCC commissioning
  frameworks: [OPCC, WCJB]
  plan_priority: 4
  themes: [{{ 'custody' if id.startswith('custody') else 'victims' }}]
  sensitive: {{ 'true' if sensitive else 'false' }}
  lag_months: {{ 1 if period == 'month' else 2 }}
{% endfor %}
{% endmacro %}
