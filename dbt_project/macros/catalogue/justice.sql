{#
  The Wiltshire Criminal Justice Board's scorecard: courts, prosecution, probation and custody, as the partners return it. Mostly quarterly, some
  three months late. Stocks are counted on a day and never summed; a stock is the one before, and receipts, less disposals. methods.md 6.3.
#}
{% macro catalogue_justice() %}
domain: justice
owner: WCJB secretariat
basis: return
measures:
{# Shares: both sides are returned, so that quarters make a year. #}
{% for id, title, words, population, direction, theme in [
    ('vcop_written_acknowledgement_rate', 'Victims\' Code, written acknowledgement', 'Victims who had a written acknowledgement of the crime, per 100 entitled to one.', 'victims entitled under the Victims\' Code', 'increase', 'victims'),
    ('vcop_referral_to_support_rate', 'Victims\' Code, referral to support', 'Victims who were offered a referral to support, per 100 entitled to it.', 'victims entitled under the Victims\' Code', 'increase', 'victims'),
    ('vcop_updates_in_time_rate', 'Victims\' Code, updates in time', 'Victims who were kept informed in time and in full, per 100 entitled to it.', 'victims entitled under the Victims\' Code', 'increase', 'victims'),
    ('vcop_vps_offered_rate', 'Victims\' Code, personal statement offered', 'Victims who were offered a Victim Personal Statement, per 100 entitled to it.', 'victims entitled under the Victims\' Code', 'increase', 'victims'),
    ('vcop_offender_release_informed_rate', 'Victims\' Code, told of the offender\'s release', 'Victims who were told in advance of the offender\'s release, per 100 entitled to it.', 'victims in the victim contact scheme', 'increase', 'victims'),
    ('victim_satisfaction_rate', 'Victim satisfaction', 'Victims satisfied with the service of the police as a whole, per 100 who answered; segments are kinds of crime.', 'victims surveyed', 'increase', 'victims'),
    ('post_charge_victim_attrition_rate', 'Victim attrition after charge', 'Prosecutions stopped after charge because the victim no longer supports them, per 100 completed.', 'prosecutions completed', 'decrease', 'victims'),
    ('witness_attendance_rate', 'Witness attendance', 'Witnesses who attended, per 100 warned to attend.', 'witnesses warned for trial', 'increase', 'victims'),
    ('special_measures_granted_rate', 'Special measures granted', 'Applications for special measures granted, per 100 made.', 'applications for special measures', 'increase', 'victims'),
    ('vps_taken_rate', 'Personal statements taken', 'Victims who made a Victim Personal Statement, per 100 offered one.', 'victims offered a personal statement', 'increase', 'victims'),
    ('national_file_standard_compliance_rate', 'Case files to the national standard', 'Case files that meet the national file standard (DG6), per 100 submitted.', 'case files submitted to the CPS', 'increase', 'police to CPS'),
    ('cps_triage_rejection_rate', 'CPS triage rejections', 'Case files that the CPS sends back at triage, per 100 submitted.', 'case files submitted to the CPS', 'decrease', 'police to CPS'),
    ('cps_rape_charge_rate', 'Rape, charged by the CPS', 'Rape suspects whom the CPS charges, per 100 on whom it decides.', 'CPS decisions on rape suspects', 'increase', 'police to CPS'),
    ('magistrates_guilty_plea_first_hearing_rate', 'Magistrates\' courts, guilty plea at first hearing', 'Guilty pleas at the first hearing, per 100 cases heard first.', 'magistrates\' cases', 'increase', 'courts'),
    ('magistrates_finalised_within_4_hearings_rate', 'Magistrates\' courts, finalised in four hearings', 'Cases finalised in at most four hearings, per 100 finalised.', 'magistrates\' cases finalised', 'increase', 'courts'),
    ('crown_guilty_plea_rate', 'Crown Court, guilty pleas', 'Defendants who plead guilty, per 100 dealt with.', 'Crown Court defendants', 'increase', 'courts'),
    ('crown_effective_trial_rate', 'Crown Court, effective trials', 'Listed trials that went ahead on the day, per 100 listed.', 'Crown Court trials listed', 'increase', 'courts'),
    ('crown_cracked_trial_rate', 'Crown Court, cracked trials', 'Listed trials that ended without being needed, per 100 listed.', 'Crown Court trials listed', 'decrease', 'courts'),
    ('crown_ineffective_trial_rate', 'Crown Court, ineffective trials', 'Listed trials that could not go ahead and are listed again, per 100 listed.', 'Crown Court trials listed', 'decrease', 'courts'),
    ('crown_vacated_trial_rate', 'Crown Court, vacated trials', 'Trials taken out of the list before the day, per 100 listed.', 'Crown Court trials listed', 'decrease', 'courts'),
    ('crown_outstanding_over_12_months_rate', 'Crown Court, cases open over a year', 'Outstanding cases older than twelve months on the day, per 100 outstanding.', 'Crown Court cases outstanding', 'decrease', 'courts'),
    ('crown_late_dropped_rate', 'Crown Court, dropped late', 'Cases dropped at the third hearing or later, per 100 completed.', 'Crown Court cases completed', 'decrease', 'courts'),
    ('oocd_conditions_breached_rate', 'Out-of-court disposals, conditions breached', 'Conditional out-of-court disposals whose conditions were breached, per 100 given.', 'conditional out-of-court disposals', 'decrease', 'reoffending'),
    ('proven_reoffending_rate', 'Proven reoffending', 'Offenders convicted or cautioned for an offence of the year after the cohort\'s quarter, with six months to be proven, per 100 in the cohort.', 'adult and young offenders of the cohort\'s quarter', 'decrease', 'reoffending'),
    ('settled_accommodation_on_release_rate', 'Settled accommodation on release', 'Prison leavers in settled accommodation on the night of release, per 100 released.', 'prison leavers', 'increase', 'reoffending'),
    ('substance_treatment_continuity_rate', 'Substance misuse, treatment continued', 'Prison leavers with a substance need who were in treatment within three weeks, per 100 referred.', 'prison leavers referred to treatment', 'increase', 'reoffending'),
    ('icv_visits_completed_rate', 'Independent custody visits', 'Custody visits made, per 100 planned.', 'custody visits planned', 'increase', 'custody'),
    ('custody_mental_health_assessment_rate', 'Mental health assessment in custody', 'Detainees with an identified mental health need who were assessed, per 100 identified.', 'detainees with an identified mental health need', 'increase', 'custody'),
    ('custody_neurodiversity_screening_rate', 'Neurodiversity screening in custody', 'Detainees screened for neurodiversity, per 100 detained.', 'detainees', 'increase', 'fairness'),
    ('da_remand_rate', 'Domestic abuse, remanded', 'Persons charged with domestic abuse who were remanded, per 100 charged.', 'persons charged with domestic abuse', 'neutral', 'custody'),
] %}
{% set is_victims = theme == 'victims' %}
- id: {{ id }}
  title: "{{ title }}"
  definition: "{{ words }}"
  statistic: returned
  population: "{{ population }}"
  unit: pct
  rolls_up: {{ 'none' if id == 'crown_outstanding_over_12_months_rate' else 'ratio' }}
  direction: {{ direction }}
  headline_period: quarter
  frameworks: {{ '[WCJB, CSP]' if id == 'proven_reoffending_rate' else '[OPCC, WCJB]' if is_victims or theme == 'custody' else '[WCJB]' }}
  plan_priority: 4
  themes: [{{ theme }}]
  sensitive: {{ 'true' if 'rape' in id or 'da_' in id else 'false' }}
  lag_months: {{ 18 if id == 'proven_reoffending_rate' else 3 }}
{% endfor %}

{# Counts, stocks and times. #}
{% for id, title, words, population, unit, rolls_up, period, direction, theme in [
    ('recorded_to_charge_days_median', 'From recording to charge', 'Median days from the recording of a crime to the charge.', 'crimes charged in the quarter', 'days', 'none', 'quarter', 'decrease', 'police to CPS'),
    ('cps_action_plans_per_case', 'CPS action plans a case', 'Action plans that the CPS sends to the police, per case charged.', 'cases charged', 'score', 'none', 'quarter', 'decrease', 'police to CPS'),
    ('charge_volume', 'Charges', 'Suspects charged in the quarter.', 'suspects charged', 'count', 'sum', 'quarter', 'increase', 'police to CPS'),
    ('rape_referrals_to_cps', 'Rape, referrals to the CPS', 'Rape suspects referred to the CPS for advice or a decision in the quarter.', 'rape suspects', 'count', 'sum', 'quarter', 'increase', 'police to CPS'),
    ('magistrates_hearings_per_guilty_case', 'Magistrates\' courts, hearings a guilty plea', 'Mean hearings of a case with a guilty plea.', 'magistrates\' cases with a guilty plea', 'score', 'none', 'quarter', 'decrease', 'courts'),
    ('magistrates_hearings_per_contested_case', 'Magistrates\' courts, hearings a contested case', 'Mean hearings of a contested case.', 'contested magistrates\' cases', 'score', 'none', 'quarter', 'decrease', 'courts'),
    ('magistrates_outstanding_cases', 'Magistrates\' courts, cases outstanding', 'Cases outstanding in the magistrates\' courts on the day.', 'magistrates\' cases', 'count', 'none', 'snapshot', 'decrease', 'courts'),
    ('crown_receipts', 'Crown Court, receipts', 'Cases received by the Crown Court in the quarter.', 'Crown Court cases', 'count', 'sum', 'quarter', 'neutral', 'courts'),
    ('crown_disposals', 'Crown Court, disposals', 'Cases disposed of by the Crown Court in the quarter.', 'Crown Court cases', 'count', 'sum', 'quarter', 'increase', 'courts'),
    ('crown_outstanding_cases', 'Crown Court, cases outstanding', 'Cases outstanding in the Crown Court on the day: those before, and receipts, less disposals; segments are bands of age.', 'Crown Court cases', 'count', 'none', 'snapshot', 'decrease', 'courts'),
    ('crown_charge_to_completion_days_median', 'Crown Court, charge to completion', 'Median days from the charge to the completion in the Crown Court.', 'Crown Court cases completed', 'days', 'none', 'quarter', 'decrease', 'courts'),
    ('warrants_outstanding', 'Warrants outstanding', 'Court warrants not yet executed on the day.', 'warrants', 'count', 'none', 'snapshot', 'decrease', 'courts'),
    ('iom_cohort_size', 'Integrated offender management, cohort', 'Offenders managed on the day; segments are fixed, flex and free.', 'offenders in the cohort', 'count', 'none', 'snapshot', 'neutral', 'reoffending'),
    ('iom_cohort_offences', 'Integrated offender management, offences', 'Offences proven against the managed cohort in the quarter.', 'offenders in the cohort', 'count', 'sum', 'quarter', 'decrease', 'reoffending'),
    ('treatment_requirement_orders', 'Treatment requirements, orders made', 'Community orders with a treatment requirement made in the quarter; segments are mental health (MHTR), community sentence (CSTR), alcohol (ATR) and drug (DRR).', 'community sentences', 'count', 'sum', 'quarter', 'increase', 'reoffending'),
    ('treatment_requirement_starts', 'Treatment requirements, starts', 'Treatment requirements started in the quarter; segments as for orders.', 'treatment requirements', 'count', 'sum', 'quarter', 'increase', 'reoffending'),
    ('treatment_requirement_completions', 'Treatment requirements, completions', 'Treatment requirements completed in the quarter; segments as for orders.', 'treatment requirements', 'count', 'sum', 'quarter', 'increase', 'reoffending'),
    ('treatment_requirement_waiting_days', 'Treatment requirements, waiting time', 'Mean days from the order to the first treatment; segments as for orders.', 'treatment requirements', 'days', 'none', 'quarter', 'decrease', 'reoffending'),
    ('oocd_volume', 'Out-of-court disposals', 'Out-of-court disposals given in the quarter; segments are conditional caution, caution and community resolution.', 'out-of-court disposals', 'count', 'sum', 'quarter', 'neutral', 'reoffending'),
    ('cas3_placements', 'CAS-3 placements', 'Prison leavers placed in temporary accommodation (CAS-3) in the quarter.', 'prison leavers', 'count', 'sum', 'quarter', 'increase', 'reoffending'),
    ('prisoner_release_panel_cases', 'Prisoner Release Panel, cases', 'Cases that the Prisoner Release Panel dealt with in the quarter.', 'prison leavers', 'count', 'sum', 'quarter', 'neutral', 'reoffending'),
    ('custody_detentions', 'Detentions in custody', 'Persons detained in custody in the quarter; segments are women and under 18.', 'detentions', 'count', 'sum', 'quarter', 'neutral', 'fairness'),
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
  frameworks: {{ '[WCJB, CSP]' if id.startswith('iom') else '[WCJB]' }}
  plan_priority: 4
  themes: [{{ theme }}]
  sensitive: {{ 'true' if 'rape' in id or id == 'custody_detentions' else 'false' }}
  lag_months: {{ 1 if period == 'snapshot' and theme != 'courts' else 3 }}
{% endfor %}

{% for decision, words in [
    ('stop_search', 'stopped and searched'),
    ('charge', 'charged rather than diverted'),
    ('remand', 'remanded rather than bailed'),
    ('oocd', 'given an out-of-court disposal'),
    ('mental_health_detention', 'detained under mental health powers'),
] %}
- id: disproportionality_rri_{{ decision }}
  title: "Disproportionality, {{ words }}"
  definition: "How many times as likely people of the ethnic group are to be {{ words }} as white people (relative rate index); 1 is even."
  statistic: returned
  population: residents, by self-defined ethnicity; segments are ethnic groups
  unit: score
  rolls_up: none
  direction: decrease
  headline_period: year
  frameworks: [WCJB]
  plan_priority: 4
  themes: [fairness]
  sensitive: true
  lag_months: 6
{% endfor %}
{% endmacro %}
