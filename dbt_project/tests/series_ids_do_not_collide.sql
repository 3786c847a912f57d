-- A series_id (macro series_id) is of one measure, area and segment.
{{ config(meta={'dagster': {'ref': {'name': 'measure_values'}}}) }}

select series_id
from {{ ref('measure_values') }}
group by series_id
having
    min(measure_id) <> max(measure_id)
    or min(area_id) <> max(area_id)
    or min(segment) <> max(segment)
