-- The forces whose shares this build reads: of when their figures are, and whether that is old. One row per force; none in the build of a force.
with shares as (
    select * from {{ source('ingest', 'shares') }}
),

forces as (
    select * from {{ ref('forces') }}
)

select
    shares.force_code,
    coalesce(forces.force_name, shares.force_code) as force_name,
    shares.published_at,
    shares.data_to,
    shares.read_at as share_read_at,
    shares.message is null as is_share_read,
    coalesce(shares.published_at < shares.read_at - to_hours({{ var('share_is_old_after_hours') }}), true) as is_share_old,
    case
        when shares.published_at is null then coalesce(forces.force_name, shares.force_code) || ' has published no figures yet.'
        when is_share_old then
            'The figures of ' || coalesce(forces.force_name, shares.force_code) || ' are of ' || strftime(shares.published_at, '%-d %B %Y')
            || ': nothing newer has come in.'
    end as message,
    shares.message as share_problem
from shares
left join forces on shares.force_code = forces.force_code
