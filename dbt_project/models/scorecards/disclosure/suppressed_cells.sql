-- For those who answer for disclosure, never for the public: which counts are suppressed on the partner and public cards, and why. It says which of them are
-- small and which only protect others; the public must not know that. One row per suppressed count.
with suppression as (
    select * from {{ ref('int_disclosure_suppression') }}
    where suppression <> 'none'
)

select
    cell_id,
    cell_key,
    area_id,
    segment,
    period_type,
    period_end,
    suppression,
    case suppression
        when 'primary' then 'a small number, or all that the larger area has'
        else 'the small number beside it could be worked out by subtraction'
    end as reason
from suppression
