-- Protection notices and orders with their areas and the local days on which each was applied for and authorised. An application counts in the
-- month in which it was made, an authorisation in its own, whichever way the register's status moved later.
with orders as (
    select * from {{ ref('stg_protection__orders') }}
),

teams as (
    select * from {{ ref('int_geography__teams') }}
)

select
    orders.order_id,
    orders.force_code,
    concat(orders.force_code, '_force') as force_area_id,
    coalesce(teams.district_area_id, concat(orders.force_code, '_unallocated')) as district_area_id,
    coalesce(teams.cpt_area_id, concat(orders.force_code, '_unallocated_cpt')) as cpt_area_id,
    orders.kind,
    orders.status,
    cast({{ local_time('orders.applied_at') }} as date) as applied_date,
    cast({{ local_time('orders.authorised_at') }} as date) as authorised_date
from orders
left join teams
    on
        teams.force_code = orders.force_code
        and teams.team_name = {{ plain_name('orders.cpt') }}
