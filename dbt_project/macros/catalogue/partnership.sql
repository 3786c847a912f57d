{#
  The Community Safety Partnerships' scorecards: what councils, health, the youth justice service and the fire and rescue service return, by
  partnership. Crime, ASB and response come from the force's own feeds. methods.md 6.2.
#}
{% macro catalogue_partnership() %}
domain: partnership
owner: Community safety partnerships
basis: return
measures:
{% for id, title, words, population, unit, rolls_up, period, direction, theme, sensitive in [
    ('asb_case_reviews_requested', 'ASB case reviews requested', 'Requests for an ASB case review (community trigger) in the quarter.', 'requests to councils and the force', 'count', 'sum', 'quarter', 'neutral', 'asb', false),
    ('asb_case_reviews_threshold_met', 'ASB case reviews, threshold met', 'Requests for an ASB case review in the quarter that met the threshold.', 'requests to councils and the force', 'count', 'sum', 'quarter', 'neutral', 'asb', false),
    ('asb_repeat_victims', 'ASB, repeat victims', 'Persons with three or more ASB incidents in the quarter.', 'victims of anti-social behaviour', 'count', 'none', 'quarter', 'decrease', 'asb', false),
    ('asb_tools_used', 'ASB tools used', 'Community protection notices, public spaces protection orders and closures in the quarter; segments are the tools.', 'council and police powers', 'count', 'sum', 'quarter', 'neutral', 'asb', false),
    ('marac_cases', 'MARAC, cases', 'Cases discussed at multi-agency risk assessment conferences in the month.', 'high-risk victims of domestic abuse', 'count', 'sum', 'month', 'neutral', 'domestic abuse', true),
    ('marac_repeat_rate', 'MARAC, repeat cases', 'Cases discussed that had been discussed within twelve months, per 100.', 'MARAC cases', 'pct', 'ratio', 'quarter', 'decrease', 'domestic abuse', true),
    ('idva_referrals', 'IDVA referrals', 'Referrals to independent domestic violence advisers in the month.', 'victims of domestic abuse', 'count', 'sum', 'month', 'neutral', 'domestic abuse', true),
    ('da_repeat_victim_rate', 'Domestic abuse, repeat victims', 'Victims of domestic abuse in the quarter who had been one in the twelve months before, per 100.', 'victims of domestic abuse', 'pct', 'ratio', 'quarter', 'decrease', 'domestic abuse', true),
    ('dardr_open', 'Domestic abuse related death reviews, open', 'Domestic abuse related death reviews open on the day.', 'reviews', 'count', 'none', 'snapshot', 'neutral', 'domestic abuse', true),
    ('dardr_actions_overdue', 'Domestic abuse related death reviews, actions overdue', 'Actions of such reviews past their date on the day.', 'actions of reviews', 'count', 'none', 'snapshot', 'decrease', 'domestic abuse', true),
    ('nhs_sharp_object_admissions', 'Hospital admissions, sharp objects', 'Admissions to hospital for assault with a sharp object in the quarter.', 'residents admitted', 'count', 'sum', 'quarter', 'decrease', 'serious violence', true),
    ('nhs_assault_attendances', 'Emergency departments, assault attendances', 'Attendances at emergency departments after an assault in the month.', 'attendances', 'count', 'sum', 'month', 'decrease', 'serious violence', true),
    ('svd_milestones_met_rate', 'Serious Violence Duty, milestones met', 'Milestones of the serious violence delivery plan met, per 100 due by the end of the quarter.', 'milestones due', 'pct', 'none', 'quarter', 'increase', 'serious violence', false),
    ('focused_deterrence_cohort', 'Focused deterrence, cohort', 'Persons in the focused deterrence cohort on the day.', 'persons at risk of serious violence', 'count', 'none', 'snapshot', 'neutral', 'serious violence', true),
    ('first_time_entrants', 'First-time entrants', 'Children who entered the youth justice system for the first time in the quarter.', 'children aged 10 to 17', 'count', 'sum', 'quarter', 'decrease', 'young people', true),
    ('yjs_caseload', 'Youth justice service, caseload', 'Children with an open intervention of the youth justice service on the day.', 'children aged 10 to 17', 'count', 'none', 'snapshot', 'neutral', 'young people', true),
    ('exploitation_referrals', 'Exploitation, referrals', 'Referrals of children at risk of exploitation in the month.', 'children at risk', 'count', 'sum', 'month', 'neutral', 'young people', true),
    ('county_lines_disruptions', 'County lines, disruptions', 'Disruptions of county lines in the quarter.', 'county lines', 'count', 'sum', 'quarter', 'increase', 'serious violence', false),
    ('substance_treatment_starts', 'Substance misuse, starts of treatment', 'Adults who started structured treatment in the quarter.', 'adults in treatment', 'count', 'sum', 'quarter', 'increase', 'drugs and alcohol', false),
    ('substance_treatment_completion_rate', 'Substance misuse, successful completions', 'Adults who completed treatment and did not return within six months, per 100 in treatment.', 'adults in treatment', 'pct', 'ratio', 'quarter', 'increase', 'drugs and alcohol', false),
    ('drug_related_deaths', 'Drug-related deaths', 'Deaths related to drugs registered in the year.', 'residents', 'count', 'none', 'year', 'decrease', 'drugs and alcohol', true),
    ('hate_crime_reports', 'Hate crime, third-party reports', 'Hate incidents reported to the councils and to third-party reporting centres in the month.', 'reports', 'count', 'sum', 'month', 'neutral', 'hate crime', true),
    ('hate_crime_satisfaction_rate', 'Hate crime, satisfaction', 'Victims of hate crime satisfied with the service, per 100 who answered.', 'victims surveyed', 'pct', 'ratio', 'quarter', 'increase', 'hate crime', true),
    ('prevent_referrals', 'Prevent, referrals', 'Referrals to the Prevent panel in the quarter.', 'referrals', 'count', 'sum', 'quarter', 'neutral', 'prevent', true),
    ('fraud_vulnerable_victims_supported', 'Fraud, vulnerable victims supported', 'Vulnerable victims of fraud who were supported in the quarter.', 'victims of fraud', 'count', 'sum', 'quarter', 'increase', 'fraud', false),
    ('perception_feels_safe_rate', 'Local survey, feels safe', 'Residents who feel safe in their area, per 100 who answered the local survey; segments are by day and after dark.', 'residents surveyed', 'pct', 'ratio', 'year', 'increase', 'perception', false),
    ('csp_meeting_attendance_rate', 'Partnership, attendance', 'Responsible authorities present at partnership meetings, per 100 invited.', 'responsible authorities', 'pct', 'ratio', 'quarter', 'increase', 'partnership health', false),
    ('csp_actions_overdue', 'Partnership, actions overdue', 'Actions of the partnership past their date on the day.', 'actions', 'count', 'none', 'snapshot', 'decrease', 'partnership health', false),
    ('csp_funding_spent', 'Partnership, funding spent', 'Spent of the partnership\'s funding in the quarter.', 'funding of the partnership', 'gbp', 'sum', 'quarter', 'neutral', 'partnership health', false),
] %}
- id: {{ id }}
  title: "{{ title }}"
  definition: "{{ words }}"
  statistic: returned
  population: "{{ population }}"
  unit: {{ unit }}
  rolls_up: {{ rolls_up }}
  direction: {{ direction }}
  headline_period: {{ period }}
  frameworks: {{ '[OPCC, CSP]' if theme in ['asb', 'domestic abuse', 'serious violence'] else '[CSP]' }}
  plan_priority: {{ {'asb': 3, 'domestic abuse': 2, 'serious violence': 2, 'young people': 2, 'drugs and alcohol': 2, 'fraud': 2, 'hate crime': 2}.get(theme, 3) }}
  themes: [{{ theme }}]
  sensitive: {{ 'true' if sensitive else 'false' }}
  lag_months: {{ 1 if period == 'month' else 2 }}
{% endfor %}
{% endmacro %}
