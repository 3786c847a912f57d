{#
  Series breaks or rebases (rows with a measure_pattern), and the same rows once more for the measures that measure the same process: what changed for the
  force's own count changed for BT's as well. The catalogue says which measures those are (`process`).
#}
{% macro shared_in_process(rows) %}
    {%- set members = catalogue().measures | selectattr('process') | list -%}
    select * from {{ rows }}
    {%- if members %}
    union all by name
    select distinct rows.* replace (others.measure_id as measure_pattern)
    from {{ rows }} as rows
    inner join ({{ process_members(members) }}) as named (measure_id, process) on named.measure_id glob rows.measure_pattern
    inner join ({{ process_members(members) }}) as others (measure_id, process)
        on
            named.process = others.process
            and not others.measure_id glob rows.measure_pattern
    {%- endif %}
{% endmacro %}


{% macro process_members(members) -%}
    values {% for measure in members %}({{ literal(measure.id) }}, {{ literal(measure.process) }}){{ ', ' if not loop.last }}{% endfor %}
{%- endmacro %}
