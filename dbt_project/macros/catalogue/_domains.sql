{#
  The measure catalogue: every measure is defined once, in the file of its domain beside this one, and nowhere else.
  SQL, core.dim_measure, comparisons and scorecards all come from it. A new domain is one more line here.

  An entry:
    id, title, definition   the id follows the grammar of the printed report's measures; the definition is one plain sentence
    statistic               see macros/measures/statistics.sql, and below
    fact                    where its rows stand (macros/catalogue/_facts.sql)
    population, where       which rows, in words and as a condition on the fact's columns; excluded rows are out already
    exclusions              what else is left out, in words
    of                      sum, mean, median, p90: the column; rows without it are not counted
    numerator               share, cohort_rate: the condition that a row of the population meets
                            rate, ratio: {fact, where}, {fact, sum: column, where} or {measure: id}, the top; `denominator` likewise, the bottom
    threshold               share: steps [{value, from}], put where the numerator says {threshold}; without `from`, always
    segment_by              a column of the fact (of both sides, for a rate or ratio): one more row for each of its values
    levels                  only these of the fact's levels of area, for one with very many segments
    direction               which way is better: increase | decrease | neutral
    headline_period         month | r12m | quarter | year | snapshot: the period whose value stands on a card (default month)
    yoy_basis               the period whose change is the headline (default month for seconds, r12m otherwise)
    targets                 [{value, type: SLA|statutory|ambition, from, area}]; without from, always; without area, everywhere
    sla_grade               takes the dated response standards of seed `sla` for that grade as targets
    seasonal, sensitive     true | false (default false)
    frameworks              [OPCC, CSP, WCJB]: whose business it is
    plan_priority, themes   number of the plan priority; themes that run across domains
    lag_months              months until a figure is to be had (default 0)
    basis                   force | BT | open data: whose clock or count it is
    unit, owner             default from the statistic and from the domain
  A domain may give owner, basis, frameworks, plan_priority, themes, sensitive, lag_months, headline_period and exclusions for all its entries.

  Beside counts, shares, rates and means:
    population_rate   numerator {measure: id of a count or sum}, per 1000 | 10000 | 100000 residents in the middle of the period (seed populations);
                      areas without a population have none; segments are those of the measure counted
    cohort_rate       share of the crimes recorded in the period with that outcome to date, on fct_crimes; it still grows while outcomes come in
    snapshot          distinct `of` (an expression) on each dated snapshot of the fact, whose local_date is the day it speaks of; never summed
    snapshot_sum      the column `of`, added up over the rows of each dated snapshot; never summed over dates
    returned          as a partner returned it (fct_measure_returns, by the entry's id): needs unit and rolls_up: sum | ratio | none, which says
                      whether whole months (or quarters) make quarters, years and r12m by adding values, or numerators and denominators.
                      `not_collected: reason` for one that nobody returns yet
    estimate          a survey's estimate (fct_survey_estimates): `where` finds its rows, `of` and `margin` are the columns; one row an area and quarter
#}
{% macro catalogue_domains() %}
{{ return([
    catalogue_contact(),
    catalogue_bt(),
    catalogue_response(),
    catalogue_crime(),
    catalogue_violence(),
    catalogue_neighbourhood(),
    catalogue_outcomes(),
    catalogue_arrests(),
    catalogue_local(),
    catalogue_suspects(),
    catalogue_protection(),
    catalogue_roads(),
    catalogue_operations(),
    catalogue_survey(),
    catalogue_delivery(),
    catalogue_justice(),
    catalogue_partnership(),
    catalogue_workforce(),
    catalogue_national(),
    catalogue_gaps(),
]) }}
{% endmacro %}
