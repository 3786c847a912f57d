{#
  What may drive a change: measures of the catalogue with the columns of their fact by which a change of theirs is taken apart.

  An entry:
    measures     of one population: the same fact, rows and column (a mean and its median stand together)
    dimensions   one or two columns of the fact; `cpt` and `district` are its areas. Or:
    parts        [measure]: what a count is partly made of, where no column of its fact says so; a part counted in other units is an upper bound
    words        how the first dimension is spoken of; {1} is its value
#}
{% macro catalogue_drivers() %}
- measures: [immediate_time_at_scene_mean, immediate_time_at_scene_median]
  dimensions: [opening_type, cpt]
  words: time spent at {1}
- measures: [priority_time_at_scene_mean, priority_time_at_scene_median]
  dimensions: [opening_type, cpt]
  words: time spent at {1}
- measures: [immediate_response_time_mean, immediate_response_time_median]
  dimensions: [opening_type, cpt]
  words: time to reach {1}
- measures: [priority_response_time_mean, priority_response_time_median]
  dimensions: [opening_type, cpt]
  words: time to reach {1}
- measures: [asb_incidents]
  dimensions: [asb_type, cpt]
  words: '{1} incidents'
- measures: [da_crime_volume]
  dimensions: [offence_group, cpt]
  words: '{1}'
- measures: [recorded_crime_volume]
  dimensions: [offence_group, district]
  words: '{1}'
- measures: [silent_999_logs]
  dimensions: [cpt]
  words: silent logs of {1}
- measures: [ocr_volume]
  dimensions: [form_type]
  words: the form "{1}"
- measures: [public_999_calls_offered]
  parts: [silent_999_logs]
  words: '{1}'
{% endmacro %}


{#
  The declarations, checked against the catalogue and with what they need of it:
  {set_id, measures: [{id, kind}], fact, where, of, dimensions: [{name, column}], parts, words}. A set is named by its first measure and its dimensions.
#}
{% macro driver_sets(read) %}
    {%- set kinds = {'mean': 'mean', 'median': 'median', 'count': 'volume'} -%}
    {%- set by_id = {} -%}
    {%- for measure in read.measures -%}{%- do by_id.update({measure.id: measure}) -%}{%- endfor -%}
    {%- set sets = [] -%}
    {%- for entry in fromyaml(catalogue_drivers()) -%}
        {%- set name = entry.measures | join(', ') -%}
        {%- set known = entry.measures | select('in', by_id) | list -%}
        {%- set asked = known if var('only_measures', none) is not none else entry.measures -%}
        {%- set first = by_id[known[0]] if known else none -%}
        {%- for id in asked -%}
            {%- set measure = by_id[id] -%}
            {%- if not measure -%}
                {%- do exceptions.raise_compiler_error("drivers of " ~ name ~ ": the catalogue has no measure " ~ id) -%}
            {%- elif measure.statistic not in kinds -%}
                {%- do exceptions.raise_compiler_error("drivers of " ~ name ~ ": " ~ id ~ " is no count, mean or median") -%}
            {%- elif (measure.fact, measure.where, measure.of) != (first.fact, first.where, first.of) -%}
                {%- do exceptions.raise_compiler_error("drivers of " ~ name ~ ": " ~ id ~ " is of other rows than " ~ first.id) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- if (entry.dimensions or []) | length not in [1, 2] and not entry.parts -%}
            {%- do exceptions.raise_compiler_error("drivers of " ~ name ~ ": give one or two `dimensions`, or `parts`") -%}
        {%- endif -%}
        {%- if asked and (not entry.parts or entry.parts[0] in by_id) -%}
            {%- set measures = [] -%}
            {%- for id in asked -%}{%- do measures.append({'id': id, 'kind': 'part' if entry.parts else kinds[by_id[id].statistic]}) -%}{%- endfor -%}
            {%- set dimensions = [] -%}
            {%- for name in entry.dimensions or [] -%}
                {%- do dimensions.append({'name': name, 'column': name ~ '_area_id' if name in ['cpt', 'district'] else name}) -%}
            {%- endfor -%}
            {%- do sets.append({
                'set_id': first.id ~ ' by ' ~ (entry.dimensions or entry.parts) | join(' x '), 'measures': measures,
                'fact': first.fact, 'where': first.where, 'of': first.of, 'levels': read.facts[first.fact].levels,
                'dimensions': dimensions, 'parts': entry.parts or [], 'words': entry.words,
            }) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(sets) }}
{% endmacro %}
