{#
  What a measure can be counted in: each fact with the feeds its rows need, and the levels of area it knows.
  A measure is covered for the months that all its feeds cover. `dated_events`: its counts may be so rare that charts need the days between them.
#}
{% macro catalogue_facts() %}
fct_force_calls:    {feeds: [force_calls], levels: [force]}
fct_bt_legs:        {feeds: [bt_999_calls], levels: [force]}
fct_logs:           {feeds: [incident_logs], levels: [force, district, cpt]}
fct_online_reports: {feeds: [online_reports], levels: [force]}
fct_crimes:         {feeds: [crimes], levels: [force, district, cpt], dated_events: true}
# Populations of outcomes and arrests come from the crime, so both feeds must cover the month.
fct_crime_outcomes: {feeds: [crime_outcomes, crimes], levels: [force, district, cpt]}
fct_arrests:        {feeds: [arrests, crimes], levels: [force, district, cpt]}
fct_street_crimes:  {feeds: [police_uk_street], levels: [force, district]}
# Which crimes suspects are sought for comes from the crime.
fct_suspects: {feeds: [suspects, crimes], levels: [force, district, cpt]}
fct_protection_orders: {feeds: [protection_orders], levels: [force, district, cpt], dated_events: true}
fct_protection_authorisations: {feeds: [protection_orders], levels: [force, district, cpt], dated_events: true}
fct_speedwatch_sessions: {feeds: [speedwatch_sessions], levels: [force, district, cpt]}
fct_speed_enforcement: {feeds: [speed_enforcement], levels: [force, district, cpt]}
fct_speed_enforcement_to_date: {feeds: [speed_enforcement], levels: [force, district, cpt]}
fct_collisions: {feeds: [collisions], levels: [force, district], dated_events: true}
fct_section_60: {feeds: [section_60], levels: [force, district], dated_events: true}
fct_section_60_windows: {feeds: [section_60], levels: [force, district]}
# What others counted: they name their measures and areas themselves.
fct_measure_returns: {feeds: [measure_returns], levels: [force, district, cpt]}
fct_survey_estimates: {feeds: [csew_estimates], levels: [force]}
{% endmacro %}
