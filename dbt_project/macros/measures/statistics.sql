{#
  The statistics a catalogue entry may name, and what each is made of.
    made_of    components  sums over months, divided once, at the end, and multiplied by `scale`
               quantiles   taken from the rows of their period; the numerator stays empty, the denominator is the number of those rows
               snapshots   counted (or, of a number, added up) on each dated snapshot of a fact; never summed over dates
               returns     as a partner returned it
               estimates   as a survey gives it, with its margin
    feeds      feeds that the statistic needs beside those of its fact
    yoy_basis  the period whose change on a year before is quoted, where the entry does not say
#}
{% macro statistics() %}
{{ return({
    'count':           {'made_of': 'components', 'unit': 'count',   'quantile': none, 'needs': ['fact']},
    'sum':             {'made_of': 'components', 'unit': 'count',   'quantile': none, 'needs': ['fact', 'of']},
    'share':           {'made_of': 'components', 'unit': 'pct',     'quantile': none, 'needs': ['fact', 'numerator']},
    'share_of_total':  {'made_of': 'components', 'unit': 'pct',     'quantile': none, 'needs': ['fact', 'segment_by']},
    'rate':            {'made_of': 'components', 'unit': 'pct',     'quantile': none, 'needs': ['numerator', 'denominator']},
    'ratio':           {'made_of': 'components', 'unit': 'pct',     'quantile': none, 'needs': ['numerator', 'denominator']},
    'population_rate': {'made_of': 'components', 'unit': none,      'quantile': none, 'needs': ['numerator', 'per']},
    'cohort_rate':     {'made_of': 'components', 'unit': 'pct',     'quantile': none, 'needs': ['fact', 'numerator'], 'feeds': ['crime_outcomes']},
    'mean':            {'made_of': 'components', 'unit': 'seconds', 'quantile': none, 'needs': ['fact', 'of']},
    'median':          {'made_of': 'quantiles',  'unit': 'seconds', 'quantile': 0.5,  'needs': ['fact', 'of']},
    'p90':             {'made_of': 'quantiles',  'unit': 'seconds', 'quantile': 0.9,  'needs': ['fact', 'of']},
    'snapshot':        {'made_of': 'snapshots',  'unit': 'count',   'quantile': none, 'needs': ['fact', 'of'], 'yoy_basis': 'snapshot'},
    'snapshot_sum':    {'made_of': 'snapshots',  'unit': 'count',   'quantile': none, 'needs': ['fact', 'of'], 'yoy_basis': 'snapshot'},
    'returned':        {'made_of': 'returns',    'unit': none,      'quantile': none, 'needs': ['unit', 'rolls_up'], 'fact': 'fct_measure_returns'},
    'estimate':        {'made_of': 'estimates',  'unit': 'pct',     'quantile': none, 'needs': ['where', 'of', 'margin'],
                        'fact': 'fct_survey_estimates', 'yoy_basis': 'quarter'},
}) }}
{% endmacro %}


{# Units of values, with what a quotient is multiplied by to stand in them. #}
{% macro units() %}
{{ return({
    'count': 1, 'pct': 100, 'seconds': 1, 'per_1k': 1000, 'per_10k': 10000, 'per_100k': 100000, 'hours': 1, 'gbp': 1, 'score': 1, 'days': 1, 'kg': 1,
}) }}
{% endmacro %}
