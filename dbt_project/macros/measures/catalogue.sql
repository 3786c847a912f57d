{# Reads the measure catalogue (macros/catalogue) once a model, checks every entry, and works out what each measure is summed from. #}

{#
  The whole catalogue: {measures, components, populations, facts}.
    measures     one dict an entry, defaults filled in; `numerator_id`, `denominator_id` name components, `population_id` a population
    components   {id, fact, sql, segment_by}: monthly sums; two measures that count the same thing share one
    populations  {id, fact, where, of}: rows that quantiles are taken from, shared likewise
#}
{% macro catalogue() %}
    {%- set read = {'facts': fromyaml(catalogue_facts()), 'statistics': statistics(), 'measures': [], 'by_id': {}, 'components': {}, 'populations': {}} -%}
    {%- for text in catalogue_domains() -%}
        {%- set domain = fromyaml(text) -%}
        {%- if not domain or not domain.measures -%}
            {%- do exceptions.raise_compiler_error(
                "measure catalogue: domain number " ~ loop.index ~ " of macros/catalogue/_domains.sql is not readable YAML with a list `measures`; it begins: "
                ~ text[:120]) -%}
        {%- endif -%}
        {%- for entry in domain.measures -%}
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
    {%- set unit = entry.unit or statistic.unit -%}
    {%- set where = entry.where or 'true' -%}
    {%- set measure = {
        'id': entry.id,
        'domain': domain.domain,
        'title': entry.title,
        'definition': entry.definition,
        'population': entry.population,
        'statistic': entry.statistic,
        'scale': statistic.scale,
        'unit': unit,
        'direction': entry.direction,
        'headline_period': entry.headline_period or 'month',
        'yoy_basis': entry.yoy_basis or ('month' if unit == 'seconds' else 'r12m'),
        'segment_by': entry.segment_by or none,
        'seasonal': entry.seasonal or false,
        'sensitive': entry.sensitive or false,
        'basis': entry.basis or domain.basis,
        'owner': entry.owner or domain.owner,
        'targets': entry.targets or [],
        'sla_grade': entry.sla_grade or none,
        'numerator_id': none, 'denominator_id': none, 'population_id': none,
        'numerator': none, 'denominator': none,
    } -%}

    {%- if entry.statistic == 'count' -%}
        {%- set top = add_component(entry.id, entry.fact, 'count(*)', where, entry.segment_by, read) -%}
        {%- do measure.update({'numerator_id': top.id, 'numerator': top.words, 'facts': [entry.fact]}) -%}

    {%- elif entry.statistic == 'share' -%}
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

    {%- elif entry.statistic == 'rate' -%}
        {%- set top = add_side(entry.id ~ '.numerator', entry.numerator, read) -%}
        {%- set bottom = add_side(entry.id ~ '.denominator', entry.denominator, read) -%}
        {%- do measure.update({'numerator_id': top.id, 'denominator_id': bottom.id, 'numerator': top.words, 'denominator': bottom.words,
            'facts': [top.fact, bottom.fact]}) -%}

    {%- elif entry.statistic == 'mean' -%}
        {%- set top = add_component(entry.id ~ '.numerator', entry.fact, 'sum(' ~ entry.of ~ ')', where, entry.segment_by, read) -%}
        {%- set bottom = add_component(entry.id ~ '.denominator', entry.fact, 'count(' ~ entry.of ~ ')', where, entry.segment_by, read) -%}
        {%- do measure.update({'numerator_id': top.id, 'denominator_id': bottom.id, 'numerator': top.words, 'denominator': bottom.words,
            'facts': [entry.fact]}) -%}

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
    {%- set levels = [] -%}
    {%- for level in read.facts[measure.facts[0]].levels if level in read.facts[measure.facts[-1]].levels -%}
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


{# One side of a rate: {fact, where}, or {measure: id} for what another summed measure counts. #}
{% macro add_side(id, side, read) %}
    {%- if side.measure -%}
        {%- set wanted = read.by_id[side.measure].numerator_id -%}
        {{ return(read.components.values() | selectattr('id', 'equalto', wanted) | first) }}
    {%- endif -%}
    {{ return(add_component(id, side.fact, 'count(*)', side.where or 'true', none, read)) }}
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
        'segment_by', 'direction', 'headline_period', 'yoy_basis', 'targets', 'sla_grade', 'seasonal', 'sensitive', 'basis', 'unit', 'owner'] -%}
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
    {%- set facts = [entry.fact] if entry.fact else [] -%}
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
    {%- if entry.statistic == 'rate' and (entry.numerator is not mapping or entry.denominator is not mapping) -%}
        {%- do wrong.append("both sides of a rate are {fact, where} or {measure: id}") -%}
    {%- endif -%}
    {%- if entry.statistic == 'share' and entry.numerator is mapping -%}
        {%- do wrong.append("the numerator of a share is a condition, such as is_abandoned") -%}
    {%- endif -%}
    {%- if entry.statistic == 'share' and ('{threshold}' in entry.numerator | string) != (entry.threshold is defined) -%}
        {%- do wrong.append("`threshold` and `{threshold}` in the numerator go together") -%}
    {%- endif -%}
    {%- if entry.segment_by and entry.statistic in ['median', 'p90', 'rate'] -%}
        {%- do wrong.append("statistic `" ~ entry.statistic ~ "` has no segments yet") -%}
    {%- endif -%}

    {%- for field, allowed in [
        ('direction', ['increase', 'decrease', 'neutral']),
        ('headline_period', ['month', 'r12m', 'quarter', 'year']),
        ('yoy_basis', ['month', 'r12m']),
        ('unit', ['count', 'pct', 'seconds']),
    ] if entry[field] and entry[field] not in allowed -%}
        {%- do wrong.append("`" ~ field ~ ": " ~ entry[field] ~ "` is not one of " ~ allowed | join(', ')) -%}
    {%- endfor -%}
    {%- for target in entry.targets or [] if target.value is not number or target.type not in ['SLA', 'statutory', 'ambition'] -%}
        {%- do wrong.append("a target needs value (a number) and type (SLA, statutory or ambition)") -%}
    {%- endfor -%}

    {%- if wrong -%}
        {%- do exceptions.raise_compiler_error(place ~ wrong | join('; ')) -%}
    {%- endif -%}
{% endmacro %}
