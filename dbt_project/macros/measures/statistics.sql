{#
  The statistics a catalogue entry may name, and what each is made of.
  All but the quantiles are sums over months, divided once, at the end, and multiplied by `scale`. A quantile is taken from the rows of
  its period; the measure's numerator stays empty and its denominator is the number of those rows.
#}
{% macro statistics() %}
{{ return({
    'count':          {'unit': 'count',   'scale': 1,   'quantile': none, 'needs': ['fact']},
    'share':          {'unit': 'pct',     'scale': 100, 'quantile': none, 'needs': ['fact', 'numerator']},
    'share_of_total': {'unit': 'pct',     'scale': 100, 'quantile': none, 'needs': ['fact', 'segment_by']},
    'rate':           {'unit': 'pct',     'scale': 100, 'quantile': none, 'needs': ['numerator', 'denominator']},
    'mean':           {'unit': 'seconds', 'scale': 1,   'quantile': none, 'needs': ['fact', 'of']},
    'median':         {'unit': 'seconds', 'scale': 1,   'quantile': 0.5,  'needs': ['fact', 'of']},
    'p90':            {'unit': 'seconds', 'scale': 1,   'quantile': 0.9,  'needs': ['fact', 'of']},
}) }}
{% endmacro %}
