{#
  What a measure can be counted in: each fact with the feeds its rows need, and the levels of area it knows.
  A measure is covered for the months that all its feeds cover.
#}
{% macro catalogue_facts() %}
fct_force_calls:    {feeds: [force_calls], levels: [force]}
fct_bt_legs:        {feeds: [bt_999_calls], levels: [force]}
fct_logs:           {feeds: [incident_logs], levels: [force, district, cpt]}
fct_online_reports: {feeds: [online_reports], levels: [force]}
fct_crimes:         {feeds: [crimes], levels: [force, district, cpt]}
# Populations of outcomes and arrests come from the crime, so both feeds must cover the month.
fct_crime_outcomes: {feeds: [crime_outcomes, crimes], levels: [force, district, cpt]}
fct_arrests:        {feeds: [arrests, crimes], levels: [force, district, cpt]}
fct_street_crimes:  {feeds: [police_uk_street], levels: [force, district]}
{% endmacro %}
