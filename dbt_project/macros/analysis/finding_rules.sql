{#
  Every phrase of a finding as a rule: methods.md 11. docs/findings.md is written from this list (tests/unit/test_findings_docs.py holds it).

    kind      name of the finding; `from` names the relation of measure_findings.sql that the rule reads, one row per series and period
    section   where on a card it stands: level, trend, movement, target, year, baseline, elsewhere, data (in this order)
    sign      1 up, -1 down, 0 neither; against the measure's direction it is an improvement or a concern
    when      SQL condition; rules of `charted` also need a chart that can be trusted (not is_too_few), unless `any_chart`
    says      SQL text: the words after "Force level Priority response time Jul-23 = 2h17m32s, "
    because   the rule in words, kept as evidence
    other keys are numbers of the row: k, k_of, base_period_end, base_value, change, change_pct, change_per_month, limit_value, z, p, slope_pct, share_pct,
    base_share_pct, ratio. What a rule does not name is the column of that name where its relation has one, else null.
#}
{% macro finding_rules() %}
{%- set yaml -%}
{% for up in [true, false] %}
{% set sign = 1 if up else -1 %}
{% set high, above, upper, over = ('high', 'above', 'upper', '>') if up else ('low', 'below', 'lower', '<') %}
{% set increase, increasing, rising, more, highest = ('increase', 'increasing', 'rising', 'more', 'highest') if up else ('decrease', 'decreasing', 'falling', 'fewer', 'lowest') %}
{% set limit = 'upl' if up else 'lpl' %}
- kind: exceptional_{{ high }}
  section: level
  from: charted
  sign: {{ sign }}
  when: exceptional = {{ sign }}
  k: exceptional_k
  limit_value: {{ 'upper_2s' if up else 'lower_2s' }}
  says: "exceptional_k || ' month exceptional {{ high }}'"
  because: the last k months are each {{ above }} the {{ upper }} control limit, or two of three beyond two sigma

- kind: {{ 'above_ucl' if up else 'below_lcl' }}
  section: level
  from: charted
  sign: {{ sign }}
  when: exceptional = {{ sign }} and outside_k > 0
  k: outside_k
  k_of: exceptional_k
  limit_value: {{ limit }}
  says: "outside_k || case when outside_k = exceptional_k then ' month' || case outside_k when 1 then '' else 's' end else ' of the last ' || exceptional_k || ' months' end || ' {{ above }} the {{ upper }} control limit'"
  because: of the last exceptional months in a row (k_of), k lie {{ above }} the three sigma limit

- kind: consistently_{{ above }}_average
  section: level
  from: charted
  sign: {{ sign }}
  when: shift = {{ sign }}
  k: shift_k
  limit_value: mean
  says: "'consistently {{ above }} average for ' || shift_k || ' months'"
  because: the last k months, seven or more, are all {{ above }} the mean of the phase

- kind: month_{{ high }}
  section: level
  from: compared
  sign: {{ sign }}
  when: comparison = '{{ highest }}_since' and not is_too_few
  k: months
  says: "months || ' month {{ high }}'"
  because: the {{ highest }} of the last k months; the month before them was {{ 'higher' if up else 'lower' }}, or the series begins there

- kind: record_{{ high }}
  section: level
  from: compared
  sign: {{ sign }}
  when: comparison = '{{ highest }}_since' and months >= {{ var('record_months') }} and not is_too_few
  k: months
  says: "'{{ highest }} of ' || months || ' months' || coalesce(': {{ highest }} since ' || base_name, ': ' || reason)"
  because: a month {{ high }} of at least {{ var('record_months') }} months, within one definition

- kind: trend_{{ increasing }}
  section: trend
  from: charted
  sign: {{ sign }}
  when: rule_trend = {{ sign }}
  says: "'{{ increasing }} trend'"
  because: seven or more months in a row, each {{ 'higher' if up else 'lower' }} than the one before

- kind: signs_of_{{ increase }}
  section: trend
  from: charted
  sign: {{ sign }}
  when: trend_sign = {{ sign }}
  k: trend_n
  says: "'signs of {{ 'an ' if up else 'a ' }}{{ increasing }} trend (' || slope_text || '% a month)'"
  because: Mann-Kendall p below 0.05 over the last k months, and Sen's slope of at least {{ var('trend_slope_pct') }} % of their mean a month

- kind: long_term_{{ increase }}
  section: trend
  from: charted
  sign: {{ sign }}
  when: long_trend_sign = {{ sign }}
  k: long_trend_n
  z: long_z
  p: long_p
  slope_pct: long_slope_pct
  says: "'steady long-term {{ increase }} over ' || long_trend_n || ' months'"
  because: the same test over k months, of whose steps at least {{ (100 * var('long_trend_steps')) | int }} % go {{ 'up' if up else 'down' }}

- kind: continuing_{{ increase }}
  section: trend
  from: charted
  sign: {{ sign }}
  when: trend_sign = {{ sign }} and trend_sign_before = {{ sign }}
  k: trend_n
  says: "'continues to show {{ 'an ' if up else 'a ' }}{{ increasing }} trend'"
  because: signs of the same trend now and three months ago

- kind: {{ increase }}
  section: movement
  from: compared
  sign: {{ sign }}
  when: comparison = 'previous_period' and period_type = 'month' and change {{ over }} 0 and value_text <> base_text
  says: "'{{ 'up' if up else 'down' }} on ' || base_name || ' (' || change_inside_text || ')'"
  because: against the month before, as shown; whether it means something the chart says

{% for size in ['slight', 'moderate', 'significant'] %}
{% if size == 'slight' %}
{% set size_rule = 'abs(step_size) <= ' ~ var('slight_mr') ~ ' * mr_bar' %}
{% set because = 'no special cause, and a change of at most ' ~ var('slight_mr') ~ ' mean moving ranges on the month before' %}
{% elif size == 'moderate' %}
{% set size_rule = 'abs(step_size) > ' ~ var('moderate_mr') ~ ' * mr_bar' %}
{% set because = 'no special cause, and a change of more than ' ~ var('moderate_mr') ~ ' mean moving range on the month before' %}
{% else %}
{% set size_rule = 'is_newly_special' %}
{% set because = 'a special cause in the direction of the change that was not there in all of the three months before, or from beyond two sigma on one side to beyond two sigma on the other' %}
{% endif %}
{% set adverb = {'slight': 'slightly', 'moderate': 'moderately', 'significant': 'significantly'}[size] %}
{% for direction, verb in [('decrease', 'worsened' if up else 'improved'), ('increase', 'improved' if up else 'worsened'), ('neutral', none)] %}
- kind: {{ verb ~ '_' ~ adverb if verb else size ~ '_' ~ increase }}
  section: movement
  from: charted
  sign: {{ sign }}
  when: direction = '{{ direction }}' and step = {{ sign }} and value_text <> before_text and {{ 'not is_newly_special and special_cause_sign <> ' ~ sign ~ ' and ' if size != 'significant' }}{{ size_rule }}
  base_period_end: month_before
  base_value: value_before
  change: value - value_before
  limit_value: mr_bar
  says: "'{{ verb ~ ' ' ~ adverb if verb else size ~ ' ' ~ increase }} on ' || strftime(month_before, '%b-%y') || ' (' || before_text || ')'"
  because: {{ because }}

{% endfor %}
{% endfor %}
- kind: {{ rising }}
  section: movement
  from: charted
  any_chart: true
  sign: {{ sign }}
  when: (step = {{ sign }} and step_k >= {{ var('run_months') }}) and not (is_too_few)
  k: step_k
  says: "'{{ rising }} for ' || step_k || ' months' || case when special_cause_sign = 0 then ' (common cause)' else '' end"
  because: each of the last k months is {{ 'higher' if up else 'lower' }} than the one before; common cause where no rule of the chart holds

- kind: yoy_{{ increase }}
  section: year
  from: compared
  sign: {{ sign }}
  when: comparison = 'yoy' and change {{ over }} 0 and value_text <> base_text
  says: "change_text || ' year on year' || per_month_text || significance_text"
  because: against the same period a year before

- kind: quarter_{{ increase }}
  section: movement
  from: compared
  sign: {{ sign }}
  when: comparison = 'previous_period' and period_type = 'quarter' and change {{ over }} 0 and value_text <> base_text
  says: "change_text || ' on the quarter before' || significance_text"
  because: against the quarter before

- kind: significant_{{ increase }}
  section: year
  from: yearly
  sign: {{ sign }}
  when: z * {{ sign }} > {{ var('significance_z') }} and ({{ sign }} in (rule_shift, rule_trend))
  says: "'significant {{ 'upward' if up else 'downward' }} trend (' || change_inside_text || ' year on year)'"
  because: R12m against the R12m a year before tests as significant, and the monthly chart shows a shift or a trend the same way

- kind: {{ above }}_baseline_2019
  section: baseline
  from: compared
  sign: {{ sign }}
  when: comparison = 'baseline_2019' and z * {{ sign }} > {{ var('significance_z') }} and relative_pct * {{ sign }} > {{ var('baseline_band_pct') }}
  says: "'{{ above }} the 2019 baseline (' || change_inside_text || ')' || per_month_text"
  because: more than {{ var('baseline_band_pct') }} % {{ above }} calendar 2019, and the test is significant

{% endfor %}
- kind: steady
  section: trend
  from: charted
  sign: 0
  when: any_signal_last_6 = 0 and p >= 0.05 and limits_status in ('provisional', 'established')
  says: "'steady trend'"
  because: no rule of the chart in the last six months, and no trend (Mann-Kendall p of 0.05 or more)

- kind: not_normal
  section: trend
  from: charted
  sign: 0
  when: any_signal_last_6 = 1 or limits_status in ('none', 'trial')
  says: "'has not reached a normal level'"
  because: a rule of the chart in the last six months, or too few months for established limits

- kind: similar_to_previous
  section: movement
  from: charted
  sign: 0
  when: special_cause_sign = 0 and abs(value - mean_before) <= mr_bar
  base_value: mean_before
  change: value - mean_before
  limit_value: mr_bar
  says: "'similar to the three months before'"
  because: within one mean moving range of the mean of the three months before

- kind: too_few_to_judge
  section: data
  from: charted
  any_chart: true
  sign: 0
  when: is_too_few
  says: "'too few to judge by months'"
  because: events so rare, or so few in a month to take a share or an average of, that a monthly chart says nothing

- kind: outside_sla
  section: target
  from: charted
  any_chart: true
  sign: -2
  when: not is_target_met
  limit_value: target
  says: "'outside the ' || target_name || ' of ' || target_text"
  because: the value is worse than the target in force

- kind: comfortably_within_sla
  section: target
  from: charted
  any_chart: true
  sign: 2
  when: is_target_met and (assurance = 'pass' or (assurance is null and direction = 'decrease' and value <= {{ var('comfortable_share') }} * target))
  limit_value: target
  says: "'comfortably within the ' || target_name || ' of ' || target_text"
  because: the control limits lie wholly within the target; without limits, at most {{ (100 * var('comfortable_share')) | int }} % of it

- kind: within_sla
  section: target
  from: charted
  any_chart: true
  sign: 2
  when: is_target_met
  limit_value: target
  says: "'within the ' || target_name || ' of ' || target_text"
  because: the value meets the target in force

- kind: stable
  section: year
  from: compared
  sign: 0
  when: comparison = 'yoy' and is_headline and is_comparable and (abs(band_pct) <= {{ var('stable_band_pct') }} or not is_significant)
  says: "'stable year on year (' || change_inside_text || case when not is_significant then ', not significant)' else ')' end"
  because: a change of at most {{ var('stable_band_pct') }} % on the year before (volumes and durations), or none that tests as significant

- kind: unchanged
  section: year
  from: compared
  sign: 0
  when: comparison = 'yoy' and is_comparable and value_text = base_text
  says: "'unchanged on ' || base_name"
  because: as shown, the same as a year before

- kind: not_comparable
  section: year
  from: compared
  sign: 0
  when: comparison = 'yoy' and is_headline and not is_comparable
  says: "'cannot be compared year on year: ' || reason"
  because: measures.measure_comparisons gives the reason

- kind: notable_increase
  section: year
  from: compared
  sign: 1
  when: comparison = 'yoy' and significance_test = 'poisson' and z > {{ var('significance_z') }} and change_pct > {{ var('notable_pct') }}
  says: "'notable increase (' || change_inside_text || ' year on year)'"
  because: more than {{ var('notable_pct') }} % on the year before, and the counts test as different

{% for improving in [true, false] %}
- kind: significant_{{ 'improvement' if improving else 'worsening' }}_12m
  section: year
  from: yearly
  sign: {{ 2 if improving else -2 }}
  when: direction <> 'neutral' and z * case direction when 'increase' then 1 else -1 end {{ '> ' ~ var('significance_z') if improving else '< -' ~ var('significance_z') }}
  says: "'significant {{ 'improvement' if improving else 'worsening' }} in the past 12 months (' || change_inside_text || ')'"
  because: R12m against the R12m a year before tests as significant

{% endfor %}
- kind: not_back_to_2019
  section: baseline
  from: yearly
  sign: 0
  when: >-
    direction <> 'neutral' and z * case direction when 'increase' then 1 else -1 end > {{ var('significance_z') }}
    and baseline_z * case direction when 'increase' then 1 else -1 end < -{{ var('significance_z') }}
  base_period_end: baseline_period_end
  base_value: baseline_value
  change: baseline_change
  change_pct: baseline_change_pct
  change_per_month: "cast(null as double)"
  z: baseline_z
  p: baseline_p
  says: "'improving, but not back to 2019 (' || baseline_change_text || ')'"
  because: significantly better than a year ago, and still significantly worse than calendar 2019

- kind: above_baseline_2019_in_every_segment
  section: baseline
  from: every_segment
  sign: 1
  when: segments > 0
  k: segments
  says: "'above the 2019 baseline in every one of ' || segments || ' segments'"
  because: the rule of above_baseline_2019 holds in each segment

- kind: elevated
  section: baseline
  from: elevations
  sign: 1
  when: k >= {{ var('elevated_months') }}
  says: "'elevated: above the 2019 baseline for ' || k || ' R12m values in a row'"
  because: at least {{ var('elevated_months') }} R12m values in a row above calendar 2019

- kind: disproportionate
  section: year
  from: parts
  sign: 0
  when: share_pct >= {{ var('disproportionate_ratio') }} * base_share_pct and share_pct >= {{ 100 * var('disproportionate_share') }}
  says: "'disproportionate: ' || share_text || '% of the year on year change in ' || whole_title || ', of which it was ' || base_share_text || '%'"
  because: its share in the change is at least {{ var('disproportionate_ratio') }} times its share a year before, and at least {{ (100 * var('disproportionate_share')) | int }} %; where parts are counted in other units than the whole, an upper bound

{% for comparator, title in elsewhere_titles().items() %}
{% for up in [true, false] %}
{% set sign, above, high, significantly, more = (1, 'above', 'high', 'significantly higher', 'higher') if up else (-1, 'below', 'low', 'significantly lower', 'lower') %}
- kind: significantly_{{ above }}_{{ comparator }}
  section: elsewhere
  from: compared
  sign: {{ sign }}
  when: comparison = 'vs_{{ comparator }}' and state in ('{{ significantly }}', 'alarm {{ high }}')
  says: "'significantly {{ above }} {{ title }} (' || base_text || ')'"
  because: by the margins of both |z| is over {{ var('significance_z') }}, or the value lies outside the 99.8 % limits of the funnel about {{ title }}

- kind: {{ above }}_{{ comparator }}
  section: elsewhere
  from: compared
  sign: {{ sign }}
  when: comparison = 'vs_{{ comparator }}' and state in ('alert {{ high }}', '{{ more }}, not tested')
  says: "'{{ above }} {{ title }} (' || base_text || case when significance_test = 'funnel' then ', outside the 95% limits)' else ', not tested)' end"
  because: outside the 95 % limits of the funnel about {{ title }}, but not the 99.8 % ones; or nothing is published to test it by

{% endfor %}
- kind: in_line_with_{{ comparator }}
  section: elsewhere
  from: compared
  sign: 0
  when: comparison = 'vs_{{ comparator }}' and state in ('within expected range', 'higher, not significant', 'lower, not significant', 'the same')
  says: "'in line with {{ title }} (' || base_text || ')'"
  because: within the 95 % limits of the funnel about {{ title }}, or no significant difference by the margins of both

{% endfor %}
- kind: middle_of_tri_force
  section: elsewhere
  from: compared
  sign: 0
  when: comparison = 'vs_tri_force' and rank_of = 3 and rank = 2 and is_rank_distinct
  says: "'sits in the middle of the three forces'"
  because: second of three, and no 95 % interval meets another

- kind: places_not_distinguishable
  section: elsewhere
  from: compared
  sign: 0
  when: comparison = 'vs_tri_force' and not is_rank_distinct
  says: "'its place among the three forces is not distinguishable'"
  because: its 95 % interval meets that of another force of the set

- kind: mean_inflated
  section: data
  from: means
  sign: 0
  when: ratio >= {{ var('inflated_ratio') }} or share_pct >= {{ var('inflated_over_10h_pct') }}
  says: "'inflated by long ones: ' || ratio_text || ' times the median of ' || base_text || coalesce(', ' || share_text || '% over 10 hours', '')"
  because: mean over median of at least {{ var('inflated_ratio') }}, or at least {{ var('inflated_over_10h_pct') }} % of logs over 10 hours; the median is the one to quote
{%- endset -%}
{{ return(fromyaml(yaml)) }}
{% endmacro %}


{# Other places of which findings speak: the end of the comparison vs_…, and how a sentence names it. #}
{% macro elsewhere_titles() %}
    {{ return({'england_wales': 'England and Wales', 'national': 'the national average', 'msg': 'the most similar group', 'tri_force': 'the three forces together'}) }}
{% endmacro %}


{# Sections of a card in their order. #}
{% macro finding_sections() %}
    {{ return(['level', 'trend', 'movement', 'target', 'year', 'baseline', 'elsewhere', 'data']) }}
{% endmacro %}


{# The numbers of a finding with their types; a rule gives any of them. #}
{% macro finding_numbers() %}
{{ return({
    'k': 'integer', 'k_of': 'integer', 'base_period_end': 'date', 'base_value': 'double', 'change': 'double', 'change_pct': 'double',
    'change_per_month': 'double', 'limit_value': 'double', 'z': 'double', 'p': 'double', 'slope_pct': 'double', 'share_pct': 'double',
    'base_share_pct': 'double', 'ratio': 'double',
}) }}
{% endmacro %}


{# The numbers that each relation of measure_findings.sql brings along. #}
{% macro finding_relations() %}
{%- set comparison = ['base_period_end', 'base_value', 'change', 'change_pct', 'change_per_month', 'z', 'p'] -%}
{{ return({
    'charted': ['z', 'p', 'slope_pct'],
    'compared': comparison,
    'yearly': comparison,
    'every_segment': [],
    'elevations': comparison + ['k'],
    'parts': comparison + ['share_pct', 'base_share_pct'],
    'means': ['base_value', 'share_pct', 'ratio'],
}) }}
{% endmacro %}


{# A period as a sentence names it: Jul-23, R12m to Jul-23, quarter to Jun-23, 2022, 2 Aug 2023. #}
{% macro finding_period_name(period_type, period_end) -%}
    case {{ period_type }}
        when 'month' then strftime({{ period_end }}, '%b-%y')
        when 'r12m' then 'R12m to ' || strftime({{ period_end }}, '%b-%y')
        when 'quarter' then 'quarter to ' || strftime({{ period_end }}, '%b-%y')
        when 'year' then strftime({{ period_end }}, '%Y')
        else strftime({{ period_end }}, '%-d %b %Y')
    end
{%- endmacro %}
