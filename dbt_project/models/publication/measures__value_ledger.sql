-- What each publication said of each complete figure, of the finest period that its measure has: a quarter or twelve months move when their months do.
{%- set says_now %}
select *
from {{ ref('measure_values') }}
where
    is_complete
    and (period_type = 'month' or measure_id not in (select monthly.measure_id from {{ ref('measure_values') }} as monthly where monthly.period_type = 'month'))
{%- endset %}
{{
    ledger(
        source('live_measures', 'value_ledger'),
        says_now,
        {'measure_id': 'varchar', 'area_id': 'varchar', 'segment': 'varchar', 'period_type': 'varchar', 'period_end': 'date'},
        {'value': 'double', 'numerator': 'double', 'denominator': 'double'},
    )
}}
