{# Generated from pipelines/contracts by `python -m pipelines.transform.sources`: change the contract, not this file.

   What the models need to know of each feed: its staging view and fact, its key without the force, whether its rows name a force and
   whether that is part of the key, the column that dates an event, and whether that is a date already. #}
{% macro feeds() %}
    {{ return({
        'force_calls': {'staging': 'stg_telephony__calls', 'fact': 'fct_force_calls', 'key': ['call_id', 'line'], 'has_force': true, 'has_force_key': true, 'time': 'offered_at', 'is_date': false},
        'bt_999_calls': {'staging': 'stg_bt__legs', 'fact': 'fct_bt_legs', 'key': ['bt_leg_id'], 'has_force': true, 'has_force_key': false, 'time': 'presented_at', 'is_date': false},
        'bt_incidents': {'staging': 'stg_bt__incidents', 'fact': none, 'key': ['bt_incident_id'], 'has_force': false, 'has_force_key': false, 'time': 'started_at', 'is_date': false},
        'incident_logs': {'staging': 'stg_command_control__logs', 'fact': 'fct_logs', 'key': ['log_number'], 'has_force': true, 'has_force_key': true, 'time': 'created_at', 'is_date': false},
        'online_reports': {'staging': 'stg_online__reports', 'fact': 'fct_online_reports', 'key': ['report_id'], 'has_force': true, 'has_force_key': false, 'time': 'submitted_at', 'is_date': false},
        'crimes': {'staging': 'stg_crime__crimes', 'fact': 'fct_crimes', 'key': ['crime_ref'], 'has_force': true, 'has_force_key': true, 'time': 'recorded_at', 'is_date': false},
        'crime_outcomes': {'staging': 'stg_crime__outcomes', 'fact': 'fct_crime_outcomes', 'key': ['outcome_id'], 'has_force': true, 'has_force_key': true, 'time': 'outcome_date', 'is_date': true},
        'arrests': {'staging': 'stg_custody__arrests', 'fact': 'fct_arrests', 'key': ['arrest_id'], 'has_force': true, 'has_force_key': true, 'time': 'arrested_at', 'is_date': false},
        'police_uk_street': {'staging': 'stg_police_uk__street', 'fact': 'fct_street_crimes', 'key': [], 'has_force': false, 'has_force_key': false, 'time': 'month', 'is_date': true},
    }) }}
{% endmacro %}
