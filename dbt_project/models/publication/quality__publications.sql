-- Every publication, this one among them: the loads and the code that its figures rest on.
select
    run_id,
    published_at,
    max_load_id,
    code_version
from {{ source('live_quality', 'publications') }}
where not (run_id = '{{ var("run_id") }}' and published_at = {{ published_at() }})

union all

select
    '{{ var("run_id") }}' as run_id,
    {{ published_at() }} as published_at,
    (select coalesce(max(loads.load_id), 0) from {{ source('ingest', 'loads') }} as loads) as max_load_id,
    (select max_by(builds.code_version, (builds.built_at, builds.max_load_id)) from {{ source('ingest', 'builds') }} as builds) as code_version
