-- The values of complete periods, which a day more in the month that runs does not change: what reads them alone is made of these rows, and not of all.
{{ config(schema='intermediate', materialized='view', meta={'is_known_by_its_rows': true}) }}

with measure_values as (
    select * from {{ ref('measure_values') }}
)

select * from measure_values  -- noqa: AM04
where is_complete
