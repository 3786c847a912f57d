-- No card asks for what cannot be: a measure that is known for the force only, such as the Crime Survey, stands on no line of a district.
{{ config(meta={'dagster': {'ref': {'name': 'int_scorecard_lines'}}}) }}
select
    lines.scorecard_id,
    lines.line_id,
    lines.measure_id,
    lines.area_id
from {{ ref('int_scorecard_lines') }} as lines
inner join {{ ref('dim_area') }} as areas on lines.area_id = areas.area_id
inner join {{ ref('dim_measure') }} as measures on lines.measure_id = measures.measure_id
where not list_contains(string_split(measures.area_levels, ', '), areas.level)
