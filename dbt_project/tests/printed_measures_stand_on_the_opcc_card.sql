-- The OPCC card, where this build has one, carries every measure that the printed report gives a figure of, or a statement on.
{{ config(meta={'dagster': {'ref': {'name': 'opcc'}}}) }}
select distinct readings.measure_id
from {{ ref('printed_figure_readings') }} as readings
inner join {{ ref('dim_measure') }} as measures on readings.measure_id = measures.measure_id
anti join {{ ref('opcc') }} as card on
    readings.measure_id = card.measure_id
    and card.scorecard_id = 'opcc'
where exists (select 1 from {{ ref('int_scorecards') }} as cards where cards.scorecard_id = 'opcc')
