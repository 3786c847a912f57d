-- How suppliers name what is compared: a force by any of its spellings, a group or the nation by those of seed area_aliases. One row per spelling.
with aliases as (
    select * from {{ ref('area_aliases') }}
)

select
    alias as spelling,
    target as comparator_id,
    case when kind = 'force_name' then target else 'all' end as force_code
from aliases
where kind in ('force_name', 'comparator_name')
qualify row_number() over (partition by alias order by kind, target) = 1
