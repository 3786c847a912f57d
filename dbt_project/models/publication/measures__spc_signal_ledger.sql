-- What each publication said of each point of a chart: value, rules, variation and assurance. Limits move every month and stand apart
-- (measures__spc_limit_ledger), once per phase and not once per point.
{{
    ledger(
        source('live_measures', 'spc_signal_ledger'),
        'select * from ' ~ ref('measure_spc'),
        {'measure_id': 'varchar', 'area_id': 'varchar', 'segment': 'varchar', 'month': 'date'},
        {
            'value': 'double', 'phase': 'integer', 'rule_outside': 'integer', 'rule_shift': 'integer', 'rule_trend': 'integer',
            'rule_two_of_three': 'integer', 'special_cause': 'varchar', 'variation': 'varchar', 'target': 'double', 'assurance': 'varchar',
            'ruleset_id': 'varchar', 'param_hash': 'varchar',
        },
    )
}}
