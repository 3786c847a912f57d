{# Reads the measure catalogue (macros/catalogue) once a model, checks every entry, and works out what each measure is summed from. #}

{#
  The whole catalogue: {measures, components, populations, facts}.
    measures     one dict an entry, defaults filled in; `numerator_id`, `denominator_id` name components, `population_id` a population;
                 snapshots and estimates carry `fact`, `of`, `where` (and `margin`) themselves
    components   {id, fact, sql, segment_by}: monthly sums; two measures that count the same thing share one
    populations  {id, fact, where, of}: rows that quantiles are taken from, shared likewise
#}
{% macro catalogue() %}
    {%- set read = {'facts': fromyaml(catalogue_facts()), 'statistics': statistics(), 'units': units(), 'measures': [], 'by_id': {}, 'components': {}, 'populations': {}} -%}
    {%- set only_measures = var('only_measures', none) -%}
    {%- for text in catalogue_domains() -%}
        {%- set domain = fromyaml(text) -%}
        {%- if not domain or not domain.measures -%}
            {%- do exceptions.raise_compiler_error(
                "measure catalogue: domain number " ~ loop.index ~ " of macros/catalogue/_domains.sql is not readable YAML with a list `measures`; it begins: "
                ~ text[:120]) -%}
        {%- endif -%}
        {%- for entry in domain.measures if only_measures is none or entry.id in only_measures -%}
            {%- do read_measure(entry, domain, read) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return({
        'measures': read.measures,
        'components': read.components.values() | list,
        'populations': read.populations.values() | list,
        'facts': read.facts,
    }) }}
{% endmacro %}


{# Adds one entry to `read`: checked, defaults filled in, its components found or added. #}
{% macro read_measure(entry, domain, read) %}
    {%- do check_measure(entry, domain, read) -%}
    {%- set statistic = read.statistics[entry.statistic] -%}
    {%- set unit = entry.unit or statistic.unit or per_units()[entry.per] -%}
    {%- set where = entry.where or 'true' -%}
    {%- set fact = entry.fact or statistic.fact -%}
    {%- set rolls_up = entry.rolls_up in ['sum', 'ratio'] -%}
    {%- set default_period = {'snapshots': 'snapshot', 'estimates': 'quarter'}.get(statistic.made_of, 'month') -%}
    {%- set headline_period = entry.headline_period or domain.headline_period or default_period -%}
    {%- if statistic.made_of == 'returns' and not rolls_up -%}
        {%- set default_basis = headline_period -%}
    {%- else -%}
        {%- set default_basis = statistic.yoy_basis or ('month' if unit == 'seconds' else 'r12m') -%}
    {%- endif -%}
    {%- set measure = {
        'id': entry.id,
        'domain': domain.domain,
        'title': entry.title,
        'definition': entry.definition,
        'population': entry.population,
        'exclusions': entry.exclusions or domain.exclusions or none,
        'statistic': entry.statistic,
        'made_of': statistic.made_of,
        'scale': 1 if entry.statistic in ['count', 'sum'] else read.units[unit],
        'unit': unit,
        'direction': entry.direction,
        'headline_period': headline_period,
        'yoy_basis': entry.yoy_basis or default_basis,
        'segment_by': entry.segment_by or none,
        'seasonal': entry.seasonal or false,
        'sensitive': entry.sensitive if entry.sensitive is defined else (domain.sensitive or false),
        'basis': entry.basis or domain.basis,
        'owner': entry.owner or domain.owner,
        'frameworks': entry.frameworks or domain.frameworks or [],
        'plan_priority': entry.plan_priority or domain.plan_priority or none,
        'themes': entry.themes or domain.themes or [],
        'lag_months': entry.lag_months if entry.lag_months is defined else (domain.lag_months or 0),
        'rolls_up': entry.rolls_up or none,
        'not_collected': entry.not_collected or none,
        'targets': entry.targets or [],
        'sla_grade': entry.sla_grade or none,
        'numerator_id': none, 'denominator_id': none, 'population_id': none,
        'numerator': none, 'denominator': none,
        'fact': fact, 'of': entry.of or none, 'where': where, 'margin': entry.margin or none,
    } -%}

    {%- if entry.statistic == 'count' -%}
        {%- set top = add_component(entry.id, entry.fact, 'count(*)', where, entry.segment_by, read) -%}
        {%- do measure.update({'numerator_id': top.id, 'numerator': top.words, 'facts': [entry.fact]}) -%}

    {%- elif entry.statistic == 'sum' -%}
        {%- set top = add_component(entry.id, entry.fact, 'sum(' ~ entry.of ~ ')', where, entry.segment_by, read) -%}
        {%- do measure.update({'numerator_id': top.id, 'numerator': top.words, 'facts': [entry.fact]}) -%}

    {%- elif entry.statistic in ['share', 'cohort_rate'] -%}
        {%- set condition = entry.numerator -%}
        {%- if entry.threshold -%}
            {%- set condition = condition | replace('{threshold}', threshold_sql(entry.threshold) | string) -%}
        {%- endif -%}
        {%- set top = add_component(entry.id ~ '.numerator', entry.fact, 'count(*)', both(where, condition), entry.segment_by, read) -%}
        {%- set bottom = add_component(entry.id ~ '.denominator', entry.fact, 'count(*)', where, entry.segment_by, read) -%}
        {%- do measure.update({'numerator_id': top.id, 'denominator_id': bottom.id, 'numerator': top.words, 'denominator': bottom.words,
            'facts': [entry.fact]}) -%}

    {%- elif entry.statistic == 'share_of_total' -%}
        {%- set top = add_component(entry.id ~ '.numerator', entry.fact, 'count(*)', where, entry.segment_by, read) -%}
        {%- do measure.update({'numerator_id': top.id, 'denominator_id': top.id, 'facts': [entry.fact],
            'numerator': top.words ~ ', the segment', 'denominator': top.words ~ ', all segments'}) -%}

    {%- elif entry.statistic == 'population_rate' -%}
        {%- set counted = read.by_id[entry.numerator.measure] -%}
        {%- do measure.update({'numerator_id': counted.numerator_id, 'numerator': counted.numerator, 'facts': counted.facts,
            'segment_by': counted.segment_by, 'denominator': 'residents of the area in the middle of the period (seed populations)'}) -%}

    {%- elif entry.statistic in ['rate', 'ratio'] -%}
        {%- set top = add_side(entry.id ~ '.numerator', entry.numerator, entry.segment_by, read) -%}
        {%- set bottom = add_side(entry.id ~ '.denominator', entry.denominator, entry.segment_by, read) -%}
        {%- do measure.update({'numerator_id': top.id, 'denominator_id': bottom.id, 'numerator': top.words, 'denominator': bottom.words,
            'facts': [top.fact, bottom.fact]}) -%}

    {%- elif entry.statistic == 'mean' -%}
        {%- set top = add_component(entry.id ~ '.numerator', entry.fact, 'sum(' ~ entry.of ~ ')', where, entry.segment_by, read) -%}
        {%- set bottom = add_component(entry.id ~ '.denominator', entry.fact, 'count(' ~ entry.of ~ ')', where, entry.segment_by, read) -%}
        {%- do measure.update({'numerator_id': top.id, 'denominator_id': bottom.id, 'numerator': top.words, 'denominator': bottom.words,
            'facts': [entry.fact]}) -%}

    {%- elif statistic.made_of == 'snapshots' -%}
        {%- set aggregate = 'sum(' if entry.statistic == 'snapshot_sum' else 'count(distinct ' -%}
        {%- do measure.update({'facts': [fact], 'numerator': aggregate ~ entry.of ~ ') of ' ~ fact ~ ('' if where == 'true' else ' where ' ~ where)}) -%}

    {%- elif statistic.made_of == 'returns' -%}
        {%- do measure.update({'facts': [fact], 'numerator': 'as returned'}) -%}

    {%- elif statistic.made_of == 'estimates' -%}
        {%- do measure.update({'facts': [fact], 'numerator': entry.of ~ ' of ' ~ fact ~ ' where ' ~ where}) -%}

    {%- else -%}
        {%- set key = [entry.fact, entry.of, where] | join(' | ') -%}
        {%- if key not in read.populations -%}
            {%- do read.populations.update({key: {'id': entry.id, 'fact': entry.fact, 'where': where, 'of': entry.of}}) -%}
        {%- endif -%}
        {%- do measure.update({'population_id': read.populations[key].id, 'facts': [entry.fact],
            'numerator': entry.statistic ~ ' of ' ~ entry.of ~ ' of ' ~ entry.fact ~ ' where ' ~ where,
            'denominator': 'count(' ~ entry.of ~ ') of ' ~ entry.fact ~ ' where ' ~ where}) -%}
    {%- endif -%}

    {#- The feeds of both sides, each once, and the levels of area that both sides know. -#}
    {%- set feeds = [] -%}
    {%- for fact in measure.facts -%}
        {%- for feed in read.facts[fact].feeds if feed not in feeds -%}
            {%- do feeds.append(feed) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- for feed in statistic.feeds or [] if feed not in feeds -%}
        {%- do feeds.append(feed) -%}
    {%- endfor -%}
    {%- set levels = [] -%}
    {%- for level in read.facts[measure.facts[0]].levels
        if level in read.facts[measure.facts[-1]].levels and (not entry.levels or level in entry.levels) -%}
        {%- do levels.append(level) -%}
    {%- endfor -%}
    {%- do measure.update({'feeds': feeds, 'levels': levels}) -%}
    {%- do read.measures.append(measure) -%}
    {%- do read.by_id.update({measure.id: measure}) -%}
{% endmacro %}


{# The component with this sum, added under `id` if no measure has asked for it yet. #}
{% macro add_component(id, fact, aggregate, where, segment_by, read) %}
    {%- set key = [fact, aggregate, where, segment_by or ''] | join(' | ') -%}
    {%- if key not in read.components -%}
        {%- do read.components.update({key: {
            'id': id, 'fact': fact, 'segment_by': segment_by or none,
            'sql': aggregate ~ ('' if where == 'true' else ' filter (where ' ~ where ~ ')'),
            'words': aggregate ~ ' of ' ~ fact ~ ('' if where == 'true' else ' where ' ~ where),
        }}) -%}
    {%- endif -%}
    {{ return(read.components[key]) }}
{% endmacro %}


{# One side of a rate: {fact, where}, {fact, sum, where}, or {measure: id} for what another summed measure counts (by the same segments). #}
{% macro add_side(id, side, segment_by, read) %}
    {%- if side.measure -%}
        {%- set wanted = read.by_id[side.measure].numerator_id -%}
        {{ return(read.components.values() | selectattr('id', 'equalto', wanted) | first) }}
    {%- endif -%}
    {{ return(add_component(id, side.fact, 'sum(' ~ side['sum'] ~ ')' if side['sum'] else 'count(*)', side.where or 'true', segment_by, read)) }}
{% endmacro %}


{# The unit of a rate per so many residents. #}
{% macro per_units() %}
    {{ return({1000: 'per_1k', 10000: 'per_10k', 100000: 'per_100k'}) }}
{% endmacro %}


{# Both conditions; an `or` is bracketed, so that it stays together. #}
{% macro both(first, second) %}
    {%- set parts = [] -%}
    {%- for part in [first, second] if part != 'true' -%}
        {%- do parts.append('(' ~ part ~ ')' if ' or ' in part else part) -%}
    {%- endfor -%}
    {{ return(parts | join(' and ')) }}
{% endmacro %}


{# The threshold in force on the row's local date. A step without `from` holds from the beginning; before the first step there is none. #}
{% macro threshold_sql(steps) %}
    {%- set first = steps | rejectattr('from') | map(attribute='value') | first -%}
    {%- set whens = [] -%}
    {%- for step in steps | selectattr('from') | sort(attribute='from', reverse=true) -%}
        {%- do whens.append(" when local_date >= date '" ~ step['from'] ~ "' then " ~ step.value) -%}
    {%- endfor -%}
    {%- if not whens -%}
        {{ return(first) }}
    {%- endif -%}
    {{ return('(case' ~ whens | join ~ (' else ' ~ first if first is defined else '') ~ ' end)') }}
{% endmacro %}


{# Raises a compiler error that names the entry and says what is wrong and what would be right. #}
{% macro check_measure(entry, domain, read) %}
    {%- set place = "measure catalogue, domain " ~ domain.domain ~ ", measure " ~ (entry.id or "'" ~ entry.title ~ "'") ~ ": " -%}
    {%- set known = ['id', 'title', 'definition', 'statistic', 'fact', 'population', 'where', 'of', 'numerator', 'denominator', 'threshold',
        'segment_by', 'direction', 'headline_period', 'yoy_basis', 'targets', 'sla_grade', 'seasonal', 'sensitive', 'basis', 'unit', 'owner',
        'per', 'rolls_up', 'margin', 'not_collected', 'exclusions', 'frameworks', 'plan_priority', 'themes', 'lag_months', 'levels'] -%}
    {%- set wrong = [] -%}

    {%- for field in entry if field not in known -%}
        {%- do wrong.append("field `" ~ field ~ "` is not one of " ~ known | join(', ')) -%}
    {%- endfor -%}
    {%- for field in ['id', 'title', 'definition', 'population', 'statistic', 'direction'] if not entry[field] -%}
        {%- do wrong.append("`" ~ field ~ "` is missing") -%}
    {%- endfor -%}
    {%- if entry.id and not modules.re.match('^[a-z][a-z0-9_]*$', entry.id) -%}
        {%- do wrong.append("the id may only hold lower-case letters, digits and underscores") -%}
    {%- endif -%}
    {%- if entry.id in read.by_id -%}
        {%- do wrong.append("the id stands twice in the catalogue") -%}
    {%- endif -%}
    {%- if entry.statistic and entry.statistic not in read.statistics -%}
        {%- do wrong.append("statistic `" ~ entry.statistic ~ "` is not one of " ~ read.statistics.keys() | join(', ')) -%}
    {%- elif entry.statistic -%}
        {%- for field in read.statistics[entry.statistic].needs if not entry[field] -%}
            {%- do wrong.append("statistic `" ~ entry.statistic ~ "` needs `" ~ field ~ "`") -%}
        {%- endfor -%}
    {%- endif -%}

    {#- Both sides of a rate are checked like the fact of any other statistic. -#}
    {%- set own_fact = entry.fact or read.statistics.get(entry.statistic, {}).fact -%}
    {%- set facts = [own_fact] if own_fact else [] -%}
    {%- for side in [entry.numerator, entry.denominator] if side is mapping -%}
        {%- if side.measure -%}
            {%- if side.measure not in read.by_id or not read.by_id[side.measure].numerator_id -%}
                {%- do wrong.append("`{measure: " ~ side.measure ~ "}` must name a summed measure that stands before this one") -%}
            {%- endif -%}
        {%- else -%}
            {%- do facts.append(side.fact) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- for fact in facts if fact not in read.facts -%}
        {%- do wrong.append("fact `" ~ fact ~ "` is not one of " ~ read.facts.keys() | join(', ')) -%}
    {%- endfor -%}
    {%- if entry.statistic in ['rate', 'ratio'] and (entry.numerator is not mapping or entry.denominator is not mapping) -%}
        {%- do wrong.append("both sides of a " ~ entry.statistic ~ " are {fact, where}, {fact, sum, where} or {measure: id}") -%}
    {%- endif -%}
    {%- if entry.statistic == 'population_rate' and (entry.numerator is not mapping or not entry.numerator.measure) -%}
        {%- do wrong.append("the numerator of a population_rate is {measure: id}") -%}
    {%- endif -%}
    {%- if entry.statistic == 'population_rate' and entry.per not in per_units() -%}
        {%- do wrong.append("`per: " ~ entry.per ~ "` is not one of " ~ per_units().keys() | join(', ')) -%}
    {%- endif -%}
    {%- if entry.statistic in ['share', 'cohort_rate'] and entry.numerator is mapping -%}
        {%- do wrong.append("the numerator of a " ~ entry.statistic ~ " is a condition, such as is_abandoned") -%}
    {%- endif -%}
    {%- if entry.not_collected and entry.statistic != 'returned' -%}
        {%- do wrong.append("only a returned measure can be `not_collected`; its first return makes it collected") -%}
    {%- endif -%}
    {%- if entry.statistic == 'share' and ('{threshold}' in entry.numerator | string) != (entry.threshold is defined) -%}
        {%- do wrong.append("`threshold` and `{threshold}` in the numerator go together") -%}
    {%- endif -%}
    {%- for side in [entry.numerator, entry.denominator]
        if side is mapping and side.measure in read.by_id and entry.statistic in ['rate', 'ratio'] and entry.segment_by
        and read.by_id[side.measure].segment_by != entry.segment_by -%}
        {%- do wrong.append("`{measure: " ~ side.measure ~ "}` has other segments than `" ~ entry.segment_by ~ "`") -%}
    {%- endfor -%}
    {%- for level in entry.levels or [] if level not in ['force', 'district', 'cpt'] -%}
        {%- do wrong.append("level `" ~ level ~ "` is not one of force, district, cpt") -%}
    {%- endfor -%}
    {%- if entry.segment_by and entry.statistic in ['median', 'p90', 'estimate'] -%}
        {%- do wrong.append("statistic `" ~ entry.statistic ~ "` has no segments") -%}
    {%- elif entry.segment_by and entry.statistic in ['population_rate', 'returned'] -%}
        {%- do wrong.append("statistic `" ~ entry.statistic ~ "` has the segments of its rows; leave `segment_by` out") -%}
    {%- endif -%}

    {%- for field, allowed in [
        ('direction', ['increase', 'decrease', 'neutral']),
        ('headline_period', ['month', 'r12m', 'quarter', 'year', 'snapshot']),
        ('yoy_basis', ['month', 'r12m', 'quarter', 'year', 'snapshot']),
        ('rolls_up', ['sum', 'ratio', 'none']),
        ('unit', read.units | list),
    ] if entry[field] and entry[field] not in allowed -%}
        {%- do wrong.append("`" ~ field ~ ": " ~ entry[field] ~ "` is not one of " ~ allowed | join(', ')) -%}
    {%- endfor -%}
    {%- for framework in entry.frameworks or [] if framework not in ['OPCC', 'CSP', 'WCJB'] -%}
        {%- do wrong.append("framework `" ~ framework ~ "` is not one of OPCC, CSP, WCJB") -%}
    {%- endfor -%}
    {%- for target in entry.targets or [] if target.value is not number or target.type not in ['SLA', 'statutory', 'ambition'] -%}
        {%- do wrong.append("a target needs value (a number) and type (SLA, statutory or ambition)") -%}
    {%- endfor -%}

    {%- if wrong -%}
        {%- do exceptions.raise_compiler_error(place ~ wrong | join('; ')) -%}
    {%- endif -%}
{% endmacro %}
