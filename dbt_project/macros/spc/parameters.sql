{#
  The parameters of ruleset mdc7 (Making Data Count, seven points) and their defaults: methods.md 1.2.
  The years of a window are variable spc_window_years. Seed spc_parameters overrides any of them for a pattern of measures; models read int_spc_parameters, never these.
#}
{% macro spc_ruleset() %}{{ return('mdc7') }}{% endmacro %}

{% macro spc_defaults() %}
{{ return([
    {'name': 'sigma_mult',                        'type': 'double',  'value': 2.66},
    {'name': 'mr_screen',                         'type': 'boolean', 'value': true},
    {'name': 'mr_screen_mult',                    'type': 'double',  'value': 3.267},
    {'name': 'shift_n',                           'type': 'integer', 'value': 7},
    {'name': 'trend_n',                           'type': 'integer', 'value': 7},
    {'name': 'trend_ties',                        'type': 'varchar', 'value': 'break'},
    {'name': 'two_of_three',                      'type': 'boolean', 'value': true},
    {'name': 'two_of_three_counts_beyond_3sigma', 'type': 'boolean', 'value': false},
    {'name': 'min_n_limits',                      'type': 'integer', 'value': 8},
    {'name': 'min_n_icons',                       'type': 'integer', 'value': 13},
    {'name': 'established_n',                     'type': 'integer', 'value': 20},
    {'name': 'baseline_n',                        'type': 'integer', 'value': none},
    {'name': 'window_years',                      'type': 'integer', 'value': var('spc_window_years')},
    {'name': 'immature_months',                   'type': 'integer', 'value': 0},
    {'name': 'min_n_seasonal',                    'type': 'integer', 'value': 36},
    {'name': 'rare_mean',                         'type': 'double',  'value': 5},
    {'name': 'denominator_ratio',                 'type': 'double',  'value': 1.25},
]) }}
{% endmacro %}
