{#
  The measure catalogue: every measure is defined once, in the file of its domain beside this one, and nowhere else.
  SQL, core.dim_measure, comparisons and scorecards all come from it. A new domain is one more line here.

  An entry:
    id, title, definition   the id follows the grammar of the printed report's measures; the definition is one plain sentence
    statistic               count | share | mean | median | p90 | rate | share_of_total   (macros/measures/statistics.sql)
    fact                    where its rows stand (macros/catalogue/_facts.sql)
    population, where       which rows, in words and as a condition on the fact's columns; excluded rows are out already
    of                      mean, median, p90: the column; rows without it are not counted
    numerator               share: the condition that a row of the population meets
                            rate: {fact, where} or {measure: id}, the top; `denominator` likewise, the bottom
    threshold               share: steps [{value, from}], put where the numerator says {threshold}; without `from`, always
    segment_by              a column of the fact: one more row for each of its values
    direction               which way is better: increase | decrease | neutral
    headline_period         month | r12m | quarter | year: the period whose value stands on a card (default month)
    yoy_basis               month | r12m: the period whose change is the headline (default month for seconds, r12m otherwise)
    targets                 [{value, type: SLA|statutory|ambition, from, area}]; without from, always; without area, everywhere
    sla_grade               takes the dated response standards of seed `sla` for that grade as targets
    seasonal, sensitive     true | false (default false)
    basis                   force | BT | open data: whose clock or count it is
    unit, owner             default from the statistic and from the domain
#}
{% macro catalogue_domains() %}
{{ return([
    catalogue_contact(),
    catalogue_bt(),
    catalogue_response(),
    catalogue_crime(),
    catalogue_outcomes(),
    catalogue_local(),
]) }}
{% endmacro %}
