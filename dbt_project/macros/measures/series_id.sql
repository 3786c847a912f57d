{#
  The number of a series: what measure, area and segment are, in one column to join, group and order by. The same in every build and on every machine.
  53 bits, which spreadsheets, JSON and BI tools read exactly; the test series_ids_do_not_collide holds that no two series share one.
#}
{% macro series_id(measure_id='measure_id', area_id='area_id', segment='segment') -%}
    cast(md5_number_lower(concat_ws(chr(31)
    {%- for part in [measure_id, area_id, segment] %}, coalesce({{ part }}, chr(30)){% endfor %})) >> 11 as bigint)
{%- endmacro %}
