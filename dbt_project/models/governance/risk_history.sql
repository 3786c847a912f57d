-- Every risk and issue in every version of its register, scored, with the movement since the version before: the register as of any date.
-- One row per risk and version.
with versions as (
    select * from {{ ref('stg_governance__risks') }}
),

matrix as (
    select * from {{ ref('risk_matrix') }}
),

scored as (
    select
        versions.*,
        inherent.score as inherent_score,
        inherent.band as inherent_band,
        present.score as current_score,
        present.band as current_band,
        aimed.score as target_score,
        aimed.band as target_band,
        -- an issue has no likelihood: it moves by its impact
        coalesce(present.score, case when versions.kind = 'issue' then versions.current_impact end) as level
    from versions
    left join matrix as inherent
        on
            versions.framework = inherent.framework
            and versions.inherent_likelihood = inherent.likelihood
            and versions.inherent_impact = inherent.impact
    left join matrix as present
        on
            versions.framework = present.framework
            and versions.current_likelihood = present.likelihood
            and versions.current_impact = present.impact
    left join matrix as aimed
        on
            versions.framework = aimed.framework
            and versions.target_likelihood = aimed.likelihood
            and versions.target_impact = aimed.impact
),

moved as (
    select
        *,
        lag(level) over (partition by risk_id order by as_of) as previous_level,
        lag(current_score) over (partition by risk_id order by as_of) as previous_score,
        lag(row_state) over (partition by risk_id order by as_of) as previous_state
    from scored
)

select
    risk_id,
    as_of,
    version_number,
    framework,
    plan_priority,
    kind,
    title,
    status,
    inherent_score,
    inherent_band,
    current_likelihood,
    current_impact,
    current_score,
    current_band,
    target_score,
    target_band,
    previous_score,
    case
        when row_state = 'withdrawn' then 'withdrawn'
        when previous_state is null then 'new'
        when previous_state = 'withdrawn' then 'back'
        when level > previous_level then 'up'
        when level < previous_level then 'down'
        when level = previous_level then 'same'
    end as movement,
    owner,
    next_review,
    coalesce(row_state <> 'withdrawn' and status <> 'closed' and next_review < as_of, false) as is_review_overdue,
    row_state,
    listed_as_of,
    is_latest_version
from moved
